/** Environment variables that the waiter reads besides those of the credentials. */
export const ENVIRONMENT = {
  /** A file to which the waiter appends one JSON line for each event; Terraform hides the waiter's stderr. */
  events: "BDRC_TASK_EVENTS",
  /** `never`: look once and do not wait, whatever the query says. */
  wait: "BDRC_TASK_WAIT",
  /** The looks a second that all waits of this user on this machine share, from 0.1 to 10; 5 when it is not set. */
  looksPerSecond: "BDRC_TASK_LOOKS_PER_SECOND",
  /** The query, instead of stdin: set by a wait at apply, which prints lines instead of a result. */
  query: "BDRC_TASK_QUERY",
  /** What lines of a wait at apply begin with: the construct's id. */
  label: "BDRC_TASK_LABEL",
  /** Statuses (and DEADLINE) with which a wait at apply ends well besides an ended task, joined by commas. */
  accept: "BDRC_TASK_ACCEPT",
} as const;
