import type { EndEvent, FaultEvent, LookEvent, WaitEvent } from "../protocol/event";
import { remember, type SeenProgress } from "../waiter/history";
import { estimateRemaining } from "../waiter/schedule";
import { ageOf } from "../waiter/wait-lines";
import { exitOfProblem, type ExitCode } from "./exit-code";

/** One wait as its events tell it. Moments are in milliseconds since 1970. */
export interface WaitRow {
  readonly taskId: string;
  /** When the wait began. */
  readonly begun: number;
  /** The whole wait that is allowed, in milliseconds; undefined when its beginning was not seen. */
  readonly timeout: number | undefined;
  /** The last status seen; empty before the first good look. */
  readonly status: string;
  /** 0–10000, as last seen. */
  readonly progress: number | undefined;
  readonly history: readonly SeenProgress[];
  /** When the next look comes; undefined when there is none. */
  readonly nextLook: number | undefined;
  /** Whether a look is due and its turn has not come. */
  readonly isQueued: boolean;
  /** What the last look met instead of the task; undefined after a good look. */
  readonly fault: SeenFault | undefined;
  /** What is odd about the last answer; undefined when nothing is. */
  readonly note: string | undefined;
  readonly looks: number;
  /** When the last event came. */
  readonly lastSign: number;
  readonly end: EndEvent | undefined;
}

/** What a look met instead of the task. */
export interface SeenFault {
  readonly class: string;
  readonly message: string;
  /** Since when there is no answer, and when the wait gives up; undefined where that does not count. */
  readonly silence: { readonly since: number; readonly until: number } | undefined;
}

/** How long after its next look was due a waiter without a sign is taken for dead, in milliseconds. */
export const SILENCE = 60_000;

/** The row after one more event. A start begins it anew; a look after an end reopens it. */
export function nextRow(row: WaitRow | undefined, event: WaitEvent): WaitRow {
  const at = Date.parse(event.at);
  const waited = event.waited_seconds * 1000;
  const before: WaitRow = row && event.type !== "start" ? row : emptyRow(event.task_id, at - waited);
  const next = (seconds: number | null): number | undefined =>
    seconds === null ? undefined : at + seconds * 1000;
  switch (event.type) {
    case "start":
      return { ...before, lastSign: at, timeout: event.wait ? event.timeout_seconds * 1000 : undefined };
    case "alone":
      return { ...before, lastSign: at };
    case "queue":
      return { ...before, lastSign: at, isQueued: true, end: undefined };
    case "look":
      return {
        ...seen(before, event, waited),
        nextLook: next(event.next_look_seconds),
        isQueued: false,
        fault: undefined,
        looks: event.look,
        lastSign: at,
        end: undefined,
      };
    case "fault":
      return {
        ...before,
        nextLook: next(event.next_look_seconds),
        isQueued: false,
        fault: { class: event.fault, message: event.message, silence: silenceOf(event, at) },
        looks: event.look,
        lastSign: at,
        end: undefined,
      };
    case "end":
      return {
        ...before,
        status: event.status,
        nextLook: undefined,
        isQueued: false,
        lastSign: at,
        looks: event.looks,
        end: event,
      };
  }
}

function silenceOf(
  { silent_seconds: silent = 0, gives_up_seconds: left }: FaultEvent,
  at: number,
): SeenFault["silence"] {
  return left === undefined ? undefined : { since: at - silent * 1000, until: at + left * 1000 };
}

function emptyRow(taskId: string, begun: number): WaitRow {
  return {
    taskId,
    begun,
    timeout: undefined,
    status: "",
    progress: undefined,
    history: [],
    nextLook: undefined,
    isQueued: false,
    fault: undefined,
    note: undefined,
    looks: 0,
    lastSign: begun,
    end: undefined,
  };
}

function seen(row: WaitRow, event: LookEvent, waited: number): WaitRow {
  const progress = event.progress ?? undefined;
  return {
    ...row,
    status: event.status,
    progress,
    note: event.note,
    history: remember(row.history, { at: waited, progress, age: ageOf(event) }),
  };
}

/** Milliseconds since the wait began; up to its end when it has ended. */
export function waitedOf(row: WaitRow, now: number): number {
  return row.end ? row.end.waited_seconds * 1000 : Math.max(0, now - row.begun);
}

/** Milliseconds that the task seems to need still; undefined when nobody knows. */
export function remainingOf(row: WaitRow, now: number): number | undefined {
  return row.end ? undefined : estimateRemaining(row.history, waitedOf(row, now));
}

/** Whether the waiter of a row that has not ended gives no more sign of life. */
export function isSilent(row: WaitRow, now: number): boolean {
  return !row.end && now - Math.max(row.lastSign, row.nextLook ?? 0) > SILENCE;
}

/** The exit code that the end of a wait means, as far as its events tell; undefined while it goes on. */
export function exitOfRow(row: WaitRow): ExitCode | undefined {
  return row.end && exitOfProblem(row.end.problem_code);
}
