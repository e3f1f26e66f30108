/** Time and chance, passed in so that tests decide both. */
export interface Clock {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  now(): number;
  /** The date, for events; milliseconds since 1970. */
  date(): number;
  /** Resolves after this many milliseconds. */
  sleep(milliseconds: number): Promise<void>;
  /** A number from 0 (included) to 1 (excluded). */
  random(): number;
}

/** Milliseconds on a clock that never goes back. Not `performance.now()`, for which Node loads ten modules. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The real clock of this process. */
export const systemClock: Clock = {
  now: monotonic,
  date: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: () => Math.random(),
};
