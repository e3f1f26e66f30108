import { callApi, type Reply } from "./bdrc/call";
import type { Connection, Operation } from "./bdrc/client";
import { jsonObject } from "./bdrc/json-object";
import { readResourceTypes, type BdrcTaskRecord } from "./bdrc/task";
import { newestFirst } from "./choose-task";
import type { Clock } from "./clock";
import type { Fault } from "./failure";
import { isTerminal } from "../protocol/status";
import { START_OPERATIONS, type StartRequest, type TaskRequest, taskTypeOf } from "../protocol/start";
import type { Intent } from "./receipt";
import { listTasks } from "./task-list";

/** Types that no operation without a documented type starts. */
const OTHER_TYPES: readonly (string | undefined)[] = [
  ...Object.values(START_OPERATIONS).map(({ taskType }) => taskType),
  "TEST",
];
/** How far the two clocks may have come apart between the start and now, in milliseconds; the API counts seconds. */
const TOLERANCE = 30_000;
/** How long after a start its task may be absent from the list, in milliseconds. */
const APPEARS = 15_000;
/** How long to wait between two readings of the list, in milliseconds. */
const GAP = 3000;

/** What the list of tasks says of a start whose answer nobody saw. */
export type Found =
  | { readonly kind: "task"; readonly task: BdrcTaskRecord }
  /** No task was started. */
  | { readonly kind: "none" }
  /** Several tasks may be it. */
  | { readonly kind: "unsure"; readonly tasks: readonly BdrcTaskRecord[] }
  /** The list cannot be read. */
  | { readonly kind: "unread"; readonly fault: Fault };

/**
 * Which of the tasks a start has made: the newest of its type and detail that began after the intent.
 *
 * @param tasks whatever DescribeTasks lists, in any order
 * @param after the moment of the intent by the server's clock, in milliseconds since 1970
 */
export function startedTask(
  request: StartRequest,
  tasks: readonly BdrcTaskRecord[],
  after: number,
  notTaskId: string,
): Exclude<Found, { kind: "unread" }> {
  const candidates = tasks.filter(
    (task) =>
      task.taskId !== "" &&
      task.taskId !== notTaskId &&
      isOfType(request.action, task.taskType) &&
      isAfter(task, after) &&
      detailFits(request, task) !== false,
  );
  const sure = candidates.filter((task) => detailFits(request, task) === true);
  const newest = sure.sort(newestFirst)[0];
  if (newest) return { kind: "task", task: newest };
  const [only] = candidates;
  if (!only) return { kind: "none" };
  return candidates.length === 1 ? { kind: "task", task: only } : { kind: "unsure", tasks: candidates };
}

/**
 * Asks DescribeTasks, all pages, for the task that an earlier apply has started without seeing the answer.
 *
 * A start of a moment ago is asked for again before it is believed that there was none.
 */
export async function findStarted(
  connection: Connection,
  request: StartRequest,
  intent: Intent,
  clock: Clock,
): Promise<Found> {
  const intended = Date.parse(intent.intendedAt);
  for (;;) {
    const call = (operation: Operation): Promise<Reply> => callApi(connection, operation, clock);
    const listed = await listTasks(call, { type: taskTypeOf(request.action) });
    if (listed.fault) return { kind: "unread", fault: listed.fault };
    const ahead = listed.date === undefined ? 0 : clock.date() - listed.date;
    const found = startedTask(request, listed.tasks, intended - ahead - TOLERANCE, intent.notTaskId);
    const age = clock.date() - intended;
    // A clock that was set back says nothing of the age.
    if (found.kind !== "none" || age < 0 || age >= APPEARS) return found;
    await clock.sleep(GAP);
  }
}

function isOfType(action: string, type: string): boolean {
  const own = taskTypeOf(action);
  return own === undefined ? !OTHER_TYPES.includes(type) : type === own || type === "";
}

function isAfter(task: BdrcTaskRecord, after: number): boolean {
  // A task that waits for its turn has not begun; one that has ended without a time cannot be told from old ones.
  if (!task.startTime) return !isTerminal(task.status);
  return task.startTime * 1000 >= after;
}

/** Whether a task's detail is the request's; undefined when it says nothing of it. */
function detailFits({ action, form }: TaskRequest, { taskDetail }: BdrcTaskRecord): boolean | undefined {
  if (action === "CheckRules") {
    const arn = form["ResourceArn"] ?? "";
    if (taskDetail.includes(arn)) return true;
    return /acs:/.test(taskDetail) ? false : undefined;
  }
  if (!jsonObject(taskDetail)?.has("resourceTypes")) return undefined;
  const types = readResourceTypes(taskDetail);
  const type = form["ResourceType"] ?? "";
  if (type !== "") return types.length === 1 && types[0] === type;
  // Without a type all are meant, and a list of one is the task of somebody who named it; nobody says how all look.
  return types.length === 1 ? undefined : true;
}
