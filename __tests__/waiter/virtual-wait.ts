import type { Clock } from "../../lib/waiter/clock";
import type { Fault, FaultClass } from "../../lib/waiter/failure";
import {
  waitForTask,
  type LookAnswer,
  type LookReport,
  type Outcome,
  type SeenTask,
  type WaitRules,
} from "../../lib/waiter/wait";

/** A clock that jumps instead of sleeping. */
export class VirtualClock implements Clock {
  time = 0;
  /** Sleeps that were begun and not ended. */
  pending = 0;
  readonly sleeps: number[] = [];
  constructor(private readonly chance: () => number = () => 0.5) {}
  now = (): number => this.time;
  date = (): number => Date.UTC(2026, 2, 30) + this.time;
  random = (): number => this.chance();
  sleep = async (milliseconds: number): Promise<void> => {
    this.sleeps.push(milliseconds);
    this.pending += 1;
    await Promise.resolve();
    this.time += milliseconds;
    this.pending -= 1;
  };
}

/** What a look brings, and how long it takes (0 ms when not said). */
export type Scripted = LookAnswer<SeenTask> & { readonly takes?: number };

/** A task with a status. */
export const task = (status: string, progress?: number): Scripted => ({ task: { status, progress } });

/** A fault of a class. */
export const fault = (faultClass: FaultClass, more: Partial<Fault> = {}): Scripted => ({
  fault: { class: faultClass, message: `a ${faultClass} fault`, ...more },
});

/** A look that is never answered: it takes all the time it is given. */
export const HANG = "hang";

/** Everything that can be seen of a wait from outside. */
export interface Played extends Outcome<SeenTask> {
  /** When each look began, in milliseconds since the wait began, and how long it was allowed to take. */
  readonly asked: { readonly at: number; readonly limit: number }[];
  readonly sleeps: readonly number[];
  readonly reports: readonly LookReport<SeenTask>[];
  readonly renewals: number;
}

/** A gap of five seconds each time, so that only the rules of the wait show. */
const EVEN = { minInterval: 5000, maxInterval: 5000 };

export const RULES: WaitRules = {
  mode: "wait",
  timeout: 3_600_000,
  maxOutage: 300_000,
  remembered: false,
  schedule: EVEN,
};

/** Plays a wait: the nth look brings the nth answer, and the last answer for ever. */
export async function play(
  answers: readonly (Scripted | typeof HANG)[] | ((look: number, now: number) => Scripted | typeof HANG),
  rules: Partial<WaitRules> = {},
  clock = new VirtualClock(),
): Promise<Played> {
  const asked: Played["asked"] = [];
  const reports: LookReport<SeenTask>[] = [];
  let renewals = 0;
  const outcome = await waitForTask<SeenTask>(
    {
      look: (limit) => {
        asked.push({ at: clock.now(), limit });
        const look = asked.length;
        const next =
          typeof answers === "function"
            ? answers(look, clock.now())
            : (answers[Math.min(look, answers.length) - 1] ?? HANG);
        const answer = next === HANG ? fault("transient", { code: "TIMEOUT" }) : next;
        clock.time += Math.min(limit, next === HANG ? limit : (next.takes ?? 0));
        return Promise.resolve(answer);
      },
      renew: () => (renewals += 1),
      clock,
      onLook: (report) => reports.push(report),
    },
    { ...RULES, ...rules },
  );
  return { ...outcome, asked, sleeps: clock.sleeps, reports, renewals };
}
