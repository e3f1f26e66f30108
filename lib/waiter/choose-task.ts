import { isPending, isTerminal, COMPLETE } from "../protocol/status";
import { type TaskRequest, taskTypeOf } from "../protocol/start";
import { taskIdProblem } from "../protocol/task-id";
import { jsonObject } from "./bdrc/json-object";
import { readResourceTypes, type BdrcTaskRecord } from "./bdrc/task";
import { printable } from "./printable";
import { duration } from "./report";

/** How far the end of a task may lie ahead of the server's own time, in milliseconds. */
const TOLERANCE = 300_000;
/** How many tasks a text names that were not taken. */
const MOST_NAMED = 3;

/** When a task began, as far as it says; one under way that does not has begun last. Milliseconds since 1970. */
function beginOf({ startTime, completeTime, status }: BdrcTaskRecord): number {
  return (startTime || (isTerminal(status) ? completeTime : Number.MAX_SAFE_INTEGER / 1000) || 0) * 1000;
}

/** When a task ended, or at least had begun; infinite while it is under way, undefined when it does not say. */
function endOf({ startTime, completeTime, status }: BdrcTaskRecord): number | undefined {
  if (!isTerminal(status)) return Infinity;
  const seconds = completeTime || startTime;
  return seconds ? seconds * 1000 : undefined;
}

/** The order of tasks from the newest on, the same whatever order a list had. */
export function newestFirst(one: BdrcTaskRecord, other: BdrcTaskRecord): number {
  const ends = [one, other].map((task) => Math.min(endOf(task) ?? 0, Number.MAX_SAFE_INTEGER));
  return (
    beginOf(other) - beginOf(one) || (ends[1] ?? 0) - (ends[0] ?? 0) || (one.taskId < other.taskId ? 1 : -1)
  );
}

/** Whether a task is what a request would start, for certain: by its type, and by what its detail names. */
export function isSame({ action, form }: TaskRequest, { taskType, taskDetail }: BdrcTaskRecord): boolean {
  if (taskType !== taskTypeOf(action)) return false;
  const names = (text: string): boolean => taskDetail.includes(JSON.stringify(text));
  if (action === "CheckRules") {
    const { ResourceArn: arn = "", RuleId: rule } = form;
    return (
      names(arn) && (rule === undefined ? !/"rule\w*"\s*:\s*(\[\s*)?"[^"]/i.test(taskDetail) : names(rule))
    );
  }
  if (!jsonObject(taskDetail)?.has("resourceTypes")) return false;
  const types = readResourceTypes(taskDetail);
  // Without a type all are meant; a task of one type alone may say nothing of the others.
  return form["ResourceType"] ? types.join() === form["ResourceType"] : types.length !== 1;
}

/** Which tasks of a list, what they must be, and against which clock. */
export interface Choice {
  readonly request: TaskRequest;
  readonly tasks: readonly BdrcTaskRecord[];
  /** How long ago they may have ended, in milliseconds. */
  readonly within: number;
  /** The server's own time, in milliseconds since 1970. */
  readonly now: number;
}

function candidates({ request, tasks, within, now }: Choice): BdrcTaskRecord[] {
  return tasks
    .filter((task) => {
      const end = endOf(task);
      const isRecent =
        end === Infinity || (end !== undefined && end >= now - within && end <= now + TOLERANCE);
      return taskIdProblem(task.taskId) === undefined && isRecent && isSame(request, task);
    })
    .sort(newestFirst);
}

/**
 * The newest task of a request that is under way or ended within the time, however it ended: one that failed is found
 * and closes the gate, since a success before it is not the latest.
 */
export function latestTask(choice: Choice): BdrcTaskRecord | undefined {
  return candidates(choice)[0];
}

/**
 * The newest task of a request that is under way or completed within the time, so that no other one need be started.
 *
 * @param notTaskId one that is not taken again, since what it came to is known
 */
export function reusableTask(choice: Choice, notTaskId = ""): BdrcTaskRecord | undefined {
  return candidates(choice).find(
    ({ taskId, status }) => taskId !== notTaskId && (status === COMPLETE || isPending(status)),
  );
}

/** What a request asks for, as a person says it. */
export function requestText({ action, form }: TaskRequest): string {
  const of = Object.values(form).join(", ") || "all resource types";
  return `${taskTypeOf(action) ?? action} of ${of}`;
}

/** A task and its state, in a few words that stay true. */
export function stateText(task: BdrcTaskRecord): string {
  const end = endOf(task);
  const [word, at] = end === Infinity ? ["since", task.startTime && task.startTime * 1000] : ["at", end];
  return `${task.status}${at ? ` ${word} ${dateText(at)}` : ""}`;
}

/** What there is of the same type instead, the newest first, and why it is not taken. */
export function insteadText({ request, tasks, now }: Choice): string {
  const others = tasks.filter(({ taskType }) => taskType === taskTypeOf(request.action)).sort(newestFirst);
  const named = others.slice(0, MOST_NAMED).map((task) => {
    const end = endOf(task);
    const ago = end === undefined || end === Infinity ? "" : ` ${ageText(now - end)} ago`;
    const types = readResourceTypes(task.taskDetail).join(", ");
    return `${task.taskId} ${task.status}${ago}${isSame(request, task) ? "" : ` of ${types || "what it does not say"}`}`;
  });
  const rest = others.length - named.length;
  return printable(
    `${named.join("; ") || `no ${taskTypeOf(request.action) ?? ""} task`}${rest > 0 ? `; ${rest} more` : ""}`,
  );
}

/** Whole minutes: a text must not change with each second. */
function ageText(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  return minutes === 0 ? "under 1m" : duration(minutes * 60_000);
}

function dateText(at: number): string {
  // A moment that no calendar has, from a server that gave nonsense.
  return Math.abs(at) > 8.64e15 ? String(at) : new Date(at).toISOString().replace(".000", "");
}
