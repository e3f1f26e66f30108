import { byCodePoint } from "./by-code-point";
import type { ProblemCode } from "../protocol/problem";
import type { ManyResultMap, ResultMap } from "../protocol/result";
import { COMPLETE, isTerminal, NOT_FOUND, UNREADABLE } from "../protocol/status";

/** How many tasks a problem names one by one. */
const MOST_NAMED = 10;

/**
 * The one object that the waiter prints for many tasks.
 *
 * @param results what each task came to, in the order of the ids
 * @param place where all of them were asked for
 */
export function manyResultOf(
  taskIds: readonly string[],
  results: readonly ResultMap[],
  place: string,
): ManyResultMap {
  const all = results.map((result, index) => ({
    taskId: taskIds[index] ?? "",
    result,
    typed: typedOf(result),
  }));
  const failed = all.filter(({ result }) => result.problem !== "");
  // Each count is a safe integer, but their sums need not be; Terraform's numbers hold all digits.
  const counts = new Map<string, bigint>();
  for (const { typed } of all) {
    for (const [type, count] of Object.entries(typed.resource_counts)) {
      counts.set(type, (counts.get(type) ?? 0n) + BigInt(count));
    }
  }
  const sorted = [...counts].sort(([one], [other]) => byCodePoint(one, other));
  const types = new Set(all.flatMap(({ typed }) => typed.resource_types));
  return {
    status: overallStatus(results),
    problem: problemOf(failed, all.length),
    problem_code: codeOf(failed),
    place,
    task_count: String(all.length),
    tasks: JSON.stringify(Object.fromEntries(all.map(({ taskId, typed }) => [taskId, typed]))),
    failed_task_ids: JSON.stringify(failed.map(({ taskId }) => taskId)),
    resource_types: JSON.stringify([...types].sort(byCodePoint)),
    resource_counts: `{${sorted.map(([type, count]) => `${JSON.stringify(type)}:${count}`).join(",")}}`,
    total_count: String(sorted.reduce((sum, [, count]) => sum + count, 0n)),
  };
}

/** One task's result with numbers as numbers; the same attributes as the local of a single task. */
function typedOf(result: ResultMap) {
  const number = (text: string): number | null => (text === "" ? null : Number(text));
  return {
    ...result,
    succeeded: result.problem === "",
    progress: number(result.progress),
    start_time: number(result.start_time),
    complete_time: number(result.complete_time),
    expire_time: number(result.expire_time),
    resource_types: JSON.parse(result.resource_types) as string[],
    resource_counts: JSON.parse(result.resource_counts) as Record<string, number>,
    total_count: Number(result.total_count),
  };
}

function overallStatus(results: readonly ResultMap[]): string {
  const has = (status: string): boolean => results.some((result) => result.status === status);
  if (has(UNREADABLE)) return UNREADABLE;
  if (has(NOT_FOUND)) return NOT_FOUND;
  if (!results.every(({ status }) => isTerminal(status))) return "RUNNING";
  return results.every(({ problem }) => problem === "") ? COMPLETE : "FAILED";
}

/** A task that did not succeed. */
interface Failed {
  readonly taskId: string;
  readonly result: ResultMap;
}

function codeOf(failed: readonly Failed[]): ProblemCode | "" {
  const codes = new Set(failed.map(({ result }) => result.problem_code as ProblemCode));
  const [only = ""] = codes;
  return codes.size > 1 ? "SEVERAL" : only;
}

function problemOf(failed: readonly Failed[], count: number): string {
  const [first, ...others] = failed;
  if (!first) return "";
  if (others.length === 0) return first.result.problem;
  const named = failed
    .slice(0, MOST_NAMED)
    .map(({ result }) => `  ${result.problem.split("\n", 1)[0] ?? ""}`);
  const rest = failed.length - named.length;
  return [
    `${failed.length} of ${count} tasks did not succeed.`,
    "",
    `  Code: ${codeOf(failed)}`,
    "",
    ...named,
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
    "",
    "The first of them in full:",
    "",
    ...first.result.problem.split("\n").map((line) => (line === "" ? "" : `  ${line}`)),
  ].join("\n");
}
