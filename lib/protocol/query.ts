/** The keys of the JSON object of strings that the waiter reads from stdin; no other key is accepted. */
export const QUERY_KEYS = [
  "task_id",
  "task_ids",
  "looks_per_second",
  "start",
  "receipt",
  "reuse_seconds",
  "start_only",
  "find",
  "choice",
  "region_id",
  "endpoint",
  "wait",
  "timeout_seconds",
  "max_outage_seconds",
  "remembered",
  "profile",
] as const;

/** One key of the waiter's query. */
export type QueryKey = (typeof QUERY_KEYS)[number];

/** The whole wait when the query names none, in seconds. */
export const DEFAULT_TIMEOUT_SECONDS = 3600;

/** The longest wait that can be asked for, in seconds: a day. */
export const MAX_TIMEOUT_SECONDS = 86_400;

/** How long a wait goes on without one good answer when the query names nothing, in seconds. */
export const DEFAULT_MAX_OUTAGE_SECONDS = 300;

/** The most tasks that one waiter waits for. */
export const MAX_TASKS = 200;

/**
 * Looks per second that many waits share when nothing names another number, within one process and on one machine; the
 * documented quota is 10 for an account.
 */
export const DEFAULT_LOOKS_PER_SECOND = 5;

/** The documented quota of DescribeTask: calls per second, for a whole account at one endpoint. */
export const MAX_LOOKS_PER_SECOND = 10;
