import { isDeepStrictEqual } from "node:util";
import { DefaultTokenResolver, StringConcat, type TerraformStack, Tokenization } from "../framework";

/** The parts of a block that somebody else may add to: they can only keep it closed for longer. */
const MAY_BE_ADDED = [
  "//",
  "provider",
  "depends_on",
  "lifecycle.prevent_destroy",
  "lifecycle.create_before_destroy",
];

/**
 * A copy of what an element is made of, tokens as they are: whatever is done to the original later, this stays.
 */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== "object" || value === null || Tokenization.isResolvable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)])) as T;
}

/** A value as it will be written, its tokens resolved. */
export function asWritten(stack: TerraformStack, value: unknown): unknown {
  return Tokenization.resolve(value, {
    scope: stack,
    preparing: false,
    resolver: new DefaultTokenResolver(new StringConcat()),
  });
}

/**
 * Where a written block is not what was given, as names such as `lifecycle.postcondition`; empty when it is the same
 * or only has more of what may be added.
 */
export function changesIn(given: object, written: object): string[] {
  const [before, after] = [partsOf(given), partsOf(written)];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => !isKept(name, before.get(name), after.get(name)));
}

function isKept(name: string, given: unknown, written: unknown): boolean {
  if (isDeepStrictEqual(given, written)) return true;
  if (!MAY_BE_ADDED.includes(name)) return false;
  if (given === undefined) return true;
  return Array.isArray(given) && Array.isArray(written) && given.every((item) => written.includes(item));
}

/** The arguments of a block by name, with those of `lifecycle` one by one. */
function partsOf(block: object): Map<string, unknown> {
  return new Map(
    Object.entries(block).flatMap(([name, value]: [string, unknown]) =>
      name === "lifecycle" && typeof value === "object" && value !== null
        ? Object.entries(value).map(([part, inner]): [string, unknown] => [`${name}.${part}`, inner])
        : [[name, value]],
    ),
  );
}
