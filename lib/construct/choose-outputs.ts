import type { IConstruct } from "constructs";
import { BdrcTaskError } from "../graph/errors";
import type { OutputValues } from "../graph/outputs";

/** An output that can be chosen. */
export interface OfferedOutput {
  /** What its name ends with, after the prefix. */
  readonly name: string;
  readonly byDefault: boolean;
  /** Made only when it is wanted: whatever a value is put into makes things in the stack. */
  readonly value: () => unknown;
}

/**
 * The outputs that a prop `outputs` asks for.
 *
 * @param offered every output that there can be, by its name in the prop
 * @throws BdrcTaskError that names what cannot be chosen, and what can
 */
export function chosenOutputs(
  scope: IConstruct,
  given: unknown,
  offered: Readonly<Record<string, OfferedOutput>>,
): OutputValues {
  const chosen = given === undefined || given === true ? {} : given;
  if (chosen === false) return {};
  const names = Object.keys(offered);
  if (typeof chosen !== "object" || chosen === null || Array.isArray(chosen)) {
    throw new BdrcTaskError(scope, `outputs is ${JSON.stringify(given)}.`, [
      ["Expected", `true, false, or which there are, such as { ${names[0]}: false }`],
      ["Outputs", names.join(", ")],
    ]);
  }
  for (const [name, wanted] of Object.entries(chosen)) {
    if (!Object.hasOwn(offered, name)) {
      throw new BdrcTaskError(scope, `outputs names ${name}, which is no output.`, [
        ["Expected", names.join(", ")],
      ]);
    }
    if (wanted !== undefined && typeof wanted !== "boolean") {
      throw new BdrcTaskError(scope, `outputs has ${name}: ${JSON.stringify(wanted)}.`, [
        ["Expected", "true or false"],
      ]);
    }
  }
  const wanted = chosen as Readonly<Record<string, boolean | undefined>>;
  return Object.fromEntries(
    Object.entries(offered)
      .filter(([name, { byDefault }]) => wanted[name] ?? byDefault)
      .map(([, { name, value }]) => [name, value()]),
  );
}
