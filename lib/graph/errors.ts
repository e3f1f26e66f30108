import type { IConstruct } from "constructs";
import type { ProblemCode } from "../protocol/problem";

/** A fact of a text: its name and its value. */
export type Fact = readonly [key: string, value: string];

/**
 * A text for a person: one sentence that says what, a blank line, then the code of the problem, what was expected and
 * what to do as indented lines.
 */
export function errorText(code: ProblemCode, what: string, facts: readonly Fact[]): string {
  const all: readonly Fact[] = [["Code", code], ...facts];
  const width = Math.max(...all.map(([key]) => key.length)) + 2;
  return [what, "", ...all.map(([key, value]) => `  ${`${key}:`.padEnd(width)}${value}`)].join("\n");
}

/** A mistake in how a construct is used, found at synth; the message begins with the construct's path. */
export class BdrcTaskError extends Error {
  override readonly name = "BdrcTaskError";

  /**
   * @param scope the construct that is used wrongly
   * @param what one sentence that says what is wrong, with the value; or a whole text, with the facts in it
   * @param facts what was expected and what to do, as key and value; undefined with a whole text
   */
  constructor(scope: IConstruct, what: string, facts: readonly Fact[] | undefined) {
    const text = facts ? errorText("BAD_CONFIGURATION", what, facts) : what;
    super(`[${scope.node.path}] ${text}`);
  }
}
