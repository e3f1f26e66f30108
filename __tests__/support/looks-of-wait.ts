import { remember, type SeenProgress } from "../../lib/waiter/history";
import { nextGap, type ScheduleOptions } from "../../lib/waiter/schedule";

/** The moments of all looks in a wait, in milliseconds; the last one is at the deadline. */
export function looksOfWait(
  progressAt: (time: number, look: number) => number | undefined,
  deadline: number,
  random: () => number,
  options?: ScheduleOptions,
): number[] {
  const looks = [0];
  let history: readonly SeenProgress[] = [];
  for (let now = 0; now < deadline;) {
    history = remember(history, { at: now, progress: progressAt(now, looks.length) });
    now += nextGap({ history, now, deadline, random: random() }, options);
    looks.push(now);
  }
  return looks;
}
