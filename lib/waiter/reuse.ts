import type { TaskRequest } from "../protocol/start";
import { taskTypeOf } from "../protocol/start";
import { callApi, type Reply } from "./bdrc/call";
import type { Connection, Operation } from "./bdrc/client";
import type { BdrcTaskRecord } from "./bdrc/task";
import { insteadText, requestText, reusableTask, stateText } from "./choose-task";
import type { Clock } from "./clock";
import type { Fault } from "./failure";
import { choiceOf } from "./receipt";
import { duration } from "./report";
import { listTasks } from "./task-list";

/** Which task need not be started anew. */
export interface ReuseRules {
  /** How long ago it may have completed, in milliseconds. */
  readonly within: number;
  /** One that is not taken again, since what it came to is known; may be empty. */
  readonly notTaskId: string;
  readonly clock: Clock;
}

/** The task that is fresh enough, or none, with a line that says why; or why it cannot be told. */
export type Reusable =
  | { readonly task: BdrcTaskRecord | undefined; readonly text: string; readonly fault?: undefined }
  | { readonly fault: Fault; readonly task?: undefined; readonly text?: undefined };

/** Asks DescribeTasks, all pages, for a task that makes a start needless; nothing is started here. */
export async function findReusable(
  connection: Connection,
  request: TaskRequest,
  { within, notTaskId, clock }: ReuseRules,
): Promise<Reusable> {
  const call = (operation: Operation): Promise<Reply> => callApi(connection, operation, clock);
  const listed = await listTasks(call, { type: taskTypeOf(request.action) });
  if (listed.fault) return { fault: listed.fault };
  const choice = { request, tasks: listed.tasks, within, now: listed.date ?? clock.date() };
  const task = reusableTask(choice, notTaskId);
  const wanted = `${requestText(request)} under way or completed within ${duration(within)}`;
  const text = task
    ? `${task.taskId} is taken instead of starting another one: the newest ${wanted}, ${stateText(task)}`
    : `there is no ${wanted}, but ${insteadText(choice)}`;
  return { task, text: choiceOf(text) };
}
