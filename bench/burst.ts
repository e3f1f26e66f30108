import { max, mean, sum } from "simple-statistics";
import { DEFAULT_LOOKS_PER_SECOND } from "../lib/protocol/query";
import { takeTurn } from "../lib/waiter/turns/shared-turns";
import { waitForTask, type LookAnswer, type SeenTask, type Turn } from "../lib/waiter/wait";
import { createRandom, type Random } from "./random";
import { VirtualTime } from "./virtual-time";

/** Many waits that begin together on one quota. Times in milliseconds. */
export interface BurstPlan {
  readonly seed: number;
  readonly waits: number;
  /** Requests that the service answers in one second; the others are throttled. */
  readonly quota: number;
  /** What a throttled answer asks for, as in `x-acs-retry-after`. */
  readonly retryAfter: number;
  /** Nominal length of a task; each has its own within 10 % of it. */
  readonly nominal: number;
  /** Whether they share the limit of one machine. @default - each is on a machine of its own */
  readonly onOneMachine?: boolean;
}

/** Requests within one stretch of time. */
export interface BurstPeriod {
  /** Begin and end, in seconds since the burst. */
  readonly from: number;
  readonly to: number;
  readonly meanPerSecond: number;
  readonly peakPerSecond: number;
  /** Share of the requests that were throttled, 0–1; NaN when there was none. */
  readonly throttled: number;
}

/** How a burst went. */
export interface BurstResult {
  readonly plan: BurstPlan;
  readonly looks: number;
  /** Share of all looks that were throttled, 0–1. */
  readonly throttled: number;
  /** The same without those of the very first second, which no schedule can know of. */
  readonly throttledLater: number;
  /** Waits that did not see the end of their task. */
  readonly lost: number;
  /** Mean time from the end of a task to the look that saw it, in seconds. */
  readonly lag: number;
  readonly periods: readonly BurstPeriod[];
}

/** A burst, and what the same waits would ask for if nothing stopped them. */
export interface ComparedBurst extends BurstResult {
  /** Requests per second without a quota, over the nominal length of a task. */
  readonly demand: number;
}

/** Runs a burst, and once more without a quota. */
export async function compareBurst(plan: BurstPlan): Promise<ComparedBurst> {
  const free = await runBurst({ ...plan, quota: Infinity, onOneMachine: false });
  return { ...(await runBurst(plan)), demand: free.looks / (plan.nominal / 1000) };
}

/** Where one period ends and the next begins, in seconds since the burst. */
const PERIODS = [0, 1, 10, 30, 60, 300] as const;

/** Runs the waiter's own loop many times over on one virtual clock against one quota. */
export async function runBurst(plan: BurstPlan): Promise<BurstResult> {
  const random = createRandom(plan.seed);
  const time = new VirtualTime();
  const service = new Service(plan, time);
  const clock = clockOf(time, random);
  const taken = new Set<number>();
  const claims = { open: () => undefined, claim: (tick: number) => !taken.has(tick) && !!taken.add(tick) };
  const turn = async (until: number): Promise<Turn> => {
    const begin = time.now;
    await takeTurn(claims, DEFAULT_LOOKS_PER_SECOND, clock, until);
    return { stood: time.now - begin };
  };
  const lags: number[] = [];
  let lost = 0;
  const waits = Array.from({ length: plan.waits }, async () => {
    const end = plan.nominal * (0.9 + 0.2 * random());
    const begin = 1000 * random();
    await time.sleep(begin);
    const outcome = await waitForTask(
      {
        look: () => Promise.resolve(service.answer(begin, end)),
        renew: () => undefined,
        ...(plan.onOneMachine ? { turn } : {}),
        clock,
      },
      { mode: "wait", timeout: plan.nominal * 3, maxOutage: plan.nominal * 3, remembered: false },
    );
    if (outcome.ending === "terminal") lags.push((outcome.waited - end) / 1000);
    else lost += 1;
  });
  await time.runUntilIdle();
  await Promise.all(waits);

  const seconds = service.seconds;
  const later = seconds.slice(1);
  return {
    plan,
    looks: sum(seconds.map((second) => second.asked)),
    throttled: shareThrottled(seconds, plan.quota),
    throttledLater: shareThrottled(later, plan.quota),
    lost,
    lag: lags.length === 0 ? NaN : mean(lags),
    periods: PERIODS.map((from, index) => periodOf(seconds, from, PERIODS[index + 1], plan.quota)).filter(
      (period) => period.to > period.from,
    ),
  };
}

interface Second {
  asked: number;
}

/** Answers so many requests a second, and throttles the rest. */
class Service {
  /** Requests of every second since the burst. */
  readonly seconds: Second[] = [];

  constructor(
    private readonly plan: BurstPlan,
    private readonly time: VirtualTime,
  ) {}

  answer(begin: number, length: number): LookAnswer<SeenTask> {
    const index = Math.floor(this.time.now / 1000);
    while (this.seconds.length <= index) this.seconds.push({ asked: 0 });
    const second = this.seconds[index] as Second;
    second.asked += 1;
    if (second.asked > this.plan.quota) {
      const { retryAfter } = this.plan;
      return {
        fault: { class: "throttled", message: "Too many requests.", code: "Throttling.User", retryAfter },
      };
    }
    const gone = (this.time.now - begin) / length;
    if (gone >= 1) return { task: { status: "COMPLETE", progress: 10_000 } };
    return { task: { status: "RUNNING", progress: Math.floor(9990 * gone) } };
  }
}

function clockOf(time: VirtualTime, random: Random) {
  return {
    now: () => time.now,
    date: () => time.now,
    sleep: (milliseconds: number) => time.sleep(milliseconds),
    random,
  };
}

function periodOf(
  seconds: readonly Second[],
  from: number,
  until: number | undefined,
  quota: number,
): BurstPeriod {
  const to = Math.min(until ?? Infinity, seconds.length);
  const within = seconds.slice(from, to);
  const asked = within.map((second) => second.asked);
  return {
    from,
    to,
    meanPerSecond: asked.length === 0 ? 0 : mean(asked),
    peakPerSecond: asked.length === 0 ? 0 : max(asked),
    throttled: shareThrottled(within, quota),
  };
}

function shareThrottled(seconds: readonly Second[], quota: number): number {
  const asked = seconds.map((second) => second.asked);
  return sum(asked.map((count) => Math.max(0, count - quota))) / sum(asked);
}
