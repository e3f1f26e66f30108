import { isTerminal } from "../../protocol/status";
import { byCodePoint } from "../by-code-point";
import { jsonObject } from "./json-object";

/** A task as DescribeTask gives it; texts that it does not give are empty. */
export interface BdrcTaskRecord {
  readonly taskId: string;
  readonly taskName: string;
  readonly taskDescription: string;
  readonly taskType: string;
  readonly taskPriority: string;
  /** CREATED, RUNNING, COMPLETE, FAILED, EXPIRED, CANCELED, or another word. */
  readonly status: string;
  /** 0–10000. */
  readonly progress: number | undefined;
  /** Unix seconds. */
  readonly startTime: number | undefined;
  /** Unix seconds. */
  readonly completeTime: number | undefined;
  /** Unix seconds; the documentation does not say whether of the task or of its record. */
  readonly expireTime: number | undefined;
  readonly errorMessage: string;
  /** JSON text, as given. */
  readonly taskDetail: string;
  /** JSON text, as given. */
  readonly taskResult: string;
}

/** What no name of a type has, and what would steer the terminal that Terraform prints it to. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** A status is one word or a few; a page of text is none, whatever it stands in. */
const STATUS = /^[^\p{Cc}\p{Cf}\u2028\u2029]{1,64}$/u;

/**
 * Reads the `Data` of a DescribeTask answer; undefined when there is no task in it.
 *
 * Every field is optional in the API's own SDKs, so only the status is needed to make it a task.
 */
export function readTask(data: unknown): BdrcTaskRecord | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const fields = new Map<string, unknown>(Object.entries(data));
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  };
  // Documented as a JSON text; a gateway may hand it out as the object itself.
  const json = (name: string): string => {
    const value = fields.get(name);
    return typeof value === "object" && value !== null ? jsonText(value) : text(name);
  };
  const integer = (name: string): number | undefined => {
    const value = fields.get(name);
    const number = typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) ? (number as number) : undefined;
  };
  const status = text("TaskStatus").trim();
  if (!STATUS.test(status)) return undefined;
  return {
    taskId: text("TaskId"),
    taskName: text("TaskName"),
    taskDescription: text("TaskDescription"),
    taskType: text("TaskType"),
    taskPriority: text("TaskPriority"),
    status,
    progress: integer("Progress"),
    startTime: integer("StartTime"),
    completeTime: integer("CompleteTime"),
    expireTime: integer("ExpireTime"),
    errorMessage: text("ErrorMessage"),
    taskDetail: json("TaskDetail"),
    taskResult: json("TaskResult"),
  };
}

/** A task that claims to run for longer than this says nothing of its pace, in milliseconds: a week. */
const OLDEST = 7 * 86_400_000;

/**
 * Milliseconds since a task that is under way began, by its StartTime and the date of the answer that holds it, both of
 * the server's clock; undefined when there is no such age: no StartTime, 0, in the future, of another unit.
 *
 * @param date the header `Date` of the answer
 */
export function taskAge({ status, startTime }: BdrcTaskRecord, date: string | undefined): number | undefined {
  if (isTerminal(status) || startTime === undefined || date === undefined) return undefined;
  const age = Date.parse(date) - startTime * 1000;
  return age >= 0 && age <= OLDEST ? age : undefined;
}

/** A value as JSON; empty when it is nested more deeply than JSON can be written. */
function jsonText(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "";
  }
}

/** Resource types a task is about, from its TaskDetail: sorted, each once; none when the text says nothing. */
export function readResourceTypes(taskDetail: string): string[] {
  const types = jsonObject(taskDetail)?.get("resourceTypes");
  if (!Array.isArray(types)) return [];
  const texts = types.filter((type): type is string => typeof type === "string" && !UNSEEN.test(type));
  return [...new Set(texts)].sort(byCodePoint);
}

/** Counts by resource type, or the reason why a TaskResult gives none. */
export type CountsOrProblem = { readonly counts: ReadonlyMap<string, number> } | { readonly problem: string };

/** Task types whose outcome is not counts: rule checks are read with DescribeCheckDetails. */
const TYPES_WITHOUT_COUNTS: readonly string[] = ["CHECK_RULES"];

/**
 * Reads a TaskResult: `{"resourceCounts":[{"resourceType":"ACS::OSS::Bucket","count":12}]}`.
 *
 * Several entries of one type are added up. A result that is absent is no counts for a rule check, and a problem
 * for every other task: taking it for zero would tell the resources behind the gate that nothing was found.
 *
 * @param countless whether it may be absent
 */
export function readCounts(
  taskResult: string,
  taskType: string,
  countless = TYPES_WITHOUT_COUNTS.includes(taskType),
): CountsOrProblem {
  if (taskResult.trim() === "")
    return countless ? { counts: new Map() } : { problem: "TaskResult is absent or empty" };
  const fields = jsonObject(taskResult);
  if (!fields) return { problem: "TaskResult is not a JSON object" };
  const list = fields.get("resourceCounts");
  if (list === undefined && countless) return { counts: new Map() };
  if (!Array.isArray(list)) {
    return { problem: `TaskResult has ${list === undefined ? "no" : "a malformed"} list resourceCounts` };
  }
  const counts = new Map<string, number>();
  let total = 0;
  for (const [index, entry] of (list as unknown[]).entries()) {
    const { resourceType, count } = (entry ?? {}) as { resourceType?: unknown; count?: unknown };
    const number = typeof count === "string" && /^\d{1,15}$/.test(count) ? Number(count) : count;
    if (typeof resourceType !== "string" || resourceType === "") {
      return { problem: `entry ${index} of resourceCounts has no resourceType` };
    }
    if (UNSEEN.test(resourceType)) {
      return { problem: `entry ${index} of resourceCounts has a resourceType with control characters` };
    }
    if (!Number.isSafeInteger(number) || (number as number) < 0) {
      return { problem: `the count of ${quote(resourceType)} is ${quote(count)}, not a whole number from 0` };
    }
    total += number as number;
    if (!Number.isSafeInteger(total)) return { problem: "the counts are too large to add up" };
    counts.set(resourceType, (counts.get(resourceType) ?? 0) + (number as number));
  }
  return { counts: new Map([...counts].sort(([a], [b]) => byCodePoint(a, b))) };
}

function quote(value: unknown): string {
  if (value === undefined) return "absent";
  // Not as JSON: a value may be nested more deeply than JSON.stringify can go.
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
