import { remember, usableLooks, type SeenProgress } from "../../lib/waiter/history";
import { stepsOf } from "../../lib/waiter/steps";
import { estimateRemaining, nextGap, type ScheduleInput } from "../../lib/waiter/schedule";
import { looksOfWait } from "../support/looks-of-wait";

const MIN = 1500;
const MAX = 65_000;
/** The gap while progress tells nothing. */
const FIXED = 8000;
const HOUR = 3_600_000;

/** The gap after looks written as [seconds, progress], with a deadline far away and no jitter. */
function gapAfter(
  looks: readonly (readonly [number, number | undefined])[],
  more: Partial<ScheduleInput> = {},
) {
  const history = looks.map(([seconds, progress]) => ({ at: seconds * 1000, progress }));
  const now = history.at(-1)?.at ?? 0;
  return nextGap({ history, now, deadline: 100 * HOUR, random: 0.5, ...more });
}

const half = (): number => 0.5;

describe("the gap to the next look", () => {
  const even = (until: number, whole: number) =>
    [0, 0.25, 0.5, 0.75, 1].map(
      (part) => [part * until, Math.floor((10_000 * part * until) / whole)] as const,
    );

  test.each([
    ["is short after one look, since many a task takes seconds", [[0, 0]], 3800, 3800],
    [
      "is short after two looks that tell nothing",
      [
        [0, 0],
        [3.8, 0],
      ],
      1850,
      1850,
    ],
    [
      "is not left out because the answer before took a while",
      [
        [0, 0],
        [4.4, 0],
      ],
      MIN,
      1.04 * MIN,
    ],
    [
      "grows from look to look in the first minute of a standstill",
      [
        [0, 0],
        [11.2, 0],
      ],
      11_000,
      11_000,
    ],
    [
      "is fixed while progress stands still",
      [
        [0, 0],
        [33.2, 0],
        [41.2, 0],
      ],
      FIXED,
      FIXED,
    ],
    [
      "is fixed when the API gives no progress",
      [
        [0, undefined],
        [40, undefined],
      ],
      FIXED,
      FIXED,
    ],
    [
      "is fixed when a task under way claims to be done",
      [
        [0, 10_000],
        [40, 10_000],
      ],
      FIXED,
      FIXED,
    ],
    [
      "is fixed after progress went backwards",
      [
        [0, 0],
        [30, 500],
        [60, 400],
      ],
      FIXED,
      FIXED,
    ],
    ["is about half a minute in the middle of 10 minutes", even(300, 600), 27_500, 30_500],
    ["is at its longest in the middle of 2 hours", even(3600, 7200), 62_000, MAX],
    ["is a share of what is left near the end", even(590, 600), 6000, 7100],
    ["is at its shortest at the expected end", even(599.5, 600), MIN, 1.07 * MIN],
    [
      "grows with the time a task is overdue",
      [
        [0, 0],
        [100, 5000],
        [200, 9900],
        [222, 9900],
      ],
      3500,
      5500,
    ],
    [
      "grows no longer than the fixed gap when overdue",
      [
        [0, 0],
        [100, 5000],
        [200, 9900],
        [900, 9900],
      ],
      FIXED,
      FIXED,
    ],
    [
      "believes a first estimate only in part",
      [
        [0, 0],
        [2, 1],
      ],
      MIN,
      6700,
    ],
  ] as const)("%s", (_, looks, least, most) => {
    const gap = gapAfter(looks);
    expect(gap).toBeGreaterThanOrEqual(least);
    expect(gap).toBeLessThanOrEqual(most);
  });

  test("follows a task that speeds up", () => {
    const looks = [0, 100, 200, 300, 400, 500, 590].map(
      (at) => [at, Math.floor(10_000 * (at / 600) ** 2)] as const,
    );
    expect(gapAfter(looks)).toBeGreaterThan(5000);
    expect(gapAfter(looks)).toBeLessThan(8000);
  });

  test("follows a task that moves in steps, and dates a step between the looks around it", () => {
    const looks = Array.from(
      { length: 55 },
      (_, index) => [index * 10, Math.floor(index / 6) * 1000] as const,
    );
    const history = looks.map(([seconds, progress]) => ({ at: seconds * 1000, progress }));
    const left = estimateRemaining(history, 540_000) ?? 0;
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThan(65_000);
  });

  test("aims at the end once it is near and the last look did not move it", () => {
    const looks = [0, 4, 10, 20, 30, 40, 50, 57].map((at) => [at, Math.floor((10_000 * at) / 60)] as const);
    expect(gapAfter(looks)).toBeGreaterThan(3000);
    expect(gapAfter(looks)).toBeLessThan(3500);
    // A look that moved the end by seconds is followed by a share of what is left.
    expect(gapAfter([...looks.slice(0, -1), [57, 9000]])).not.toBeCloseTo(gapAfter(looks), -3);
  });

  test("is jittered everywhere, also where it is at a bound", () => {
    for (const looks of [
      even(300, 600),
      even(3600, 7200),
      even(599.5, 600),
      [
        [0, 0],
        [7, 0],
      ] as const,
    ]) {
      expect(gapAfter(looks, { random: 0.9 })).toBeGreaterThan(gapAfter(looks, { random: 0.1 }));
    }
  });

  test("is stretched by every look that was throttled lately", () => {
    const looks = even(300, 600);
    expect(gapAfter(looks, { throttled: 1 })).toBeCloseTo(1.5 * gapAfter(looks), 0);
    expect(gapAfter(looks, { throttled: 1000 })).toBeLessThanOrEqual(MAX);
  });

  test("ends at the deadline when it would cross it", () => {
    expect(
      gapAfter(
        [
          [0, 0],
          [40, 0],
        ],
        { deadline: 45_000 },
      ),
    ).toBe(5000);
    expect(
      gapAfter(
        [
          [0, 0],
          [7, 0],
        ],
        { deadline: 7000 },
      ),
    ).toBe(0);
    expect(
      gapAfter(
        [
          [0, 0],
          [7, 0],
        ],
        { deadline: 5000 },
      ),
    ).toBe(0);
  });

  test("leaves room for a whole shortest gap before the deadline", () => {
    expect(
      gapAfter(
        [
          [0, 0],
          [40, 0],
        ],
        { deadline: 40_000 + FIXED + 100 },
      ),
    ).toBe(FIXED + 100 - MIN);
  });

  test("keeps to the caller's bounds", () => {
    const options = { minInterval: 20_000, maxInterval: 30_000 };
    const looks = looksOfWait((at) => Math.floor(at / 720), 2 * HOUR, half, options);
    const gaps = looks.slice(1, -1).map((at, index) => at - (looks[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
  });
});

describe("the time that is left", () => {
  const at = (...looks: (readonly [number, number])[]): SeenProgress[] =>
    looks.map(([seconds, told]) => ({ at: seconds * 1000, progress: told }));

  test("is known once progress rose twice", () => {
    expect(estimateRemaining(at([0, 0], [60, 1000]), 60_000)).toBeUndefined();
    expect(estimateRemaining(at([0, 0], [60, 1000], [120, 2000]), 120_000)).toBeCloseTo(480_000, -3);
  });

  test("is not known when the task is overdue", () => {
    expect(estimateRemaining(at([0, 0], [60, 5000], [90, 7500], [240, 7500]), 240_000)).toBeUndefined();
  });

  test("is known in a wait that began in the middle of the task", () => {
    expect(estimateRemaining(at([0, 5000], [60, 6000], [120, 7000]), 120_000)).toBeCloseTo(180_000, -3);
  });
});

describe("a StartTime", () => {
  /** Looks at a task that began some seconds before the wait and takes ten minutes, with the age that it claims. */
  const joined = (claimed: (age: number) => number, ...moments: number[]): SeenProgress[] =>
    moments.map((seconds) => ({
      at: seconds * 1000,
      progress: Math.floor((10_000 * (300 + seconds)) / 600),
      age: claimed(300 + seconds) * 1000,
    }));
  const gap = (history: readonly SeenProgress[]) =>
    nextGap({ history, now: history.at(-1)?.at ?? 0, deadline: HOUR, random: 0.5 });
  const withoutAge = (history: readonly SeenProgress[]) =>
    history.map(({ at, progress }) => ({ at, progress }));

  test("tells with the first look how much time is left", () => {
    expect(
      estimateRemaining(
        joined((age) => age, 0),
        0,
      ),
    ).toBe(300_000);
  });

  test("never changes the first gap, which nothing confirms", () => {
    const history = joined((age) => age, 0);
    expect(gap(history)).toBe(gap(withoutAge(history)));
  });

  test("that the looks confirm allows long gaps at once", () => {
    const history = joined((age) => age, 0, 3.8);
    expect(gap(history)).toBeGreaterThan(40_000);
    expect(gap(withoutAge(history))).toBeLessThan(10_000);
  });

  test.each<[string, (age: number) => number]>([
    ["in the future", (age) => age - 1000],
    ["of now", (age) => age - 299],
    ["before a long silence", (age) => age + 3600],
    ["twice as long ago", (age) => 2 * age],
  ])("%s, which the looks do not confirm, changes no gap", (_, claimed) => {
    const history = joined(claimed, 0, 3.8, 12);
    expect(gap(history)).toBe(gap(withoutAge(history)));
  });

  test.each<[string, number | undefined]>([
    ["without progress", undefined],
    ["with a progress of 0", 0],
    ["with a progress that is done", 10_000],
  ])("says nothing of the end %s", (_, progress) => {
    expect(estimateRemaining([{ at: 0, progress, age: 60_000 }], 0)).toBeUndefined();
  });
});

describe("progress that moves in even steps", () => {
  const stepped = (every: number, until: number, gap: number): SeenProgress[] =>
    Array.from({ length: Math.floor(until / gap) + 1 }, (_, look) => ({
      at: look * gap,
      progress: Math.floor((look * gap) / every) * 1000,
    }));

  test("is looked at in the middle of the time in which its next step may come", () => {
    const history = stepped(180_000, 500_000, 50_000);
    const now = history.at(-1)?.at ?? 0;
    const next = now + nextGap({ history, now, deadline: HOUR, random: 0.5 });
    expect(next).toBeGreaterThan(520_000);
    expect(next).toBeLessThan(560_000);
  });

  test("tells its end to less than a gap of the looks", () => {
    const history = stepped(180_000, 1_640_000, 40_000);
    expect(Math.abs(1_640_000 + (estimateRemaining(history, 1_640_000) ?? 0) - 1_800_000)).toBeLessThan(
      20_000,
    );
  });

  test("is followed by short gaps when its last step is due", () => {
    const history = stepped(180_000, 1_796_000, 4000);
    expect(nextGap({ history, now: 1_796_000, deadline: HOUR, random: 0.5 })).toBeLessThan(4500);
  });

  test("is no longer taken for even when a step stays out", () => {
    const even = stepped(60_000, 240_000, 10_000);
    const late = [...even, { at: 400_000, progress: 4000 }];
    expect(estimateRemaining(even, 240_000)).toBeCloseTo(360_000, -4.5);
    expect(stepsOf(usableLooks(even))).toBeDefined();
    expect(stepsOf(usableLooks(late))).toBeUndefined();
  });
});

describe("what a wait remembers", () => {
  test("is every look while there are two at the most, also without progress", () => {
    const first = remember([], { at: 0, progress: undefined });
    expect(remember(first, { at: 1, progress: undefined })).toHaveLength(2);
  });

  test("is the first and the last look of a standstill", () => {
    let history: readonly SeenProgress[] = [];
    for (let look = 0; look < 1000; look++) history = remember(history, { at: look, progress: 7 });
    expect(history).toEqual([
      { at: 0, progress: 7 },
      { at: 999, progress: 7 },
    ]);
  });

  test("stays short when progress moves at every look, and keeps the first and the newest ones", () => {
    let history: readonly SeenProgress[] = [];
    for (let look = 0; look < 9999; look++) history = remember(history, { at: look, progress: look });
    expect(history.length).toBeLessThanOrEqual(256);
    expect(history[0]).toEqual({ at: 0, progress: 0 });
    expect(history.slice(-2)).toEqual([
      { at: 9997, progress: 9997 },
      { at: 9998, progress: 9998 },
    ]);
  });

  test("gives the same estimate as the whole history", () => {
    const all = Array.from({ length: 2000 }, (_, look) => ({ at: look * 1000, progress: look * 4 }));
    const kept = all.reduce<readonly SeenProgress[]>(remember, []);
    const now = 1_999_000;
    expect(estimateRemaining(kept, now)).toBeCloseTo(estimateRemaining(all, now) ?? 0, -3);
  });
});
