import { mean } from "simple-statistics";
import { waitForTask, type LookAnswer, type SeenTask } from "../lib/waiter/wait";
import { createRandom } from "./random";

/** What throttled looks in a row cost: the task is over, and would be seen at once without them. In seconds. */
export interface ThrottleRow {
  /** What the answers ask for, in milliseconds; undefined when nothing. */
  readonly hint: number | undefined;
  readonly throttles: number;
  readonly lag: number;
  readonly worst: number;
}

/** Answers of a service that throttles, in milliseconds to stay away. */
const HINTS = [400, 1000, undefined] as const;
const MOST_THROTTLES = 5;

/** Measures the waiter's own loop with so many waits a row. */
export async function measureThrottles(seed: number, waits: number): Promise<ThrottleRow[]> {
  const rows: ThrottleRow[] = [];
  for (const hint of HINTS) {
    for (let throttles = 1; throttles <= MOST_THROTTLES; throttles++) {
      const random = createRandom(seed);
      const lags: number[] = [];
      for (let wait = 0; wait < waits; wait++) lags.push((await lagOf(hint, throttles, random)) / 1000);
      rows.push({ hint, throttles, lag: mean(lags), worst: Math.max(...lags) });
    }
  }
  return rows;
}

async function lagOf(hint: number | undefined, throttles: number, random: () => number): Promise<number> {
  let now = 0;
  let looks = 0;
  const throttled: LookAnswer<SeenTask> = {
    fault: { class: "throttled", message: "throttled", ...(hint === undefined ? {} : { retryAfter: hint }) },
  };
  const clock = {
    now: () => now,
    date: () => now,
    random,
    sleep: (milliseconds: number) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
  const look = (): Promise<LookAnswer<SeenTask>> =>
    Promise.resolve(looks++ < throttles ? throttled : { task: { status: "COMPLETE", progress: 10_000 } });
  const outcome = await waitForTask<SeenTask>(
    { look, renew: () => undefined, clock },
    { mode: "wait", timeout: 3_600_000, maxOutage: 300_000, remembered: false },
  );
  return outcome.waited;
}
