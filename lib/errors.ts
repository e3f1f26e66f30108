import type { IConstruct } from "constructs";

/** A mistake in how a construct is used, found at synth; the message begins with the construct's path. */
export class BdrcTaskError extends Error {
  override readonly name = "BdrcTaskError";

  /**
   * @param scope the construct that is used wrongly
   * @param what one sentence that says what is wrong, with the value
   * @param facts what was expected and what to do, as key and value
   */
  constructor(scope: IConstruct, what: string, facts: readonly (readonly [key: string, value: string])[]) {
    const width = Math.max(0, ...facts.map(([key]) => key.length)) + 2;
    const lines = facts.map(([key, value]) => `  ${`${key}:`.padEnd(width)}${value}`);
    super([`[${scope.node.path}] ${what}`, ...(lines.length > 0 ? ["", ...lines] : [])].join("\n"));
  }
}
