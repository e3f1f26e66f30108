import fc from "fast-check";
import { estimateRemaining, nextGap, type ScheduleInput } from "../../lib/waiter/schedule";
import { looksOfWait } from "../support/looks-of-wait";

const HOUR = 3_600_000;

describe("a whole wait", () => {
  const DAY = 24 * HOUR;

  test.each<[string, (time: number, look: number) => number | undefined, number?]>([
    ["never moves", () => 0],
    ["is never given", () => undefined],
    ["starts at its end", () => 10_000],
    ["goes backwards all the time", (at: number) => 9999 - Math.floor(at / 8641)],
    ["moves in steps of 10 %", (at: number) => Math.floor((10 * at) / DAY) * 1000],
    ["sticks at 99 % after an hour", (at: number) => Math.min(9900, Math.floor((9900 * at) / HOUR))],
    ["swings up and down", (_: number, look: number) => (look % 2) * 5000, 4500],
    ["is even", (at: number) => Math.floor((9999 * at) / DAY)],
  ])("of 24 hours takes few looks when progress %s", (_, progressAt, meanGap = 7900) => {
    const looks = looksOfWait(progressAt, DAY, () => 0.5);
    expect(looks.at(-1)).toBe(DAY);
    expect(looks.length).toBeLessThan(DAY / meanGap);
  });
});

const progress = fc.option(
  fc.oneof(
    fc.integer({ min: 0, max: 10_000 }),
    fc.constantFrom(NaN, Infinity, -Infinity, -1, 1e308, 9999.999, Number.MIN_VALUE),
  ),
  { nil: undefined },
);
const age = fc.option(
  fc.oneof(
    fc.double({ min: 0, max: 100 * HOUR, noNaN: true }),
    fc.constantFrom(NaN, Infinity, -Infinity, -1, 1e308),
  ),
  { nil: undefined },
);
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const input: fc.Arbitrary<ScheduleInput> = fc
  .record({
    steps: fc.array(fc.record({ gap: fc.double({ min: 0, max: HOUR, noNaN: true }), progress, age }), {
      minLength: 1,
    }),
    late: fc.double({ min: 0, max: HOUR, noNaN: true }),
    left: fc.double({ min: -HOUR, max: 24 * HOUR, noNaN: true }),
    random,
    throttled: fc.option(fc.nat(500), { nil: undefined }),
  })
  .map(({ steps, late, left, ...rest }) => {
    let at = 0;
    const history = steps.map((step) => ({ at: (at += step.gap), progress: step.progress, age: step.age }));
    return { history, now: at + late, deadline: at + late + left, ...rest };
  });

describe("for any progress, however it lies,", () => {
  test("a gap is finite, within its bounds, and never crosses the deadline", () => {
    fc.assert(
      fc.property(
        input,
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 10 }),
        (given, min, factor) => {
          const max = min * factor;
          const gap = nextGap(given, { minInterval: min, maxInterval: max });
          const left = Math.max(0, given.deadline - given.now);
          expect(Number.isFinite(gap)).toBe(true);
          expect(gap).toBeLessThanOrEqual(Math.min(max, left));
          expect(gap).toBeGreaterThanOrEqual(Math.min(min, left));
        },
      ),
    );
  });

  test("the same input gives the same gap, and is left as it was", () => {
    fc.assert(
      fc.property(input, (given) => {
        const before = structuredClone(given);
        expect(nextGap(given)).toBe(nextGap(given));
        expect(given).toEqual(before);
      }),
    );
  });

  test("24 hours take no more looks than shortest gaps fit in, and end at the deadline", () => {
    const options = { minInterval: 30_000, maxInterval: 600_000 };
    fc.assert(
      fc.property(fc.array(progress, { minLength: 1, maxLength: 50 }), random, (told, chance) => {
        const looks = looksOfWait(
          (_, look) => told[look % told.length],
          24 * HOUR,
          () => chance,
          options,
        );
        expect(looks.length).toBeLessThanOrEqual(2 + (24 * HOUR) / options.minInterval);
        expect(looks.at(-1)).toBe(24 * HOUR);
      }),
      { numRuns: 30 },
    );
  });

  test("a rise too small to divide by is no pace", () => {
    const history = [0, 5e-324].map((told, look) => ({ at: look * 30_000, progress: told }));
    const gap = nextGap({ history, now: 30_000, deadline: 24 * HOUR, random: 0.5 });
    const silent = history.map(({ at }) => ({ at, progress: undefined }));
    expect(gap).toBe(nextGap({ history: silent, now: 30_000, deadline: 24 * HOUR, random: 0.5 }));
    expect(estimateRemaining(history, 30_000)).toBeUndefined();
  });

  test("an estimate of what is left is a positive number or none", () => {
    fc.assert(
      fc.property(input, ({ history, now }) => {
        const left = estimateRemaining(history, now);
        expect(left === undefined || (left > 0 && Number.isFinite(left))).toBe(true);
      }),
    );
  });
});
