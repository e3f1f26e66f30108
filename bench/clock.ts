import FakeTimers from "@sinonjs/fake-timers";
import type { Random } from "./random";

/** Starts code that polls; it must call `look` for every poll and stop once that answers that the task is over. */
export type Poller = (look: () => { readonly over: boolean }) => Promise<unknown>;

const realImmediate = setImmediate;
/** Lets every promise that is ready run. */
const settle = (): Promise<void> => new Promise((resolve) => realImmediate(resolve));

/**
 * Runs real polling code on a virtual clock against a task that is over at a moment, and notes when it polled.
 *
 * Timers, `Date` and `Math.random` are replaced while it runs, so no two may run at the same time.
 *
 * @param end milliseconds since the wait began
 * @returns the moments of its polls, in milliseconds since the wait began
 */
export async function recordLooks(poller: Poller, end: number, random: Random): Promise<number[]> {
  const clock = FakeTimers.install({ now: 0, toFake: ["setTimeout", "clearTimeout", "Date"] });
  const realRandom = Math.random;
  Math.random = random;
  const looks: number[] = [];
  let finished = false;
  try {
    const run = poller(() => {
      looks.push(clock.now);
      return { over: clock.now >= end };
    }).finally(() => (finished = true));
    run.catch(() => undefined);
    await settle();
    while (!finished) {
      if (clock.countTimers() === 0) await settle();
      clock.next();
      await settle();
    }
    await run;
    return looks;
  } finally {
    Math.random = realRandom;
    clock.uninstall();
  }
}
