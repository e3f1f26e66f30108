/** What one good look told the schedule. */
export interface SeenProgress {
  /** Milliseconds since the wait began. */
  readonly at: number;
  /** 0–10000 as the API gave it, or undefined when it gave none. */
  readonly progress: number | undefined;
}

/** Bounds for the gaps between two looks. */
export interface ScheduleOptions {
  /** Shortest gap, in milliseconds. @default 2000 */
  readonly minInterval?: number;
  /** Longest gap, in milliseconds. @default 10000 */
  readonly maxInterval?: number;
}

/**
 * Milliseconds from now to the next look at a task that is under way.
 *
 * Pure: the same history, time and random number give the same gap.
 *
 * @param history every good look so far, oldest first; never empty
 * @param random a number from 0 (included) to 1 (excluded)
 */
export function nextGap(history: readonly SeenProgress[], random: number, options: ScheduleOptions = {}): number {
  const { minInterval = 2000, maxInterval = 10_000 } = options;
  const elapsed = history[history.length - 1]?.at ?? 0;
  const gap = Math.min(maxInterval, Math.max(minInterval, elapsed * 0.1));
  return gap * (0.9 + 0.2 * random);
}
