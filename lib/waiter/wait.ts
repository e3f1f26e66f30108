import type { Clock } from "./clock";
import type { Fault } from "./failure";
import { WaitState, type Ending, type LookAnswer, type SeenTask, type WaitRules } from "./wait-state";

export * from "./wait-state";

/** How the loop reaches the world. */
export interface WaitPorts<T extends SeenTask> {
  /** Asks once, and answers within this many milliseconds. Throws only for a defect of our own. */
  look(limit: number): Promise<LookAnswer<T>>;
  /**
   * Waits until a look may be made, where many waits share one limit; the time until then is no part of the look.
   *
   * @param until the latest turn that is of use, on the clock
   * @param limit milliseconds that may go by before it stands in the line
   */
  turn?(until: number, limit: number): Promise<Turn>;
  /** Called before the look after a `stale` fault, so that it is made with fresh credentials. */
  renew(): void;
  readonly clock: Clock;
  /** Told of every look as soon as it is known when the next one comes. */
  onLook?(report: LookReport<T>): void;
}

/** How the turn for a look came. */
export interface Turn {
  /** Milliseconds that it stood in the line. */
  readonly stood: number;
  /** What to take for the look, which is not made then. */
  readonly fault?: Fault;
}

/** How long a look that shall be over soon stands in the line, in milliseconds. */
const SHORT_LINE = 1000;

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
  /** Milliseconds at the end since an answer showed that the service can be reached. */
  readonly silent: number;
  /** How often each fault came, by class and code, in the order of first appearance. */
  readonly faults: Readonly<Record<string, number>>;
}

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
  const deadline = begin + rules.timeout;
  const isGlance = rules.mode === "glance";
  const until = (isShort: boolean): number =>
    Math.min(deadline, isShort ? clock.now() + SHORT_LINE : Infinity);
  let turn = await ports.turn?.(until(isGlance), new WaitState<T>(rules).limit(0));
  // Whoever stands in a line before its first look loses nothing of what a short outage may take.
  const line = turn?.stood ?? 0;
  const state = new WaitState<T>({ ...rules, timeout: rules.timeout - line });
  const sinceLine = (): number => clock.now() - begin - line;

  for (;;) {
    // After the turn: a look whose turn comes after the deadline is the last one.
    const began = sinceLine();
    const last = state.isLast(began);
    const limit = state.limit(began);
    const answer = turn?.fault ? { fault: turn.fault } : await ports.look(limit);
    const now = sinceLine();
    const stopped = state.noteStop(limit, now - began);
    const step = state.take(answer, began + stopped, now, last, clock.random());
    ports.onLook?.({ look: state.looks, answer, waited: now + line, nextIn: step.gap });
    if (step.ending !== undefined) {
      const { task, looks, faults } = state;
      return {
        ending: step.ending,
        task,
        fault: answer.fault,
        looks,
        waited: now + line,
        silent: state.silent(now),
        faults,
      };
    }
    if (step.renew) ports.renew();
    await clock.sleep(step.gap);
    state.noteStop(step.gap, sinceLine() - now);
    const isUnseen = rules.remembered && state.task === undefined;
    turn = await ports.turn?.(until(rules.mode !== "wait" || isUnseen), state.limit(sinceLine()));
  }
}
