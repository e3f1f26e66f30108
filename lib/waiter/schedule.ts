/** What one good look told the schedule. */
export interface SeenProgress {
  /** Milliseconds since the wait began. */
  readonly at: number;
  /** 0–10000 as the API gave it, or undefined when it gave none. */
  readonly progress: number | undefined;
}

/** Everything that the next gap depends on. */
export interface ScheduleInput {
  /** Every good look so far, oldest first; never empty. */
  readonly history: readonly SeenProgress[];
  /** Milliseconds since the wait began. */
  readonly now: number;
  /** The end of the wait, in milliseconds since it began; a last look falls on it. */
  readonly deadline: number;
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: number;
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
 * Pure: the same input gives the same gap. The gap never crosses the deadline, so the last look falls on it.
 */
export function nextGap(input: ScheduleInput, options: ScheduleOptions = {}): number {
  const { minInterval = 2000, maxInterval = 10_000 } = options;
  const gap = Math.min(maxInterval, Math.max(minInterval, input.now * 0.1));
  return Math.max(0, Math.min(gap * (0.9 + 0.2 * input.random), input.deadline - input.now));
}
