import { isTerminal } from "../protocol/status";
import type { Clock } from "./clock";
import { backoff, type Fault } from "./failure";
import { nextGap, type ScheduleOptions, type SeenProgress } from "./schedule";

/** What the loop needs to know of a task; everything else passes through. */
export interface SeenTask {
  readonly status: string;
  /** 0–10000, or undefined when the API gave none. */
  readonly progress: number | undefined;
}

/** What one look brought. */
export type LookAnswer<T extends SeenTask> =
  { readonly task: T; readonly fault?: undefined } | { readonly fault: Fault; readonly task?: undefined };

/** How the loop reaches the world. */
export interface WaitPorts<T extends SeenTask> {
  /** Asks once, and answers within this many milliseconds. Throws only for a defect of our own. */
  look(limit: number): Promise<LookAnswer<T>>;
  /** Called before the look after a `stale` fault, so that it is made with fresh credentials. */
  renew(): void;
  readonly clock: Clock;
  /** Told of every look as soon as it is known when the next one comes. */
  onLook?(report: LookReport<T>): void;
}

/** One look, for whoever follows the wait. */
export interface LookReport<T extends SeenTask> {
  /** Which look this was, from 1. */
  readonly look: number;
  readonly answer: LookAnswer<T>;
  /** Milliseconds since the wait began. */
  readonly waited: number;
  /** Milliseconds until the next look; undefined when there is none. */
  readonly nextIn: number | undefined;
}

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

/** How the wait went. */
export interface Outcome<T extends SeenTask> {
  readonly ending: Ending;
  /** The task as last seen; undefined when it never was. */
  readonly task: T | undefined;
  /** The last fault, when the last look failed. */
  readonly fault: Fault | undefined;
  readonly looks: number;
  /** Milliseconds from begin to end. */
  readonly waited: number;
  /** How often each fault came, by class and code, in the order of first appearance. */
  readonly faults: Readonly<Record<string, number>>;
}

/** How long one look may take, in milliseconds. */
export const ANSWER_LIMIT = 15_000;
/** How long the single call of a glance may take, in milliseconds. */
export const GLANCE_LIMIT = 5_000;
/** How long an outage or a missing task is suffered when a result is remembered or one look is enough, in ms. */
export const SHORT_OUTAGE = 10_000;
/** How long a task that was never seen may be missing before it is believed, in milliseconds. */
export const MISSING_TOLERANCE = 10_000;
/** Gap between two looks at a task that is missing, in milliseconds. */
const MISSING_GAP = 1500;
/** A timer may fire this much before its time, in milliseconds; it then still counts as on time. */
const TIMER_SLACK = 5;

/**
 * Looks at a task until it ends, the deadline comes, or no further look makes sense.
 *
 * If a look brings the task, its progress decides when to look again. If a look is throttled, the wait goes on.
 * If the service cannot be reached, the wait goes on for `maxOutage`. If the task is missing, that is believed
 * after a while, or after a second look when the task was seen before. A last look is made at the deadline.
 *
 * Ends at the latest one answer limit after the deadline.
 */
export async function waitForTask<T extends SeenTask>(
  ports: WaitPorts<T>,
  rules: WaitRules,
): Promise<Outcome<T>> {
  const { clock } = ports;
  const begin = clock.now();
  const waited = (): number => clock.now() - begin;
  const history: SeenProgress[] = [];
  const faults: Record<string, number> = {};
  let task: T | undefined;
  let looks = 0;
  let lastContact = 0;
  let missingSince: number | undefined;
  let staleTried = false;
  let inARow = 0;
  let lastClass: string | undefined;

  // A remembered task that is seen under way was never recorded, so it is waited for like any other.
  const isShort = (): boolean => rules.mode !== "wait" || (rules.remembered && task === undefined);
  const outageEnd = (): number =>
    lastContact + (isShort() ? Math.min(rules.maxOutage, SHORT_OUTAGE) : rules.maxOutage);

  for (;;) {
    const atDeadline = waited() >= rules.timeout - TIMER_SLACK;
    const longest = isShort() ? Math.max(1, outageEnd() - waited()) : ANSWER_LIMIT;
    const answer = await ports.look(limitOfLook(rules, atDeadline, waited(), longest));
    looks += 1;
    const now = waited();

    const fault = answer.fault;
    if (fault) {
      inARow = fault.class === lastClass ? inARow + 1 : 1;
      lastClass = fault.class;
      const name = fault.code === undefined ? fault.class : `${fault.class} (${fault.code})`;
      faults[name] = (faults[name] ?? 0) + 1;
      if (fault.class === "missing") missingSince ??= now;
      else if (fault.class === "throttled" && !isShort()) lastContact = now;
    } else {
      task = answer.task;
      history.push({ at: now, progress: task.progress });
      lastContact = now;
      lastClass = undefined;
      staleTried = false;
      missingSince = undefined;
    }

    const end = (ending: Ending): Outcome<T> => {
      ports.onLook?.({ look: looks, answer, waited: now, nextIn: undefined });
      return { ending, task, fault, looks, waited: now, faults };
    };

    let gap: number;
    if (!fault) {
      if (isTerminal(answer.task.status)) return end("terminal");
      if (rules.mode !== "wait") return end("looked");
      if (atDeadline) return end("deadline");
      gap = nextGap({ history, now, deadline: rules.timeout, random: clock.random() }, rules.schedule);
    } else {
      if (fault.class === "refused" || fault.class === "clock") return end("refused");
      if (fault.class === "stale") {
        if (staleTried || rules.mode === "glance") return end("refused");
        staleTried = true;
        ports.renew();
        gap = 0;
      } else if (fault.class === "missing") {
        const known = task !== undefined || rules.remembered;
        if (rules.mode !== "wait" && !rules.remembered) return end("missing");
        if (known ? inARow >= 2 : now - (missingSince ?? now) >= MISSING_TOLERANCE) {
          return end(known ? "gone" : "missing");
        }
        gap = MISSING_GAP * (0.5 + clock.random());
      } else {
        const left = outageEnd() - now;
        if (rules.mode === "glance" || left <= TIMER_SLACK) return end("outage");
        gap = Math.min(backoff(fault, inARow, clock.random()), left);
      }
      if (atDeadline) return end("deadline");
    }
    gap = Math.max(0, Math.min(gap, rules.timeout - now));
    ports.onLook?.({ look: looks, answer, waited: now, nextIn: gap });
    await clock.sleep(gap);
  }
}

/** A look in flight is given up at the deadline, so that the last look still has its whole limit. */
function limitOfLook(rules: WaitRules, atDeadline: boolean, now: number, longest: number): number {
  if (rules.mode === "glance") return GLANCE_LIMIT;
  const limit = Math.min(ANSWER_LIMIT, longest);
  return atDeadline ? limit : Math.min(limit, Math.max(1, rules.timeout - now));
}
