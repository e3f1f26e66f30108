import * as fc from "fast-check";
import { MAX_RETRY_AFTER, type FaultClass } from "../../lib/waiter/failure";
import { ANSWER_LIMIT, SHORT_OUTAGE, type WaitRules } from "../../lib/waiter/wait";
import { LEAST_ROOM } from "../../lib/waiter/wait-state";
import { fault, HANG, play, task, VirtualClock, type Scripted } from "./virtual-wait";

const CLASSES: readonly FaultClass[] = ["throttled", "transient", "stale", "missing", "refused", "clock"];
const ENDINGS = ["terminal", "looked", "deadline", "outage", "missing", "gone", "refused"];
/** The longest pause after a fault, and what it may grow by when it would end just before the deadline. */
const LONGEST_GAP = MAX_RETRY_AFTER * 1.25 + LEAST_ROOM;

const takes = fc.constantFrom(0, 5, 300, 9000, 20_000);
const lookAnswer: fc.Arbitrary<Scripted | typeof HANG> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<typeof HANG>(HANG) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom("CREATED", "RUNNING", "RUNNING", "COMPLETE", "FAILED", "ODD"),
        fc.option(fc.oneof(fc.integer({ min: -5, max: 11_000 }), fc.constant(Number.NaN)), {
          nil: undefined,
        }),
        takes,
      )
      .map(([status, progress, time]) => ({ ...task(status, progress), takes: time })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...CLASSES),
        fc.option(fc.integer({ min: 1, max: 10 ** 9 }), { nil: undefined }),
        takes,
      )
      .map(([kind, retryAfter, time]) => ({
        ...fault(kind, retryAfter === undefined ? {} : { retryAfter }),
        takes: time,
      })),
  },
);

const rules: fc.Arbitrary<Partial<WaitRules>> = fc.record({
  mode: fc.constantFrom("wait" as const, "wait" as const, "look" as const, "glance" as const),
  timeout: fc.integer({ min: 1, max: 600_000 }),
  maxOutage: fc.integer({ min: 1, max: 600_000 }),
  remembered: fc.boolean(),
  schedule: fc.constantFrom({}, { minInterval: 2000, maxInterval: 4000 }),
});

/** Random numbers that fast-check chooses, so that a failure can be repeated. */
function clockOf(seed: number): VirtualClock {
  let state = seed >>> 0;
  return new VirtualClock(() => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32);
}

test("any sequence of answers ends in one outcome, within the deadline and one answer limit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(lookAnswer, { minLength: 1, maxLength: 40 }),
      rules,
      fc.nat(),
      async (answers, given, seed) => {
        const seen = await play(answers, given, clockOf(seed));
        const { timeout = 0, mode } = given;
        expect(ENDINGS).toContain(seen.ending);
        expect(seen.waited).toBeLessThanOrEqual((mode === "glance" ? 0 : timeout) + ANSWER_LIMIT);
        expect(seen.looks).toBe(seen.asked.length);
        expect(seen.reports.map(({ look }) => look)).toEqual(seen.asked.map((_, index) => index + 1));
        expect(seen.reports.filter(({ nextIn }) => nextIn === undefined)).toEqual([seen.reports.at(-1)]);
        expect(seen.sleeps).toHaveLength(seen.looks - 1);
        if (mode === "glance") expect(seen.looks).toBe(1);
        for (const gap of seen.sleeps) {
          expect(gap).toBeGreaterThanOrEqual(0);
          expect(gap).toBeLessThanOrEqual(Math.min(timeout, LONGEST_GAP));
        }
        for (const { at, limit } of seen.asked) {
          expect(limit).toBeGreaterThan(0);
          expect(limit).toBeLessThanOrEqual(ANSWER_LIMIT);
          if (mode !== "glance" && at < timeout - 5) expect(at + limit).toBeLessThanOrEqual(timeout + 1);
        }
        if (seen.ending === "terminal") expect(seen.task?.status).toMatch(/^(COMPLETE|FAILED)$/);
      },
    ),
    { numRuns: 1000 },
  );
});

test("a pause that would end just before the deadline lasts until the deadline", async () => {
  const throttles = [fault("throttled", { retryAfter: 60_000 }), task("COMPLETE", 10_000)];
  const clock = new VirtualClock(() => 0.999);
  const seen = await play(throttles, { timeout: 75_500 }, clock);
  expect(seen).toMatchObject({ ending: "terminal", sleeps: [75_500] });
});

test("a remembered task that is not seen under way never holds a plan for more than ten seconds", async () => {
  const faults = lookAnswer.filter((answer) => answer === HANG || answer.fault !== undefined);
  await fc.assert(
    fc.asyncProperty(fc.array(faults, { minLength: 1, maxLength: 40 }), fc.nat(), async (answers, seed) => {
      const seen = await play(answers, { remembered: true }, clockOf(seed));
      expect(seen.waited).toBeLessThanOrEqual(SHORT_OUTAGE + 1);
    }),
    { numRuns: 500 },
  );
});

test("without answers the service is never asked more than five times a second", async () => {
  const failing = lookAnswer.filter(
    (answer) =>
      answer !== HANG && (answer.fault?.class === "throttled" || answer.fault?.class === "transient"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(failing, { minLength: 1, maxLength: 40 }), fc.nat(), async (answers, seed) => {
      const { asked, waited } = await play(answers, { timeout: 120_000 }, clockOf(seed));
      const gaps = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0));
      // The last looks, at the end of the outage or at the deadline, may follow sooner.
      for (const gap of gaps.slice(0, -2)) expect(gap).toBeGreaterThanOrEqual(200);
      expect(asked.length).toBeLessThanOrEqual(waited / 200 + 3);
    }),
    { numRuns: 300 },
  );
});

describe("a wait of 24 hours", () => {
  const DAY = 86_400_000;

  test.each([
    ["progress that never moves", (): number => 0],
    ["no progress at all", (): undefined => undefined],
    ["progress as slow as the day", (now: number): number => Math.floor((now / DAY) * 10_000)],
    ["progress that goes up and down", (now: number): number => ((now / 7000) % 10_000) | 0],
  ])("with %s makes a bounded number of looks and keeps a short history", async (_, progress) => {
    const clock = clockOf(7);
    const seen = await play(
      (_look, now) => task("RUNNING", progress(now)),
      { timeout: DAY, schedule: {} },
      clock,
    );
    expect(seen).toMatchObject({ ending: "deadline", waited: DAY });
    expect(seen.looks).toBeLessThanOrEqual(DAY / 8000);
    expect(clock.pending).toBe(0);
  });
});
