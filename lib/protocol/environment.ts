/** Environment variables that the waiter reads besides those of the credentials. */
export const ENVIRONMENT = {
  /** A file to which the waiter appends one JSON line for each event; Terraform hides the waiter's stderr. */
  events: "BDRC_TASK_EVENTS",
  /** `never`: look once and do not wait, whatever the query says. */
  wait: "BDRC_TASK_WAIT",
} as const;
