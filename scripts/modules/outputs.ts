import { FREE_TEXTS, shownResult, shownText } from "../../lib/graph/result-local";

/** What each output holds; the names are those of the result. */
const DESCRIPTIONS = {
  status: "COMPLETE, FAILED, EXPIRED, CANCELED, or what the task was when it was last seen.",
  succeeded: "Whether the task is complete and its result was understood.",
  problem: "Why it did not succeed, as a text for a person; empty when it did.",
  problem_code: "The stable code of the problem, such as TASK_FAILED; empty when it succeeded.",
  choice: "Which task was taken and why, where one was looked for; else empty.",
  total_count: "How many resources the task found in all; a number.",
  resource_counts: "How many resources of each type the task found; a map of numbers.",
  resource_types: "The resource types that the task is about, sorted.",
  task_id: "The id of the task, as the API gave it.",
  task_name: "The name of the task, as the API gave it.",
  task_description: "The description of the task, as the API gave it; often empty.",
  task_type: "UPDATE_RESOURCES, CHECK_RULES, or another word: the set is open.",
  task_priority: "HIGH for a task that a user started, LOW for one of the background.",
  progress: "How far it is, in hundredths of a percent: 0 to 10000; null when the API gave none.",
  start_time: "When it began to run, in Unix seconds; null when the API gave none.",
  complete_time: "When it ended, in Unix seconds; null when the API gave none.",
  expire_time: "When BDRC drops its record, in Unix seconds; null when the API gave none.",
  started_at: "The same as start_time, as RFC 3339; empty when the API gave none.",
  completed_at: "The same as complete_time, as RFC 3339; empty when the API gave none.",
  expires_at: "The same as expire_time, as RFC 3339; empty when the API gave none.",
  error_message: "What the API says of a failed task; else empty.",
  task_detail: "The JSON text of TaskDetail, as given.",
  task_result: "The JSON text of TaskResult, as given.",
} as const;

/** An output of a module. */
export interface Output {
  readonly name: string;
  readonly description: string;
  /** A Terraform expression. */
  readonly value: string;
}

/**
 * The outputs of a module, typed as its result is. Texts that a server may have put anything into are cleaned, since
 * Terraform prints the outputs of a root module as they are.
 *
 * @param result the address of the typed result
 */
export function outputsOf(result: string): Output[] {
  const free: readonly string[] = FREE_TEXTS;
  const parts = Object.entries(DESCRIPTIONS).map(([name, description]) => ({
    name,
    description,
    value: free.includes(name) ? shownText(`${result}.${name}`) : `${result}.${name}`,
  }));
  const whole = "All of these in one object, for another configuration that reads it from this one's state.";
  return [...parts, { name: "result", description: whole, value: shownResult(result) }];
}
