/**
 * The keys of the one JSON object that the waiter prints; always all of them, always strings.
 *
 * The values are a pure function of the task, so that a second look at a finished task changes nothing.
 */
export const RESULT_KEYS = [
  /** The status as the API gave it, or NOT_FOUND, or UNREADABLE. */
  "status",
  /** Empty exactly when the task is COMPLETE and its result was understood; else a text for a person. */
  "problem",
  "task_id",
  "task_name",
  "task_description",
  "task_type",
  "task_priority",
  /** 0–10000, as a decimal integer; empty when not given. */
  "progress",
  /** Unix seconds as a decimal integer; empty when not given. */
  "start_time",
  /** Unix seconds as a decimal integer; empty when not given. */
  "complete_time",
  /** Unix seconds as a decimal integer; empty when not given. */
  "expire_time",
  "error_message",
  /** The JSON text of TaskDetail, as given. */
  "task_detail",
  /** The JSON text of TaskResult, as given. */
  "task_result",
  /** A JSON array of strings, sorted; "[]" when there are none. */
  "resource_types",
  /** A JSON object from resource type to count, keys sorted; "{}" when there are none. */
  "resource_counts",
  /** The decimal sum of all counts. */
  "total_count",
] as const;

/** One key of the waiter's result. */
export type ResultKey = (typeof RESULT_KEYS)[number];

/** What the waiter prints: every key, every value a string. */
export type ResultMap = Record<ResultKey, string>;
