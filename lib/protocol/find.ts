import { startProblem, taskTypeOf, type TaskRequest } from "./start";

/** The newest task that does what an operation with these parameters would start. */
export interface FindLatest extends TaskRequest {
  /** How long ago it may have ended, in seconds. */
  readonly within: number;
}

/** The latest task of a protection policy. */
export interface FindOfPolicy {
  /** The policy's id. */
  readonly policy: string;
}

/** The JSON text of the query key `find`; values of the user's own may stand in it as `triggers`. */
export type FindRequest = FindLatest | FindOfPolicy;

/** The longest time that `within` and `reuse` may look back, in seconds: 30 days. */
export const MAX_WITHIN_SECONDS = 2_592_000;

/** Says why a number of seconds is none to look back, or undefined when it is. */
export function withinProblem(seconds: unknown): string | undefined {
  return typeof seconds === "number" && seconds >= 1 && seconds <= MAX_WITHIN_SECONDS
    ? undefined
    : `it is not from 1 second to ${MAX_WITHIN_SECONDS / 86_400} days`;
}

/** Says why a text cannot be the id of a protection policy, or undefined when it can: `p-0004d9ctt1iiabcdefgh`. */
export function policyIdProblem(id: string): string | undefined {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(id)
    ? undefined
    : "an id is 1 to 128 letters, digits, '-' and '_'";
}

/** Says why an object is nothing that can be found, or undefined when it is. */
export function findProblem(find: Readonly<Record<string, unknown>>): string | undefined {
  const { policy, action, form, within } = find;
  if (policy !== undefined) {
    const problem = typeof policy === "string" ? policyIdProblem(policy) : "it is not a text";
    return problem && `policy: ${problem}`;
  }
  if (typeof action !== "string" || taskTypeOf(action) === undefined)
    return "it names no operation of a task type";
  if (typeof form !== "object" || form === null) return "it has no form";
  const problem = withinProblem(within);
  return startProblem(action, form as Record<string, unknown>) ?? (problem && `within: ${problem}`);
}
