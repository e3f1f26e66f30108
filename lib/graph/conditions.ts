import { errorText } from "./errors";
import { CODE_OF_STATUS, type ProblemCode } from "../protocol/problem";
import { NOT_FOUND, TERMINAL_STATUSES, UNREADABLE } from "../protocol/status";

/** Whether something opens the gate: known here, or a Terraform expression of what a module is given. */
export type Rule = boolean | string;

/** Which ends of a task open the gate. */
export interface OpeningRules {
  /** Whether a task that ended otherwise than well opens it, too. */
  readonly anyEnd: Rule;
  readonly notFound: Rule;
  readonly unreadable: Rule;
  /** Whether a task that was still under way at the deadline opens it. */
  readonly deadline: Rule;
}

/** Only a complete task whose result was understood opens the gate. */
export const ONLY_SUCCESS: OpeningRules = {
  anyEnd: false,
  notFound: false,
  unreadable: false,
  deadline: false,
};

/** The statuses that each rule lets pass; see {@link OpeningRules} for a deadline. */
function statusesByRule(rules: OpeningRules): (readonly [Rule, readonly string[]])[] {
  return [
    [rules.anyEnd, TERMINAL_STATUSES],
    [rules.notFound, [NOT_FOUND]],
    [rules.unreadable, [UNREADABLE]],
  ];
}

/** What is let pass for certain, and what a Terraform expression decides about. */
function byCertainty<T>(rules: (readonly [Rule, readonly T[]])[]): {
  certain: T[];
  asked: (readonly [string, readonly T[]])[];
} {
  return {
    certain: rules.flatMap(([rule, values]) => (rule === true ? values : [])),
    asked: rules.filter((entry): entry is [string, readonly T[]] => typeof entry[0] === "string"),
  };
}

/** The words with which a wait at apply ends well besides an ended task, joined by commas; a text or a template. */
export function acceptedWords(rules: OpeningRules): string {
  const { certain, asked } = byCertainty([...statusesByRule(rules), [rules.deadline, ["DEADLINE"]]]);
  if (asked.length === 0) return certain.join(",");
  const lists = asked.map(([rule, words]) => `${rule} ? ${list(words)} : []`);
  return `\${join(",", concat(${[...(certain.length > 0 ? [list(certain)] : []), ...lists].join(", ")}))}`;
}

/**
 * The condition under which a result opens the gate, as a Terraform expression.
 *
 * @param result an expression for an object with `problem` and `status`, such as `self.input`
 */
export function opens(result: string, rules: OpeningRules): string {
  const { certain, asked } = byCertainty(statusesByRule(rules));
  const status = part(result, "status");
  const parts = [`${part(result, "problem")} == ""`];
  if (certain.length > 0) parts.push(`contains(${list(certain)}, ${status})`);
  for (const [rule, statuses] of asked) parts.push(`(${rule} && contains(${list(statuses)}, ${status}))`);
  if (rules.deadline !== false) {
    const atDeadline = `!contains(${list([...TERMINAL_STATUSES, NOT_FOUND, UNREADABLE, NOTHING])}, ${status})`;
    parts.push(rules.deadline === true ? atDeadline : `(${rules.deadline} && ${atDeadline})`);
  }
  return parts.join(" || ");
}

/** What stands for a text that a result does not have. A test that mocks the provider gives a map without any. */
const NOTHING = "?";

/**
 * One text of a result in a condition. Terraform prints what a failed condition refers to beside the message; of
 * `result.problem` that would be the whole text a second time, of the map behind a lookup it is its length.
 */
function part(result: string, key: "problem" | "status"): string {
  return `lookup(${result}, ${JSON.stringify(key)}, ${JSON.stringify(NOTHING)})`;
}

/** What is said of a result that is none of the waiter's. */
const NO_RESULT = errorText("NO_RESULT", "The result holds nothing of a task.", [
  ["Reason", "it is not the waiter's; most likely a test mocks the provider external"],
  ["Next", "give the mock a result: an empty problem and the status COMPLETE open the gate"],
]);

/** The text that says why a result does not open the gate, as a Terraform expression. */
export function problemOf(result: string): string {
  return `lookup(${result}, "problem", ${JSON.stringify(NO_RESULT)})`;
}

/** The condition under which a task that is started and not waited for is there, as a Terraform expression. */
export function isStarted(result: string): string {
  return `lookup(${result}, "task_id", "") != ""`;
}

/**
 * The code of a result's problem as a Terraform expression, also of a result that was kept before there were codes: its
 * status tells most of them.
 */
export function problemCodeOf(result: string): string {
  // Not an object: cdktf writes a reference behind the braces of one as a template of its own.
  const known = `zipmap(${list(Object.keys(CODE_OF_STATUS))}, ${list(Object.values(CODE_OF_STATUS))})`;
  const told = `lookup(${known}, ${result}.status, "${"UNKNOWN" satisfies ProblemCode}")`;
  return `try(${result}.problem_code, ${result}.problem == "" ? "" : ${told}, "")`;
}

/** The status of a result, also of one that has none, as a Terraform expression. */
export function statusOf(result: string): string {
  return part(result, "status");
}

/**
 * The same for a result of many tasks: each of them has to open it.
 *
 * @param result an expression for an object with `tasks`, a JSON object from id to task
 */
export function allOpen(result: string, rules: OpeningRules): string {
  // No task at all opens nothing: the tasks of a wait are one or more.
  const each = `[for task in values(jsondecode(lookup(${result}, "tasks", "?"))) : ${opens("task", rules)}]`;
  return `try(jsonencode(distinct(${each})) == "[true]", false)`;
}

/** Whether a status will not change any more, as a Terraform expression. */
export function isEnded(status: string): string {
  return `contains(${list([...TERMINAL_STATUSES])}, ${status})`;
}

/** A Terraform list of texts. */
export function list(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}
