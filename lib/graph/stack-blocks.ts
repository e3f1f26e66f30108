import { templateCode } from "./template-code";

/** What a stack is synthesized to, as far as things in it can depend on each other. */
export interface StackBlocks {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly module?: Readonly<Record<string, unknown>>;
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly check?: Readonly<Record<string, unknown>>;
  readonly moved?: readonly { readonly to: string; readonly from: string }[];
}

/**
 * Every block that refers to others, by its address: `terraform_data.snapshot`, `data.external.read`,
 * `module.vault`, `local.value`, `output.counts`.
 */
export function blocksByAddress(blocks: StackBlocks): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [kind, byType] of [
    ["", blocks.resource],
    ["data.", blocks.data],
  ] as const) {
    for (const [type, byName] of Object.entries(byType ?? {})) {
      for (const [name, block] of Object.entries(byName ?? {})) found.set(`${kind}${type}.${name}`, block);
    }
  }
  Object.entries(blocks.module ?? {}).forEach(([name, block]) => found.set(`module.${name}`, block));
  Object.entries(blocks.locals ?? {}).forEach(([name, block]) => found.set(`local.${name}`, block));
  Object.entries(blocks.output ?? {}).forEach(([name, block]) => found.set(`output.${name}`, block));
  return found;
}

/** Which blocks each block of a stack refers to, as Terraform's own graph has it; providers are left out. */
export function referencesByAddress(blocks: StackBlocks): Map<string, ReadonlySet<string>> {
  const all = blocksByAddress(blocks);
  const references = new Map<string, ReadonlySet<string>>();
  for (const [address, block] of all) {
    // A local is a value and no block: what looks like an argument in it is none.
    const from = referencesIn(block, address.startsWith("local.") ? "value" : "");
    references.set(address, new Set(from.filter((other) => all.has(other))));
  }
  return references;
}

/**
 * Which blocks each block comes after as a whole. The same but for modules: what a module is given in a variable
 * comes before what uses the variable, and the rest of the module does not wait for it.
 */
export function orderByAddress(blocks: StackBlocks): Map<string, ReadonlySet<string>> {
  const module = Object.entries(blocks.module ?? {}).map(([name, block]): [string, unknown] => {
    const { depends_on, count, for_each } = block as Readonly<Record<string, unknown>>;
    return [name, { depends_on, count, for_each }];
  });
  return referencesByAddress({ ...blocks, module: Object.fromEntries(module) });
}

/** The arguments in which an address stands as it is, without a template around it. */
const BARE = ["depends_on", "lifecycle.replace_triggered_by"];
/** What cdktf tells of an element beside its block. */
const COMMENT = "//";

/** @param argument the names from the block down to the value, such as `lifecycle.replace_triggered_by` */
function referencesIn(value: unknown, argument: string): string[] {
  if (typeof value === "string") {
    return addressesIn(BARE.includes(argument) && !value.startsWith("${") ? value : templateCode(value));
  }
  if (Array.isArray(value)) return value.flatMap((item) => referencesIn(item, argument));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name === COMMENT
      ? []
      : [
          ...addressesIn(templateCode(name)),
          ...referencesIn(item, argument === "" ? name : `${argument}.${name}`),
        ],
  );
}

/**
 * What can be an address: names of Terraform are of any script. A sign before it is a minus, unless it stands in a
 * name, which is then taken whole.
 */
const ADDRESS =
  /(?<![\p{ID_Continue}.])(?:data\.)?[\p{ID_Start}_][\p{ID_Continue}-]*\.\p{ID_Continue}[\p{ID_Continue}-]*/gu;

/** Everything in code that can be an address; what is none is known to nobody and does no harm. */
function addressesIn(code: string): string[] {
  return [...code.matchAll(ADDRESS)].map(([address]) => address);
}

/**
 * The way along which one block depends on one of several others: addresses from the first to the last; undefined
 * when there is none.
 */
export function dependencyPath(
  references: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: ReadonlySet<string>,
): readonly string[] | undefined {
  const seen = new Set<string>([from]);
  let paths: string[][] = [[from]];
  while (paths.length > 0) {
    const longer: string[][] = [];
    for (const path of paths) {
      for (const next of references.get(path[path.length - 1] ?? "") ?? []) {
        if (seen.has(next)) continue;
        if (to.has(next)) return [...path, next];
        seen.add(next);
        longer.push([...path, next]);
      }
    }
    paths = longer;
  }
  return undefined;
}

/** Every block that depends on one, directly or by way of others. */
export function dependentsOf(
  references: ReadonlyMap<string, ReadonlySet<string>>,
  address: string,
): ReadonlySet<string> {
  const direct = new Map<string, string[]>();
  for (const [from, all] of references) {
    for (const to of all) {
      const known = direct.get(to);
      if (known) known.push(from);
      else direct.set(to, [from]);
    }
  }
  const found = new Set<string>();
  const left = [address];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const from of direct.get(next) ?? []) {
      if (found.has(from)) continue;
      found.add(from);
      left.push(from);
    }
  }
  return found;
}
