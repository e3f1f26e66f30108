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
  /** The stable code of the problem, one of PROBLEMS; empty exactly when the problem is. */
  "problem_code",
  /** Where was asked: the region of a host of BDRC's own, else the host. Kept, so that a change of it is seen. */
  "place",
  "task_id",
  /** With `find`, or a start: which task was taken and why, in one line; else empty. */
  "choice",
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

/** One key of the waiter's result. States hold results of earlier versions: never rely on a key that came later. */
export type ResultKey = (typeof RESULT_KEYS)[number];

/** What the waiter prints: every key, every value a string. */
export type ResultMap = Record<ResultKey, string>;

/** The keys of what the waiter prints for many tasks; always all of them, always strings. */
export const MANY_RESULT_KEYS = [
  /**
   * COMPLETE when every task succeeded, FAILED when all have ended and some badly; else the worst of RUNNING,
   * NOT_FOUND and UNREADABLE.
   */
  "status",
  /** Empty exactly when every task succeeded; else a text for a person. */
  "problem",
  /** The code of the problem when all that did not succeed have the same, else SEVERAL; empty with no problem. */
  "problem_code",
  /** Where was asked; see {@link RESULT_KEYS}. */
  "place",
  /** How many tasks there are, as a decimal integer. */
  "task_count",
  /** A JSON object from task id to that task's result, with numbers as numbers. */
  "tasks",
  /** A JSON array of the ids of the tasks that did not succeed, in the order of the query. */
  "failed_task_ids",
  /** A JSON array of strings, sorted: the types of all tasks. */
  "resource_types",
  /** A JSON object from resource type to the sum of its counts, keys sorted. */
  "resource_counts",
  /** The decimal sum of all counts. */
  "total_count",
] as const;

/** What the waiter prints for many tasks. */
export type ManyResultMap = Record<(typeof MANY_RESULT_KEYS)[number], string>;
