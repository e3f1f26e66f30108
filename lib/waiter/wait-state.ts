import { isTerminal } from "../protocol/status";
import { backoff, type Fault } from "./failure";
import { nextGap, remember, type ScheduleOptions, type SeenProgress } from "./schedule";

/** What the loop needs to know of a task; everything else passes through. */
export interface SeenTask {
  readonly status: string;
  /** 0–10000, or undefined when the API gave none. */
  readonly progress: number | undefined;
}

/** What one look brought. */
export type LookAnswer<T extends SeenTask> =
  { readonly task: T; readonly fault?: undefined } | { readonly fault: Fault; readonly task?: undefined };

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
/** How long a task that was never seen may be missing before it is believed, in milliseconds. */
export const MISSING_TOLERANCE = 10_000;
/** A look near the end of a long outage may still take this long, in milliseconds; a hurried one tells nothing. */
export const LEAST_LIMIT = 5_000;
/** What the last look of a short outage gets, in milliseconds; it lies within the outage, which is a promise. */
export const LAST_SHORT_LOOK = 1_000;
/** A look that would have less than this before the deadline is left to the last look, in milliseconds. */
const LEAST_ROOM = 1_000;
/** A timer may fire this much before its time, in milliseconds; it then still counts as on time. */
const TIMER_SLACK = 5;
/** Gap between two looks at a task that is missing, in milliseconds. */
const MISSING_GAP = 1_500;
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
  private lastContact = 0;
  private failures = 0;
  private missingLooks = 0;
  private missingSince = 0;
  private renewed = false;
  private answered = false;
  private nameUnknown = false;
  private nameUnknownSince = 0;

  constructor(private readonly rules: WaitRules) {}

  /** Whether a look that begins now is the last one. */
  isLast(now: number): boolean {
    return now >= this.rules.timeout - TIMER_SLACK;
  }

  /** Milliseconds since an answer showed that the service can be reached. */
  silent(now: number): number {
    return now - this.lastContact;
  }

  /**
   * Milliseconds that a look which begins now may take. A look in flight is given up at the deadline, so that the
   * last look still has its whole limit.
   */
  limit(now: number): number {
    if (this.rules.mode === "glance") return GLANCE_LIMIT;
    const left = this.outageEnd() - now;
    const limit = Math.min(ANSWER_LIMIT, Math.max(left, this.isShort() ? 1 : LEAST_LIMIT));
    return this.isLast(now) ? limit : Math.min(limit, Math.max(1, this.rules.timeout - now));
  }

  /**
   * Takes in what a look brought.
   *
   * @param now when its answer came
   * @param last whether it was the last look
   * @param random a number from 0 (included) to 1 (excluded)
   */
  take(answer: LookAnswer<T>, now: number, last: boolean, random: number): Step {
    this.looks += 1;
    if (answer.fault) this.note(answer.fault, now);
    else this.see(answer.task, now);
    const step = answer.fault
      ? this.afterFault(answer.fault, now, random)
      : this.afterTask(answer.task, now, last, random);
    if (step.ending !== undefined) return step;
    if (last) return { ending: "deadline" };
    const left = Math.max(0, this.rules.timeout - now);
    return { ...step, gap: step.gap > left - LEAST_ROOM ? left : Math.max(0, step.gap) };
  }

  private see(task: T, now: number): void {
    this.task = task;
    this.history = remember(this.history, { at: now, progress: task.progress });
    this.lastContact = now;
    this.failures = 0;
    this.missingLooks = 0;
    this.renewed = false;
    this.answered = true;
  }

  private note(fault: Fault, now: number): void {
    this.failures += 1;
    const full = fault.code === undefined ? fault.class : `${fault.class} (${fault.code})`;
    const known = full in this.faults || Object.keys(this.faults).length < MOST_FAULT_NAMES;
    const name = known ? full : "others";
    this.faults[name] = (this.faults[name] ?? 0) + 1;
    this.nameUnknown = fault.code === "ENOTFOUND";
    if (!this.nameUnknown) this.nameUnknownSince = now;
    if (fault.status !== undefined) this.answered = true;
    if (fault.class === "missing") {
      if (this.missingLooks === 0) this.missingSince = now;
      this.missingLooks += 1;
    }
    if (fault.class === "throttled") {
      this.throttled = [...this.recentlyThrottled(now), now];
      // Whoever says "too many calls" is there; that never ends a wait.
      if (!this.isShort()) this.lastContact = now;
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
    const left = this.outageEnd() - now - (short ? LAST_SHORT_LOOK : 0);
    const noTime = this.rules.mode === "glance" || (short && left <= TIMER_SLACK);
    switch (fault.class) {
      case "refused":
      case "clock":
        return { ending: "refused" };
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
        return { gap: Math.min(backoff(fault, this.failures, random), left), renew: false };
    }
  }

  /** A task that was there is gone once a second look says so; one that never was gets time to appear. */
  private afterMissing(now: number, random: number): Step {
    const { mode, remembered } = this.rules;
    if (mode === "look" && !remembered) return { ending: "missing" };
    if (this.task !== undefined || remembered) {
      if (this.missingLooks >= 2) return { ending: "gone" };
    } else if (now - this.missingSince >= MISSING_TOLERANCE) return { ending: "missing" };
    return { gap: MISSING_GAP * (0.5 + random), renew: false };
  }

  /** A remembered task that is seen under way was never recorded, so it is waited for like any other. */
  private isShort(): boolean {
    return this.rules.mode !== "wait" || (this.rules.remembered && this.task === undefined);
  }

  private outageEnd(): number {
    const { maxOutage } = this.rules;
    const end = this.lastContact + (this.isShort() ? Math.min(maxOutage, SHORT_OUTAGE) : maxOutage);
    const isMisspelt = this.nameUnknown && !this.answered;
    return isMisspelt ? Math.min(end, this.nameUnknownSince + UNKNOWN_NAME_OUTAGE) : end;
  }

  private recentlyThrottled(now: number): number[] {
    return this.throttled.filter((at) => at > now - THROTTLE_MEMORY);
  }
}
