import { taskIdProblem } from "../protocol/task-id";
import { CliError } from "./text";

/** Checks task ids and gives each of them once, in their order. @throws CliError that names the first wrong one */
export function readTaskIds(ids: readonly string[]): string[] {
  for (const id of ids) {
    const problem = taskIdProblem(id);
    if (!problem) continue;
    throw new CliError(
      `${JSON.stringify(id.slice(0, 140))} is no task id: ${problem}.`,
      [
        ["Example", "t-0004d9ctt1iiabcdefgh"],
        ["Next", "bdrc-task list shows the ids of the tasks that BDRC knows"],
      ],
      "BAD_INPUT",
    );
  }
  return [...new Set(ids)];
}
