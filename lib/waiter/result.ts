import type { Problem } from "../protocol/problem";
import { COMPLETE, NOT_FOUND, UNREADABLE } from "../protocol/status";
import { RESULT_KEYS, type ResultMap } from "../protocol/result";
import { readCounts, readResourceTypes, type BdrcTaskRecord } from "./bdrc/task";
import { problemOf, type ReportFacts } from "./report";
import type { Outcome } from "./wait";

/** The one object that the waiter prints for an outcome: every key of the contract, every value a string. */
export function resultOf(outcome: Outcome<BdrcTaskRecord>, facts: ReportFacts): ResultMap {
  const { task, ending } = outcome;
  // A task that is gone or cannot be read tells nothing; only a deadline leaves the last thing seen.
  const seen = ending === "terminal" || ending === "looked" || ending === "deadline" ? task : undefined;
  const read = seen ? readCounts(seen.taskResult, seen.taskType, facts.countless) : undefined;
  const counts = read && "counts" in read ? read.counts : new Map<string, number>();
  const unread = seen?.status === COMPLETE && read && "problem" in read ? read.problem : undefined;
  const problem = problemOf(outcome, facts, unread);
  const number = (value: number | undefined): string => (value === undefined ? "" : String(value));
  return {
    status: seen?.status ?? statusWithoutTask(outcome),
    problem: problem?.text ?? "",
    problem_code: problem?.code ?? "",
    place: facts.place,
    task_id: seen?.taskId || (facts.isKnown === false ? "" : facts.taskId),
    choice: facts.choice ?? "",
    task_name: seen?.taskName ?? "",
    task_description: seen?.taskDescription ?? "",
    task_type: seen?.taskType ?? "",
    task_priority: seen?.taskPriority ?? "",
    progress: number(seen?.progress),
    start_time: number(seen?.startTime),
    complete_time: number(seen?.completeTime),
    expire_time: number(seen?.expireTime),
    error_message: seen?.errorMessage ?? "",
    task_detail: seen?.taskDetail ?? "",
    task_result: seen?.taskResult ?? "",
    resource_types: JSON.stringify(seen ? readResourceTypes(seen.taskDetail) : []),
    resource_counts: toJson(counts),
    total_count: String([...counts.values()].reduce((sum, count) => sum + count, 0)),
  };
}

/** The result of a task of which nothing is known, not even its id. @param place where it would be asked for */
export function unreadableResult({ code, text }: Problem, place: string): ResultMap {
  return {
    ...(Object.fromEntries(RESULT_KEYS.map((key) => [key, ""])) as ResultMap),
    status: UNREADABLE,
    problem: text,
    problem_code: code,
    place,
    resource_types: "[]",
    resource_counts: "{}",
    total_count: "0",
  };
}

/** Written entry by entry, since an object would put keys that look like numbers first. */
function toJson(counts: ReadonlyMap<string, number>): string {
  return `{${[...counts].map(([type, count]) => `${JSON.stringify(type)}:${count}`).join(",")}}`;
}

function statusWithoutTask(outcome: Outcome<BdrcTaskRecord>): string {
  const missing =
    outcome.ending === "missing" || outcome.ending === "gone" || outcome.fault?.class === "missing";
  return missing ? NOT_FOUND : UNREADABLE;
}
