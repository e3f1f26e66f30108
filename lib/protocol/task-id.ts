/**
 * Says why a text cannot be a BDRC task id, or undefined when it can.
 *
 * The API documents no rule; its samples are `t-` and 20 lower-case letters and digits. We refuse only what
 * can never be sent as one segment of a path: empty, over 128 characters, or with other characters than
 * letters, digits, `-` and `_` (the documentation's masked samples end in asterisks).
 */
export function taskIdProblem(taskId: string): string | undefined {
  if (taskId === "") return "it is empty";
  if (taskId.length > 128) return `it has ${taskId.length} characters, at most 128 are possible`;
  if (taskId.includes("*")) return "it holds an asterisk, as the masked samples of the documentation do";
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(taskId)) {
    return "it may hold only letters, digits, '-' and '_', and starts with a letter or a digit";
  }
  return undefined;
}
