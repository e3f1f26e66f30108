import {
  ANSWER_LIMIT,
  DOUBT,
  LEAST_LIMIT,
  type SeenTask,
  UNKNOWN_NAME_OUTAGE,
  waitForTask,
} from "../../lib/waiter/wait";
import { fault, HANG, play, RULES, task, VirtualClock } from "./virtual-wait";

const RUNNING = task("RUNNING", 5000);
const seconds = (...values: number[]): number[] => values.map((value) => value * 1000);

describe("a task under way", () => {
  test.each(["COMPLETE", "FAILED", "EXPIRED", "CANCELED"])(
    "a task that is %s ends the wait",
    async (status) => {
      const seen = await play([task("CREATED"), RUNNING, task(status)]);
      expect(seen).toMatchObject({ ending: "terminal", looks: 3, waited: 10_000, fault: undefined });
      expect(seen.task?.status).toBe(status);
      expect(seen.sleeps).toEqual(seconds(5, 5));
    },
  );

  test("a task that has ended already is looked at once, and nobody sleeps", async () => {
    expect(await play([task("COMPLETE")])).toMatchObject({ ending: "terminal", looks: 1, sleeps: [] });
  });

  test.each(["QUEUED", "complete", "NOT_FOUND", "", "__proto__"])(
    "the unknown status %p is waited for until the deadline",
    async (status) => {
      const seen = await play([task(status)], { timeout: 12_000 });
      expect(seen).toMatchObject({ ending: "deadline", waited: 12_000 });
      expect(seen.task?.status).toBe(status);
    },
  );

  test("every look is told with the gap to the next one, and the last with none", async () => {
    const { reports } = await play([RUNNING, fault("throttled"), task("COMPLETE")]);
    expect(reports.map(({ look, waited, nextIn }) => [look, waited, nextIn])).toEqual([
      [1, 0, 5000],
      [2, 5000, 500],
      [3, 5500, undefined],
    ]);
  });
});

describe("the deadline", () => {
  test("a last look is made exactly at the deadline, and it can still be good", async () => {
    const seen = await play((_, now) => (now >= 12_000 ? task("COMPLETE") : RUNNING), { timeout: 12_000 });
    expect(seen).toMatchObject({ ending: "terminal", waited: 12_000 });
    expect(seen.asked.map(({ at }) => at)).toEqual(seconds(0, 5, 10, 12));
  });

  test("the deadline leaves the last task seen", async () => {
    expect(await play([RUNNING], { timeout: 12_000 })).toMatchObject({
      ending: "deadline",
      task: { status: "RUNNING", progress: 5000 },
      fault: undefined,
    });
  });

  test("a look that hangs is given up at the deadline, so that the last look has its whole limit", async () => {
    const seen = await play([RUNNING, HANG], { timeout: 12_000 });
    expect(seen.asked).toEqual([
      { at: 0, limit: 12_000 },
      { at: 5000, limit: 7000 },
      { at: 12_000, limit: ANSWER_LIMIT },
    ]);
    expect(seen).toMatchObject({ ending: "deadline", waited: 12_000 + ANSWER_LIMIT });
  });

  test.each(["throttled", "transient", "stale", "missing"] as const)(
    "a %s last look ends the wait with the task as it was seen before",
    async (kind) => {
      const seen = await play([RUNNING, fault(kind)], { timeout: 2000 });
      expect(seen).toMatchObject({ ending: "deadline", task: { status: "RUNNING" }, fault: { class: kind } });
      expect(seen.looks).toBe(2);
    },
  );

  test("a sleep that ends a little early still makes its look the last one", async () => {
    const clock = new VirtualClock();
    const { sleep } = clock;
    clock.sleep = (milliseconds) => sleep(milliseconds - 3);
    expect((await play([RUNNING], { timeout: 2000 }, clock)).looks).toBe(2);
  });

  test("a look that would be cut off at once is left to the last look", async () => {
    const seen = await play([fault("transient")], { timeout: 4000 });
    expect(seen.sleeps).toEqual(seconds(0.5, 1, 2.5));
    expect(seen.asked.at(-1)).toEqual({ at: 4000, limit: ANSWER_LIMIT });
  });

  test("no pause crosses the deadline, whatever the server asks for", async () => {
    const seen = await play([fault("throttled", { retryAfter: 60_000 })], { timeout: 10_000 });
    expect(seen.sleeps).toEqual([10_000]);
    expect(seen).toMatchObject({ ending: "deadline", looks: 2 });
  });
});

describe("throttled looks", () => {
  test("a throttled look never ends the wait", async () => {
    const seen = await play([fault("throttled")], { timeout: 3_600_000, maxOutage: 1000 });
    expect(seen).toMatchObject({ ending: "deadline", waited: 3_600_000 });
  });

  test("pauses double under full jitter up to the cap", async () => {
    const { sleeps } = await play([fault("throttled")], { timeout: 120_000 });
    expect(sleeps.slice(0, 8)).toEqual(seconds(0.5, 1, 2, 4, 8, 16, 30, 30));
  });

  test("what the server asks for is the least, and the jitter comes on top", async () => {
    const { sleeps } = await play([fault("throttled", { retryAfter: 4000 }), task("COMPLETE")]);
    expect(sleeps).toEqual([6000]);
  });

  test("a server cannot send the wait away for more than a minute and a quarter", async () => {
    const { sleeps } = await play([fault("throttled", { retryAfter: 86_400_000 }), task("COMPLETE")]);
    expect(sleeps).toEqual([67_500]);
  });

  test("throttled looks of the last minute stretch the gaps of the schedule", async () => {
    const plain = await play([RUNNING, task("COMPLETE")], { schedule: {} });
    const after = await play([fault("throttled"), fault("throttled"), RUNNING, task("COMPLETE")], {
      schedule: {},
    });
    expect(after.sleeps.at(-1)).toBeCloseTo((plain.sleeps[0] ?? NaN) * 2, 5);
  });
});

describe("an outage", () => {
  test("it is suffered for the longest outage, with a last look at its end", async () => {
    const seen = await play([fault("transient")], { maxOutage: 20_000 });
    expect(seen.sleeps).toEqual(seconds(0.5, 1, 2, 4, 8, 4.5));
    expect(seen).toMatchObject({ ending: "outage", waited: 20_000, silent: 20_000, task: undefined });
  });

  test("a good answer begins the count anew", async () => {
    const seen = await play((look) => (look % 4 === 0 ? RUNNING : fault("transient")), {
      maxOutage: 20_000,
      timeout: 100_000,
    });
    expect(seen.ending).toBe("deadline");
  });

  test("faults of several kinds in a row share one growing pause, so that none begins anew", async () => {
    const { sleeps } = await play((look) => (look % 2 ? fault("throttled") : fault("transient")), {
      timeout: 60_000,
    });
    expect(sleeps).toEqual(seconds(0.5, 1, 2, 4, 8, 10, 30, 4.5));
  });

  test("it begins with the first look that failed, not with the last good answer or the begin of the wait", async () => {
    const seen = await play((_, now) => (now < 60_000 ? RUNNING : fault("transient")), { maxOutage: 20_000 });
    expect(seen).toMatchObject({ ending: "outage", waited: 80_000, silent: 20_000 });
  });

  test("it begins where the look that failed began, so that a look without an answer counts whole", async () => {
    const seen = await play((look) => (look === 1 ? RUNNING : HANG), { maxOutage: 20_000 });
    expect(seen).toMatchObject({ ending: "outage", waited: 25_500, silent: 20_500 });
  });

  test("one failed look after a gap longer than the longest outage does not end the wait", async () => {
    const seen = await play([RUNNING, fault("transient", { status: 503 }), task("COMPLETE")], {
      maxOutage: 1000,
      schedule: { minInterval: 60_000, maxInterval: 60_000 },
    });
    expect(seen).toMatchObject({ ending: "terminal", looks: 3 });
  });

  test("a server that asks for longer than the longest outage is asked once more, and not sooner", async () => {
    const busy = fault("transient", { status: 503, retryAfter: 30_000 });
    const seen = await play([busy], { maxOutage: 1000 });
    expect(seen).toMatchObject({ ending: "outage", looks: 2, waited: 30_000 });
  });

  test("where only ten seconds are promised, a server that asks for longer ends it at once", async () => {
    const busy = fault("throttled", { status: 429, retryAfter: 30_000 });
    const seen = await play([busy], { remembered: true });
    expect(seen).toMatchObject({ ending: "outage", looks: 1, waited: 0 });
  });

  test("a throttled look is not asked again sooner because the longest outage is short", async () => {
    const rules = { maxOutage: 10, timeout: 60_000 };
    const [short, long] = [await play([fault("throttled")], rules), await play([fault("throttled")])];
    expect(short.sleeps.slice(0, 5)).toEqual(long.sleeps.slice(0, 5));
    expect(short.looks).toBeLessThan(10);
  });

  test("a process that was stopped for a while, in a look or between two, has seen no outage", async () => {
    const clock = new VirtualClock();
    const hour = 3_600_000;
    let looks = 0;
    const stopped = await waitForTask<SeenTask>(
      {
        look: (limit) => {
          looks += 1;
          // The lid is closed during the second look, whose timer then fires at once.
          clock.time += looks === 2 ? hour : looks === 3 ? limit : 0;
          return Promise.resolve(looks === 1 ? RUNNING : looks < 5 ? fault("transient") : task("COMPLETE"));
        },
        renew: () => undefined,
        clock: {
          ...clock,
          now: clock.now,
          // And once more during a pause.
          sleep: async (gap) => {
            await clock.sleep(gap);
            if (looks === 3) clock.time += hour;
          },
        },
      },
      { ...RULES, timeout: 10 * hour, maxOutage: 60_000 },
    );
    expect(stopped).toMatchObject({ ending: "terminal", looks: 5 });
  });

  test("a look near the end of an outage is not hurried", async () => {
    const { asked } = await play([HANG], { maxOutage: 20_000 });
    expect(asked.map(({ limit }) => limit)).toEqual(
      [ANSWER_LIMIT, LEAST_LIMIT, LEAST_LIMIT].slice(0, asked.length),
    );
  });
});

describe("a name that DNS does not know", () => {
  const unknown = fault("transient", { code: "ENOTFOUND" });

  test("it ends a wait that had no answer yet after half a minute, since it is most likely misspelt", async () => {
    const seen = await play([unknown]);
    expect(seen).toMatchObject({ ending: "outage", waited: UNKNOWN_NAME_OUTAGE });
  });

  test("a shorter longest outage is kept", async () => {
    expect(await play([unknown], { maxOutage: 3000 })).toMatchObject({ ending: "outage", waited: 3000 });
  });

  test.each([
    ["the task", RUNNING],
    ["throttling", fault("throttled", { status: 429 })],
    ["an answer that is none of BDRC", fault("transient", { status: 502 })],
    ["a missing task", fault("missing", { status: 404 })],
  ])("after %s it is an outage like any other", async (_, first) => {
    const seen = await play((look) => (look === 1 ? first : unknown));
    expect(seen.ending).toBe("outage");
    expect(seen.waited).toBeGreaterThanOrEqual(300_000);
  });

  test("its half minute begins after the last fault of another kind, so that one slip of DNS ends nothing", async () => {
    const seen = await play(
      (_, now) => (now < 60_000 ? fault("transient", { code: "EAI_AGAIN" }) : unknown),
      { maxOutage: 300_000 },
    );
    expect(seen.ending).toBe("outage");
    expect(seen.waited).toBeGreaterThan(60_000);
    expect(seen.waited).toBeLessThanOrEqual(60_000 + UNKNOWN_NAME_OUTAGE);
  });

  test("another fault gives the wait its whole outage again", async () => {
    const down = fault("transient", { code: "ECONNREFUSED" });
    const seen = await play((look) => (look < 4 ? unknown : down));
    expect(seen).toMatchObject({ ending: "outage", waited: 300_000 });
  });
});

describe("stale credentials", () => {
  test("they are renewed once, at once, before the next look", async () => {
    const seen = await play([fault("stale"), RUNNING, task("COMPLETE")]);
    expect(seen).toMatchObject({ ending: "terminal", renewals: 1 });
    expect(seen.sleeps).toEqual(seconds(0, 5));
  });

  test("they are refused when the renewed ones are stale, too", async () => {
    expect(await play([fault("stale")])).toMatchObject({ ending: "refused", looks: 2, renewals: 1 });
  });

  test("other faults between do not earn a second renewal", async () => {
    const seen = await play([fault("stale"), fault("transient"), fault("stale")]);
    expect(seen).toMatchObject({ ending: "refused", looks: 3, renewals: 1 });
  });

  test("a good answer earns a new renewal, so that a long wait outlives many tokens", async () => {
    const seen = await play([
      fault("stale"),
      RUNNING,
      fault("stale"),
      RUNNING,
      fault("stale"),
      task("COMPLETE"),
    ]);
    expect(seen).toMatchObject({ ending: "terminal", renewals: 3 });
  });
});

describe("refused looks", () => {
  test.each(["refused", "clock"] as const)("a %s look ends the wait at once", async (kind) => {
    expect(await play([RUNNING, fault(kind)])).toMatchObject({ ending: "refused", looks: 2 });
  });

  const unsure = fault("refused", { code: "SomethingNew", unsure: true });

  test("one of an unknown code ends a wait that never saw its task at once", async () => {
    expect(await play([unsure])).toMatchObject({ ending: "refused", looks: 1 });
  });

  test("one of an unknown code in the middle of a good wait is asked again before it is believed", async () => {
    expect(await play([RUNNING, unsure, unsure, task("COMPLETE")])).toMatchObject({ ending: "terminal" });
    const seen = await play([RUNNING, unsure]);
    expect(seen).toMatchObject({ ending: "refused" });
    expect(seen.waited).toBeGreaterThanOrEqual(5000 + DOUBT);
  });
});

describe("a missing task", () => {
  test("one that was never seen gets time to appear", async () => {
    const seen = await play((_, now) => (now < 8000 ? fault("missing") : task("COMPLETE")));
    expect(seen).toMatchObject({ ending: "terminal" });
    expect(seen.sleeps).toEqual(seconds(1.5, 1.5, 1.5, 1.5, 1.5, 1.5));
  });

  test("one that does not appear is not found", async () => {
    const seen = await play([fault("missing")]);
    expect(seen).toMatchObject({ ending: "missing", waited: 10_500, task: undefined });
    expect(seen.waited).toBeGreaterThanOrEqual(DOUBT);
  });

  test("one that was seen gets the same time to appear again before it is gone", async () => {
    const seen = await play([RUNNING, fault("missing")]);
    expect(seen).toMatchObject({ ending: "gone", looks: 9 });
    expect(seen.sleeps).toEqual(seconds(5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5));
  });

  test("one whose result was kept in an earlier run is gone with the second look, so that later plans stay fast", async () => {
    const seen = await play([fault("missing")], { remembered: true });
    expect(seen).toMatchObject({ ending: "gone", looks: 2, waited: 1500 });
  });

  test("one that comes back is waited for", async () => {
    expect(await play([RUNNING, fault("missing"), RUNNING, task("COMPLETE")])).toMatchObject({
      ending: "terminal",
    });
  });

  test("a fault between two missing looks does not undo the first", async () => {
    const seen = await play([RUNNING, fault("missing"), fault("transient"), fault("missing")]);
    expect(seen.waited).toBeLessThanOrEqual(5000 + DOUBT + 1500);
    expect(seen).toMatchObject({
      ending: "gone",
    });
  });
});

describe("the tally of faults", () => {
  test("it counts by class and code, in the order of first appearance", async () => {
    const seen = await play([
      fault("throttled", { code: "Throttling.User" }),
      fault("transient"),
      fault("throttled", { code: "Throttling.User" }),
      task("COMPLETE"),
    ]);
    expect(Object.entries(seen.faults)).toEqual([
      ["throttled (Throttling.User)", 2],
      ["transient", 1],
    ]);
  });

  test("a server that thinks up a new code each time does not make it grow", async () => {
    const seen = await play((look) => fault("throttled", { code: `Throttling.${look}` }));
    expect(Object.keys(seen.faults)).toHaveLength(13);
    expect(seen.faults["others"]).toBe(seen.looks - 12);
  });
});

test("a defect of our own is never retried", async () => {
  const broken = play(() => {
    throw new TypeError("a defect");
  });
  await expect(broken).rejects.toThrow("a defect");
});
