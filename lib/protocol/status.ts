/**
 * The words a task's status can be, as both sides use them.
 *
 * Source of the first six: DescribeTask of BDRC API 2023-08-08 (COMPLETE without D, CANCELED with one L).
 */

/** Statuses in which a task is still under way. */
export const PENDING_STATUSES = ["CREATED", "RUNNING"] as const;

/** Statuses that end a task; only COMPLETE is a success. */
export const TERMINAL_STATUSES = ["COMPLETE", "FAILED", "EXPIRED", "CANCELED"] as const;

/** The one status that opens the gate. */
export const COMPLETE = "COMPLETE";

/** Our own word for a task that the API does not know, or no longer knows. */
export const NOT_FOUND = "NOT_FOUND";

/** Our own word for a task that could not be read: no access, no answer, or no sense in the answer. */
export const UNREADABLE = "UNREADABLE";

/** Whether the API will not change this status any more. */
export function isTerminal(status: string): boolean {
  return (TERMINAL_STATUSES as readonly string[]).includes(status);
}

/** Whether this is a status that the API's documentation names for a task under way. */
export function isPending(status: string): boolean {
  return (PENDING_STATUSES as readonly string[]).includes(status);
}
