import { isTerminal } from "../protocol/status";
import { askedPause, backoff, type Fault } from "./failure";
import { remember, type SeenProgress } from "./history";
import { nextGap, type ScheduleOptions } from "./schedule";

/** What the loop needs to know of a task; everything else passes through. */
export interface SeenTask {
  readonly status: string;
  /** 0–10000, or undefined when the API gave none. */
  readonly progress: number | undefined;
}

/** Milliseconds since the task began, as the server's own clock says; undefined when it does not tell. */
type Age = number | undefined;

/** What one look brought. */
export type LookAnswer<T extends SeenTask> =
  | { readonly task: T; readonly age?: Age; readonly fault?: undefined }
  | { readonly fault: Fault; readonly task?: undefined };

/** How long to wait, and for what. All times in milliseconds. */
export interface WaitRules {
  /**
   * - `wait`: until the task ends or the deadline comes.
   * - `look`: until one look brings the task, whatever its status.
   * - `glance`: exactly one call, for a destroy.
   */
  readonly mode: "wait" | "look" | "glance";
  /** The whole wait, from its begin. */
  readonly timeout: number;
  /** How long to go on without one good answer. */
  readonly maxOutage: number;
  /** A result was recorded in an earlier run, so that an outage or a missing task is soon given up. */
  readonly remembered: boolean;
  readonly schedule?: ScheduleOptions;
}

/** Why the wait is over. */
export type Ending =
  /** The task ended. */
  | "terminal"
  /** The one look that was asked for was made. */
  | "looked"
  /** The deadline came first. */
  | "deadline"
  /** No good answer for too long. */
  | "outage"
  /** The API does not know the task. */
  | "missing"
  /** The task was there and is no more. */
  | "gone"
  /** Asking again would bring the same answer. */
  | "refused";

/** What follows from a look: the end, or a pause in milliseconds before the next one. */
export type Step =
  | { readonly ending: Ending; readonly gap?: undefined }
  | { readonly gap: number; readonly renew: boolean; readonly ending?: undefined };

/** How long one look may take, in milliseconds. */
export const ANSWER_LIMIT = 15_000;
/** How long the single call of a glance may take, in milliseconds. */
export const GLANCE_LIMIT = 5_000;
/** How long an outage or a missing task is suffered when a result is remembered or one look is enough, in ms. */
export const SHORT_OUTAGE = 10_000;
/**
 * How long a name that DNS does not know is suffered when this wait had no answer yet, in milliseconds: it is most
 * likely misspelt. A wait that had an answer knows better, and goes on for `maxOutage`.
 */
export const UNKNOWN_NAME_OUTAGE = 30_000;
/**
 * How long an answer that would end the wait is doubted before it is believed, in milliseconds: a task that is
 * missing, before it was seen or after it, and a refusal that nobody documents in the middle of a good wait.
 */
export const DOUBT = 10_000;
/** A look near the end of a long outage may still take this long, in milliseconds; a hurried one tells nothing. */
export const LEAST_LIMIT = 5_000;
/** What the last look of a short outage gets, in milliseconds; it lies within the outage, which is a promise. */
export const LAST_SHORT_LOOK = 1_000;
/** A look that would have less than this before the deadline is left to the last look, in milliseconds. */
export const LEAST_ROOM = 1_000;
/** A timer may fire this much before its time, in milliseconds; it then still counts as on time. */
const TIMER_SLACK = 5;
/** Gap between two looks while an answer is doubted, in milliseconds. */
const DOUBT_GAP = 1_500;
/** A look or a pause that took this much longer than it may says that the process was stopped, in milliseconds. */
const STOPPED = 2_000;
/** How long a throttled look slows the schedule down, in milliseconds. */
const THROTTLE_MEMORY = 60_000;
/** Most kinds of faults that are told apart in the tally. */
const MOST_FAULT_NAMES = 12;

/**
 * What a wait knows so far, and what follows from it; the rules of the wait without clock and I/O.
 *
 * Every moment handed in is in milliseconds since the wait began.
 */
export class WaitState<T extends SeenTask> {
  /** The task as last seen. */
  task: T | undefined;
  /** How many looks were made. */
  looks = 0;
  /** How often each fault came, by class and code. */
  readonly faults: Record<string, number> = {};
  private history: SeenProgress[] = [];
  private throttled: number[] = [];
  /** When the first of the looks began that have failed since the last good answer; undefined when none has. */
  private failingSince: number | undefined;
  private failures = 0;
  /** Looks in a row that brought an answer which would end the wait, and when the first of them came. */
  private doubted = 0;
  private doubtedSince = 0;
  private renewed = false;
  private answered = false;
  private nameUnknown = false;
  private nameUnknownSince = 0;

  constructor(private readonly rules: WaitRules) {}

  /** Whether a look that begins now is the last one. */
  isLast(now: number): boolean {
    return now >= this.rules.timeout - TIMER_SLACK;
  }

  /** Milliseconds since the first failure after the last answer which showed that the service can be reached. */
  silent(now: number): number {
    return now - (this.failingSince ?? now);
  }

  /**
   * Takes in that the process did not run for a while, as behind a laptop's lid: that is no outage of anybody else.
   *
   * @param expected milliseconds that a look or a pause may take
   * @param took milliseconds that it took
   * @returns milliseconds for which it did not run
   */
  noteStop(expected: number, took: number): number {
    const stopped = took - expected;
    if (stopped < STOPPED) return 0;
    if (this.failingSince !== undefined) this.failingSince += stopped;
    this.doubtedSince += stopped;
    this.nameUnknownSince += stopped;
    return stopped;
  }

  /**
   * Milliseconds that a look which begins now may take. A look in flight is given up at the deadline, so that the
   * last look still has its whole limit.
   */
  limit(now: number): number {
    if (this.rules.mode === "glance") return GLANCE_LIMIT;
    const left = this.outageEnd(now) - now;
    const limit = Math.min(ANSWER_LIMIT, Math.max(left, this.isShort() ? 1 : LEAST_LIMIT));
    return this.isLast(now) ? limit : Math.min(limit, Math.max(1, this.rules.timeout - now));
  }

  /**
   * Takes in what a look brought.
   *
   * @param began when it began
   * @param now when its answer came
   * @param last whether it was the last look
   * @param random a number from 0 (included) to 1 (excluded)
   */
  take(answer: LookAnswer<T>, began: number, now: number, last: boolean, random: number): Step {
    this.looks += 1;
    if (answer.fault) this.note(answer.fault, began, now);
    else this.see(answer.task, answer.age, now);
    const step = answer.fault
      ? this.afterFault(answer.fault, now, random)
      : this.afterTask(answer.task, now, last, random);
    if (step.ending !== undefined) return step;
    if (last) return { ending: "deadline" };
    const left = Math.max(0, this.rules.timeout - now);
    return { ...step, gap: step.gap > left - LEAST_ROOM ? left : Math.max(0, step.gap) };
  }

  private see(task: T, age: Age, now: number): void {
    this.task = task;
    this.history = remember(this.history, { at: now, progress: task.progress, age });
    this.failingSince = undefined;
    this.failures = 0;
    this.doubted = 0;
    this.renewed = false;
    this.answered = true;
  }

  private note(fault: Fault, began: number, now: number): void {
    this.failures += 1;
    this.failingSince ??= began;
    const full = fault.code === undefined ? fault.class : `${fault.class} (${fault.code})`;
    const known = full in this.faults || Object.keys(this.faults).length < MOST_FAULT_NAMES;
    const name = known ? full : "others";
    this.faults[name] = (this.faults[name] ?? 0) + 1;
    this.nameUnknown = fault.code === "ENOTFOUND";
    if (!this.nameUnknown) this.nameUnknownSince = now;
    if (fault.status !== undefined) this.answered = true;
    if (fault.class === "missing" || fault.class === "refused") {
      if (this.doubted === 0) this.doubtedSince = now;
      this.doubted += 1;
    }
    if (fault.class === "throttled") {
      this.throttled = [...this.recentlyThrottled(now), now];
      // Whoever says "too many calls" is there; that never ends a wait.
      if (!this.isShort()) this.failingSince = undefined;
    }
  }

  private afterTask(task: T, now: number, last: boolean, random: number): Step {
    if (isTerminal(task.status)) return { ending: "terminal" };
    if (this.rules.mode !== "wait") return { ending: "looked" };
    if (last) return { ending: "deadline" };
    const throttled = this.recentlyThrottled(now).length;
    const { history, rules } = this;
    const gap = nextGap({ history, now, deadline: rules.timeout, random, throttled }, rules.schedule);
    return { gap, renew: false };
  }

  private afterFault(fault: Fault, now: number, random: number): Step {
    const short = this.isShort();
    const left = this.outageEnd(now) - now - (short ? LAST_SHORT_LOOK : 0);
    const noTime = this.rules.mode === "glance" || (short && left <= TIMER_SLACK);
    switch (fault.class) {
      case "clock":
        return { ending: "refused" };
      case "refused": {
        // What no documentation calls a refusal may be a gateway that has a bad moment.
        const doubtful = fault.unsure === true && this.task !== undefined && !noTime;
        return doubtful ? (this.doubt(now, random) ?? { ending: "refused" }) : { ending: "refused" };
      }
      case "stale":
        if (this.renewed || noTime) return { ending: "refused" };
        this.renewed = true;
        return { gap: 0, renew: true };
      case "missing": {
        if (noTime) return { ending: "missing" };
        const step = this.afterMissing(now, random);
        return step.ending === undefined && short ? { ...step, gap: Math.min(step.gap, left) } : step;
      }
      case "throttled":
      case "transient":
        if (noTime || left <= TIMER_SLACK) return { ending: "outage" };
        // Never sooner than the server asked, whatever is left of the budget; a short one ends instead.
        if (short && askedPause(fault) > left) return { ending: "outage" };
        const gap = backoff(fault, this.failures, random);
        // A throttle ends no long wait, so that a small budget must not make it ask more often.
        if (fault.class === "throttled" && !short) return { gap, renew: false };
        return { gap: Math.max(Math.min(gap, left), askedPause(fault)), renew: false };
    }
  }

  /** A task that is missing gets time to appear, or to appear again. */
  private afterMissing(now: number, random: number): Step {
    const { mode, remembered } = this.rules;
    if (mode === "look" && !remembered) return { ending: "missing" };
    // What was recorded in an earlier run may have expired since: a second look is enough, later plans stay fast.
    const enough = remembered && this.task === undefined && this.doubted >= 2;
    const known = this.task !== undefined || remembered;
    return (enough ? undefined : this.doubt(now, random)) ?? { ending: known ? "gone" : "missing" };
  }

  /** One more look at an answer that would end the wait; undefined once it is to be believed. */
  private doubt(now: number, random: number): Step | undefined {
    return now - this.doubtedSince >= DOUBT ? undefined : { gap: DOUBT_GAP * (0.5 + random), renew: false };
  }

  /** A remembered task that is seen under way was never recorded, so it is waited for like any other. */
  private isShort(): boolean {
    return this.rules.mode !== "wait" || (this.rules.remembered && this.task === undefined);
  }

  /** When an outage that goes on, or one that began now, would have lasted too long. */
  private outageEnd(now: number): number {
    const { maxOutage } = this.rules;
    const end =
      (this.failingSince ?? (this.isShort() ? 0 : now)) +
      (this.isShort() ? Math.min(maxOutage, SHORT_OUTAGE) : maxOutage);
    const isMisspelt = this.nameUnknown && !this.answered;
    return isMisspelt ? Math.min(end, this.nameUnknownSince + UNKNOWN_NAME_OUTAGE) : end;
  }

  private recentlyThrottled(now: number): number[] {
    return this.throttled.filter((at) => at > now - THROTTLE_MEMORY);
  }
}
