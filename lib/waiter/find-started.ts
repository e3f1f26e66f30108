import { callApi } from "./bdrc/call";
import type { Connection } from "./bdrc/client";
import { jsonObject } from "./bdrc/json-object";
import { readResourceTypes, readTask, type BdrcTaskRecord } from "./bdrc/task";
import type { Clock } from "./clock";
import type { Fault } from "./failure";
import { isTerminal } from "../protocol/status";
import type { StartRequest } from "../protocol/start";
import type { Intent } from "./receipt";

/** Task types of the operations whose type is documented; the others may be of any type that is not one of these. */
const TYPES: Readonly<Record<string, string>> = {
  UpdateResources: "UPDATE_RESOURCES",
  CheckRules: "CHECK_RULES",
};
/** Types that no operation without a documented type starts. */
const OTHER_TYPES: readonly string[] = [...Object.values(TYPES), "TEST"];
/** How far the two clocks may have come apart between the start and now, in milliseconds; the API counts seconds. */
const TOLERANCE = 30_000;
/** How long after a start its task may be absent from the list, in milliseconds. */
const APPEARS = 15_000;
/** How long to wait between two readings of the list, in milliseconds. */
const GAP = 3000;
/** How many pages are read at the most. */
const MOST_PAGES = 1000;

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
  const newest = sure.sort((one, other) => beginOf(other) - beginOf(one))[0];
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
    const listed = await listTasks(connection, TYPES[request.action], clock);
    if ("fault" in listed) return { kind: "unread", fault: listed.fault };
    const found = startedTask(request, listed.tasks, intended - listed.ahead - TOLERANCE, intent.notTaskId);
    const age = clock.date() - intended;
    // A clock that was set back says nothing of the age.
    if (found.kind !== "none" || age < 0 || age >= APPEARS) return found;
    await clock.sleep(GAP);
  }
}

interface Listed {
  readonly tasks: readonly BdrcTaskRecord[];
  /** How far this machine's clock is ahead of the server's, in milliseconds. */
  readonly ahead: number;
}

async function listTasks(
  connection: Connection,
  type: string | undefined,
  clock: Clock,
): Promise<Listed | { readonly fault: Fault }> {
  const tasks: BdrcTaskRecord[] = [];
  let ahead = 0;
  let token = "";
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = {
      MaxResults: "500",
      ...(token ? { NextToken: token } : {}),
      ...(type === undefined ? {} : { TaskType: type }),
    };
    const operation = { action: "DescribeTasks", method: "GET", path: "/api/v1/tasks", query } as const;
    const reply = await callApi(connection, operation, clock);
    if (reply.fault) return { fault: reply.fault };
    if (reply.date !== undefined) ahead = clock.date() - reply.date;
    const data = reply.document.get("Data");
    const { Content: content, NextToken: next } = (data ?? {}) as { Content?: unknown; NextToken?: unknown };
    // An empty list may be left out; an answer without Data must not be taken for "there was no start".
    if (typeof data !== "object" || data === null || !Array.isArray(content ?? [])) {
      return { fault: { class: "transient", message: "the answer holds no list of tasks" } };
    }
    tasks.push(...((content ?? []) as unknown[]).map(readTask).filter((task) => task !== undefined));
    if (typeof next !== "string" || next === "") return { tasks, ahead };
    if (next === token) break;
    token = next;
  }
  return { fault: { class: "transient", message: "the pages of the list do not end" } };
}

function isOfType(action: string, type: string): boolean {
  const own = TYPES[action];
  return own === undefined ? !OTHER_TYPES.includes(type) : type === own || type === "";
}

function isAfter(task: BdrcTaskRecord, after: number): boolean {
  // A task that waits for its turn has not begun; one that has ended without a time cannot be told from old ones.
  if (!task.startTime) return !isTerminal(task.status);
  return task.startTime * 1000 >= after;
}

function beginOf(task: BdrcTaskRecord): number {
  return task.startTime || Number.MAX_SAFE_INTEGER;
}

/** Whether a task's detail is the request's; undefined when it says nothing of it. */
function detailFits({ action, form }: StartRequest, { taskDetail }: BdrcTaskRecord): boolean | undefined {
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
