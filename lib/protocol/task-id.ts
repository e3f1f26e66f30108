/** What a task id is made of. */
export const TASK_ID = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** The longest task id that we send. */
export const MAX_TASK_ID_LENGTH = 128;

/**
 * Says why a text cannot be a BDRC task id, or undefined when it can.
 *
 * The API documents no rule; its samples are `t-` and 20 lower-case letters and digits. We refuse only what
 * can never be sent as one segment of a path: empty, over 128 characters, or with other characters than
 * letters, digits, `-` and `_` (the documentation's masked samples end in asterisks).
 */
export function taskIdProblem(taskId: string): string | undefined {
  if (taskId === "") return "it is empty";
  if (taskId.length > MAX_TASK_ID_LENGTH)
    return `it has ${taskId.length} characters, at most ${MAX_TASK_ID_LENGTH} are possible`;
  if (taskId.includes("*")) return "it holds an asterisk, as the masked samples of the documentation do";
  if (!TASK_ID.test(taskId)) {
    return "it may hold only letters, digits, '-' and '_', and starts with a letter or a digit";
  }
  return undefined;
}

/** Says why a list cannot be the ids of tasks to wait for together, or undefined when it can. */
export function taskIdsProblem(taskIds: readonly unknown[], most: number): string | undefined {
  if (taskIds.length === 0) return "it is empty";
  if (taskIds.length > most) return `it has ${taskIds.length} ids, at most ${most} are possible`;
  const seen = new Set<string>();
  for (const [index, taskId] of taskIds.entries()) {
    const problem = typeof taskId === "string" ? taskIdProblem(taskId) : "it is not a text";
    if (problem) return `entry ${index} (${JSON.stringify(taskId) ?? "absent"}) cannot be an id: ${problem}`;
    if (seen.has(taskId as string)) return `${taskId as string} stands in it twice`;
    seen.add(taskId as string);
  }
  return undefined;
}
