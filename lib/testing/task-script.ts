/**
 * A scripted task: a plan of what DescribeTask says about it, as a function of time and of the look.
 *
 * Pure: the clock is handed in, and the same moment always gives the same answer.
 */
import type { Fault } from "./fake-bdrc/fault";
import { type ProgressCurve, progressAt } from "./progress-curve";

/** Which looks at a task meet a fault: one, several, a range, or every one. Looks are counted from 1. */
export type LookSelector = number | readonly number[] | LookRange | "every";

/** A range of looks, both ends included. */
export interface LookRange {
  /**
   * The first look of the range.
   * @default 1
   */
  readonly from?: number;
  /**
   * The last look of the range.
   * @default - no end
   */
  readonly to?: number;
}

/** A fault that some looks at a task meet, instead of the task. */
export interface ScriptedFault extends Fault {
  /**
   * Which looks meet it; when several faults claim one look, the first in the list wins.
   * @default "every"
   */
  readonly look?: LookSelector;
}

/** What a fake task does; everything has a default, so that `{}` is a task that completed at once. */
export interface TaskScript {
  /**
   * How long it runs, in seconds; also the scale of its progress.
   * @default 0 - it has ended already
   */
  readonly seconds?: number;
  /**
   * How long it is CREATED before it runs, in seconds.
   * @default 0
   */
  readonly createdSeconds?: number;
  /**
   * Whether its clock starts at the first look instead of when it was added; then the pace of the test before
   * that look does not matter.
   * @default false
   */
  readonly startsAtFirstLook?: boolean;
  /**
   * How long ago its clock started when it was added, in seconds; so a task can be one of yesterday.
   * @default 0
   */
  readonly ageSeconds?: number;
  /**
   * The status it ends with: COMPLETE, FAILED, EXPIRED, CANCELED, any other word, or NEVER (it runs on).
   * @default "COMPLETE"
   */
  readonly ends?: string;
  /**
   * When it fails, in seconds since it began to run, whatever `ends` and `seconds` say.
   * @default - it ends as `ends` says
   */
  readonly failsAfterSeconds?: number;
  /**
   * How its progress moves.
   * @default "linear"
   */
  readonly progress?: ProgressCurve;
  /**
   * The counts in TaskResult once it is COMPLETE, and so the types in TaskDetail; the order is kept.
   * @default {}
   */
  readonly counts?: Readonly<Record<string, number>>;
  /**
   * The counts in TaskResult when it ended in any other way.
   * @default - no TaskResult then
   */
  readonly partialCounts?: Readonly<Record<string, number>>;
  /**
   * The text of TaskResult as it is, in every status; null leaves the field out.
   * @default - made from the counts
   */
  readonly taskResult?: string | null;
  /**
   * The text of TaskDetail as it is, in every status; null leaves the field out.
   * @default - made from the counts
   */
  readonly taskDetail?: string | null;
  /**
   * The whole of Data as it is, in every status; any JSON value.
   * @default - made from the other fields
   */
  readonly data?: unknown;
  /**
   * The text of ErrorMessage once it ended otherwise than COMPLETE.
   * @default - a sentence that names the status
   */
  readonly errorMessage?: string;
  /**
   * The text of TaskName.
   * @default - made from the task type
   */
  readonly taskName?: string;
  /**
   * The text of TaskDescription.
   * @default ""
   */
  readonly taskDescription?: string;
  /**
   * The text of TaskType, such as UPDATE_RESOURCES or CHECK_RULES.
   * @default "UPDATE_RESOURCES"
   */
  readonly taskType?: string;
  /**
   * The text of TaskPriority: HIGH for a task that a user started, LOW for one of the background.
   * @default "HIGH"
   */
  readonly taskPriority?: string;
  /**
   * When ExpireTime is, in seconds since its clock started; it only fills the field.
   * @default 604800 - a week
   */
  readonly expireSeconds?: number;
  /**
   * When its record can first be read, in seconds since its clock started; before, the answer is 404.
   * @default 0
   */
  readonly appearsAfterSeconds?: number;
  /**
   * When its record disappears, in seconds since its clock started; from then on the answer is 404.
   * @default - never
   */
  readonly goneAfterSeconds?: number;
  /**
   * Faults that looks meet instead of the task.
   * @default []
   */
  readonly faults?: readonly ScriptedFault[];
}

/** Who a scripted task is, beside what its script says. */
export interface TaskIdentity {
  /** The id, as in the path. */
  readonly taskId: string;
  /** The id of the request that created it, as in Data.RequestId. */
  readonly requestId: string;
  /** When its clock started, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** What DescribeTask says at one moment: Data, no such record, or a fault in its place. */
export interface TaskView {
  /** The value of Data; undefined when the record is not there. */
  readonly data: unknown;
  /** Whether the record exists at that moment. */
  readonly exists: boolean;
  /** The status at that moment, whatever Data says; undefined when the record is not there. */
  readonly status: string | undefined;
  /** The fault that this look meets; the rest tells what it hides. */
  readonly fault: ScriptedFault | undefined;
}

/** What DescribeTask says about a task, `elapsedMs` milliseconds after its clock started, at the nth look. */
export function taskAt(
  script: TaskScript,
  elapsedMs: number,
  look: number,
  identity: TaskIdentity,
): TaskView {
  const seconds = elapsedMs / 1000;
  const fault = script.faults?.find((candidate) => meets(candidate.look ?? "every", look));
  const exists =
    seconds >= (script.appearsAfterSeconds ?? 0) &&
    seconds < (script.goneAfterSeconds ?? Number.POSITIVE_INFINITY);
  if (!exists) return { data: undefined, exists, status: undefined, fault };
  const status = statusAt(script, seconds);
  const data = script.data === undefined ? dataAt(script, seconds, status, identity) : script.data;
  return { data, exists, status, fault };
}

/** Whether a selector takes in the nth look. */
export function meets(selector: LookSelector, look: number): boolean {
  if (selector === "every") return true;
  if (typeof selector === "number") return look === selector;
  if (isList(selector)) return selector.includes(look);
  return look >= (selector.from ?? 1) && look <= (selector.to ?? Number.POSITIVE_INFINITY);
}

function statusAt(script: TaskScript, seconds: number): string {
  const running = seconds - (script.createdSeconds ?? 0);
  if (running < 0) return "CREATED";
  const end = endOf(script);
  return running < end.afterSeconds ? "RUNNING" : end.status;
}

/** How a task ends, and when, in seconds since it began to run. */
function endOf(script: TaskScript): { status: string; afterSeconds: number } {
  if (script.failsAfterSeconds !== undefined)
    return { status: "FAILED", afterSeconds: script.failsAfterSeconds };
  const status = script.ends ?? "COMPLETE";
  return { status, afterSeconds: status === "NEVER" ? Number.POSITIVE_INFINITY : (script.seconds ?? 0) };
}

function dataAt(script: TaskScript, seconds: number, status: string, identity: TaskIdentity): object {
  const taskType = script.taskType ?? "UPDATE_RESOURCES";
  const created = script.createdSeconds ?? 0;
  const end = endOf(script);
  const ended = status === end.status;
  const unix = (offset: number) => Math.floor(identity.startedAt / 1000 + offset);
  const counts = status === "COMPLETE" ? (script.counts ?? {}) : ended ? script.partialCounts : undefined;
  const fields = {
    TaskId: identity.taskId,
    TaskName: script.taskName ?? taskType.toLowerCase().replaceAll("_", "-"),
    TaskDescription: script.taskDescription ?? "",
    TaskType: taskType,
    TaskPriority: script.taskPriority ?? "HIGH",
    TaskStatus: status,
    Progress: progressAt(script.progress ?? "linear", {
      seconds: Math.max(0, Math.min(seconds - created, end.afterSeconds)),
      totalSeconds: script.seconds ?? script.failsAfterSeconds ?? 0,
      status,
      ended,
    }),
    StartTime: status === "CREATED" ? undefined : unix(created),
    CompleteTime: ended ? unix(created + end.afterSeconds) : undefined,
    ExpireTime: unix(script.expireSeconds ?? 604_800),
    RequestId: identity.requestId,
    // Deprecated in the API and always empty there.
    ExecutionId: "",
    ErrorMessage:
      ended && status !== "COMPLETE" ? (script.errorMessage ?? `The task ended as ${status}.`) : "",
    TaskDetail: script.taskDetail === undefined ? detailOf(script) : (script.taskDetail ?? undefined),
    TaskResult:
      script.taskResult === undefined ? counts && resultOf(counts) : (script.taskResult ?? undefined),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function detailOf(script: TaskScript): string {
  return JSON.stringify({ resourceTypes: Object.keys(script.counts ?? script.partialCounts ?? {}) });
}

function resultOf(counts: Readonly<Record<string, number>>): string {
  return JSON.stringify({
    resourceCounts: Object.entries(counts).map(([resourceType, count]) => ({ resourceType, count })),
  });
}

/** Array.isArray does not narrow a readonly array. */
function isList(selector: LookSelector): selector is readonly number[] {
  return Array.isArray(selector);
}
