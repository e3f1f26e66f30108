import type { IConstruct } from "constructs";

/** A fact of a text: its name and its value. */
export type Fact = readonly [key: string, value: string];

/**
 * A text for a person: one sentence that says what, a blank line, then what was expected and what to do as indented
 * lines.
 */
export function errorText(what: string, facts: readonly Fact[]): string {
  const width = Math.max(0, ...facts.map(([key]) => key.length)) + 2;
  const lines = facts.map(([key, value]) => `  ${`${key}:`.padEnd(width)}${value}`);
  return [what, ...(lines.length > 0 ? ["", ...lines] : [])].join("\n");
}

/** A mistake in how a construct is used, found at synth; the message begins with the construct's path. */
export class BdrcTaskError extends Error {
  override readonly name = "BdrcTaskError";

  /**
   * @param scope the construct that is used wrongly
   * @param what one sentence that says what is wrong, with the value
   * @param facts what was expected and what to do, as key and value
   */
  constructor(scope: IConstruct, what: string, facts: readonly Fact[]) {
    super(`[${scope.node.path}] ${errorText(what, facts)}`);
  }
}
