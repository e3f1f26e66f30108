import type { WaitEvent } from "../protocol/event";
import { codeOfStatus, PROBLEMS } from "../protocol/problem";

/** More seconds than any wait or pause has, in an event that was not tampered with. */
const MOST_SECONDS = 10 * 365 * 86_400;

/** Whether a value is what an event of a type has under a name. */
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isSeconds: Check = (value) => typeof value === "number" && value >= 0 && value <= MOST_SECONDS;
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

/** What an event of each type has besides what all have; see lib/protocol/event.ts. */
const MEMBERS: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  start: {
    endpoint: isText,
    timeout_seconds: isSeconds,
    wait: (value) => typeof value === "boolean",
    prints: orAbsent((value) => value === true),
  },
  alone: { message: isText },
  queue: {},
  look: {
    look: isCount,
    status: isText,
    progress: orNull(Number.isSafeInteger),
    running_seconds: (value) => value === undefined || isSeconds(value),
    next_look_seconds: orNull(isSeconds),
    note: (value) => value === undefined || isText(value),
  },
  fault: {
    look: isCount,
    fault: isText,
    message: isText,
    next_look_seconds: orNull(isSeconds),
    silent_seconds: orAbsent(isSeconds),
    gives_up_seconds: orAbsent(isSeconds),
  },
  end: { status: isText, problem: isText, looks: isCount, resource_counts: orAbsent(isText) },
};

/**
 * Reads one line of an events file; undefined when it is no event, so that a foreign line ends nothing, and a tampered
 * one neither.
 */
export function readEvent(line: string): WaitEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [type, at] = [fields.get("type"), fields.get("at")];
  const isEvent =
    typeof type === "string" &&
    Object.hasOwn(MEMBERS, type) &&
    isText(fields.get("task_id")) &&
    typeof at === "string" &&
    !Number.isNaN(Date.parse(at)) &&
    isSeconds(fields.get("waited_seconds")) &&
    Object.entries(MEMBERS[type] ?? {}).every(([name, check]) => check(fields.get(name)));
  return isEvent ? withCode(value as WaitEvent) : undefined;
}

/** An event of an earlier version, which knew no codes, with the one that its status tells. */
function withCode(event: WaitEvent): WaitEvent {
  if (event.type !== "end" && event.type !== "fault") return event;
  const given: unknown = event.problem_code;
  if (given === "" || (typeof given === "string" && Object.hasOwn(PROBLEMS, given))) return event;
  if (event.type === "fault") return { ...event, problem_code: "UNKNOWN" };
  return { ...event, problem_code: event.problem === "" ? "" : codeOfStatus(event.status) };
}

/** Cuts bytes that come in any pieces into whole lines; a line that is not ended yet stays behind. */
export class LineCutter {
  private rest = Buffer.alloc(0);

  /** The lines that these bytes complete. */
  take(bytes: Buffer): string[] {
    const all = Buffer.concat([this.rest, bytes]);
    const end = all.lastIndexOf(0x0a) + 1;
    this.rest = Buffer.from(all.subarray(end));
    return all
      .subarray(0, end)
      .toString("utf8")
      .split("\n")
      .filter((line) => line.trim() !== "");
  }

  /** Forgets what is not ended, for a file that begins anew. */
  clear(): void {
    this.rest = Buffer.alloc(0);
  }
}
