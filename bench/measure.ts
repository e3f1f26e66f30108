import { mean } from "simple-statistics";

/** How a way of waiting fared in one cell. Times in seconds. */
export interface Score {
  /** Mean number of calls, with the one that saw the end. */
  readonly calls: number;
  /** Mean time from the end to the call that saw it, over the waits that saw it; NaN when none did. */
  readonly lag: number;
  /** The longest such time. */
  readonly worstLag: number;
  /** Share of the waits that gave up before the end, 0–1. */
  readonly gaveUp: number;
}

/** The looks of one wait and the moments at which its task may be over, in milliseconds. */
export interface Wait {
  readonly looks: readonly number[];
  readonly ends: readonly number[];
}

/** Measures waits; a wait whose looks stop before the end has given up. */
export function measure(waits: readonly Wait[]): Score {
  const calls: number[] = [];
  const lags: number[] = [];
  for (const { looks, ends } of waits) {
    for (const end of ends) {
      const index = firstAtOrAfter(looks, end);
      const seen = looks[index];
      calls.push(seen === undefined ? looks.length : index + 1);
      if (seen !== undefined) lags.push((seen - end) / 1000);
    }
  }
  return {
    calls: mean(calls),
    lag: lags.length === 0 ? NaN : mean(lags),
    worstLag: lags.reduce((worst, lag) => Math.max(worst, lag), 0),
    gaveUp: 1 - lags.length / calls.length,
  };
}

/** Whether one is better than the other on calls and on lag; never one that gave up. */
export function isBetterOnBoth(one: Score, other: Score): boolean {
  return one.gaveUp === 0 && one.calls < other.calls && one.lag < other.lag;
}

/** The index of the first look at or after a moment; the number of looks when there is none. */
function firstAtOrAfter(looks: readonly number[], moment: number): number {
  let low = 0;
  let high = looks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((looks[middle] ?? Infinity) >= moment) high = middle;
    else low = middle + 1;
  }
  return low;
}
