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
   * @returns the fault to take for the look when its turn would come too late
   */
  turn?(): Promise<Fault | undefined>;
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
  /** Milliseconds since an answer showed that the service can be reached. */
  readonly silent: number;
  /** Milliseconds that the wait goes on without one. */
  readonly patience: number;
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
  const waited = (): number => clock.now() - begin;
  const state = new WaitState<T>(rules);

  for (;;) {
    // Before anything is decided: a look whose turn comes after the deadline is the last one.
    const noTurn = await ports.turn?.();
    const began = waited();
    const last = state.isLast(began);
    const limit = state.limit(began);
    const answer = noTurn ? { fault: noTurn } : await ports.look(limit);
    const now = waited();
    const stopped = state.noteStop(limit, now - began);
    const step = state.take(answer, began + stopped, now, last, clock.random());
    const [silent, patience] = [state.silent(now), state.patience(now)];
    ports.onLook?.({ look: state.looks, answer, waited: now, nextIn: step.gap, silent, patience });
    if (step.ending !== undefined) {
      const { task, looks, faults } = state;
      return {
        ending: step.ending,
        task,
        fault: answer.fault,
        looks,
        waited: now,
        silent: state.silent(now),
        faults,
      };
    }
    if (step.renew) ports.renew();
    await clock.sleep(step.gap);
    state.noteStop(step.gap, waited() - now);
  }
}
