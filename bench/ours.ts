import { remember, type SeenProgress } from "../lib/waiter/history";
import { nextGap, type ScheduleOptions } from "../lib/waiter/schedule";
import type { Random } from "./random";
import type { Task } from "./tasks";

/**
 * The moments of the looks that our schedule takes at a task, up to the first one at or after its last end.
 *
 * @param ageAt the task's age by the server's clock, as an answer at a time tells it
 */
export function looksOfOurs(
  task: Task,
  random: Random,
  options?: ScheduleOptions,
  ageAt: (time: number) => number | undefined = () => undefined,
): number[] {
  const over = Math.max(...task.ends);
  const looks = [0];
  let history: readonly SeenProgress[] = [];
  for (let now = 0; now < over;) {
    history = remember(history, { at: now, progress: task.progressAt(now), age: ageAt(now) });
    now += nextGap({ history, now, deadline: Infinity, random: random() }, options);
    looks.push(now);
  }
  return looks;
}
