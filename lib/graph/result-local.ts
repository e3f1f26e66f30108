import type { TerraformLocal, TerraformResource } from "../framework";
import type { Construct } from "constructs";
import { problemCodeOf } from "./conditions";
import { keptLocal } from "./local";
import type { ResultKey } from "../protocol/result";

/** Texts of a result that a server may have put anything into. */
export const FREE_TEXTS = [
  "task_id",
  "choice",
  "task_name",
  "task_description",
  "task_type",
  "task_priority",
  "error_message",
  "task_detail",
  "task_result",
] as const;
/** Control characters but line breaks, and marks that nobody sees, for Terraform's `replace`. */
const UNSEEN = "/[^\\\\P{Cc}\\\\n]|\\\\p{Cf}/";

/**
 * A typed result for an output: Terraform prints those as they are, so that control characters in its texts would
 * steer the terminal of whoever runs it. An expression.
 *
 * @param address of the typed result
 */
export function shownResult(address: string): string {
  const texts = FREE_TEXTS.map((key) => `${key} = ${shownText(`${address}.${key}`)}`);
  return `merge(${address}, { ${texts.join(", ")} })`;
}

/** The same for one text, as an expression. */
export function shownText(text: string): string {
  return `replace(${text}, "${UNSEEN}", " ")`;
}

/**
 * The times of a result as RFC 3339, each as a Terraform expression; empty where the API gave none.
 *
 * @param secondsOf gives an expression for Unix seconds, as a number or as a text
 */
export function readableTimes(secondsOf: (key: ResultKey) => string): Record<string, string> {
  const time = (key: ResultKey): string =>
    `try(timeadd("1970-01-01T00:00:00Z", "\${${secondsOf(key)}}s"), "")`;
  return {
    started_at: time("start_time"),
    completed_at: time("complete_time"),
    expires_at: time("expire_time"),
  };
}

/**
 * A local with the typed result of a snapshot: numbers as numbers, counts as a map of numbers.
 *
 * One object, so that another stack gets it whole and typed. Each part falls back to nothing when there is no
 * snapshot, which happens only while a stack is destroyed whose apply never came that far.
 */
export function resultLocal(scope: Construct, snapshot: TerraformResource): TerraformLocal {
  const of = (key: ResultKey): string => `${snapshot.fqn}.input["${key}"]`;
  const text = (key: ResultKey): string => `\${try(${of(key)}, "")}`;
  // Null, not 0, where the API gave nothing: 0 would be an answer.
  const number = (key: ResultKey): string => `\${try(tonumber(${of(key)}), null)}`;
  const times = Object.entries(readableTimes(of)).map(([name, time]) => [name, `\${${time}}`]);
  return keptLocal(scope, "value", {
    status: text("status"),
    succeeded: `\${try(${of("problem")} == "", false)}`,
    problem: text("problem"),
    problem_code: `\${${problemCodeOf(`${snapshot.fqn}.input`)}}`,
    task_id: text("task_id"),
    choice: text("choice"),
    task_name: text("task_name"),
    task_description: text("task_description"),
    task_type: text("task_type"),
    task_priority: text("task_priority"),
    progress: number("progress"),
    start_time: number("start_time"),
    complete_time: number("complete_time"),
    expire_time: number("expire_time"),
    ...(Object.fromEntries(times) as Record<string, string>),
    error_message: text("error_message"),
    task_detail: text("task_detail"),
    task_result: text("task_result"),
    resource_types: `\${try(tolist(jsondecode(${of("resource_types")})), tolist([]))}`,
    resource_counts: `\${try(tomap(jsondecode(${of("resource_counts")})), tomap({}))}`,
    total_count: `\${try(tonumber(${of("total_count")}), 0)}`,
  });
}
