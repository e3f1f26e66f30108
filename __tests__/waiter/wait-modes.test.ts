import { GLANCE_LIMIT, SHORT_OUTAGE } from "../../lib/waiter/wait";
import { fault, HANG, play, task } from "./virtual-wait";

const RUNNING = task("RUNNING", 5000);

describe("a remembered task", () => {
  const remembered = { remembered: true };

  test("an outage ends the look within ten seconds", async () => {
    const seen = await play([fault("transient")], remembered);
    expect(seen.ending).toBe("outage");
    expect(seen.waited).toBeLessThanOrEqual(SHORT_OUTAGE);
  });

  test("a service that hangs ends the look within ten seconds", async () => {
    const seen = await play([HANG], remembered);
    expect(seen).toMatchObject({ ending: "outage", waited: SHORT_OUTAGE });
  });

  test("the last look of a short outage still has time for an answer", async () => {
    const { asked, waited } = await play([fault("transient")], remembered);
    expect(asked.at(-1)?.limit).toBeGreaterThanOrEqual(1000);
    expect(waited).toBeLessThanOrEqual(SHORT_OUTAGE);
  });

  test("throttling ends the look within ten seconds, too", async () => {
    const seen = await play([fault("throttled", { retryAfter: 60_000 })], remembered);
    expect(seen.ending).toBe("outage");
    expect(seen.waited).toBeLessThanOrEqual(SHORT_OUTAGE);
  });

  test("one that is missing is gone after a second look", async () => {
    expect(await play([fault("missing")], remembered)).toMatchObject({
      ending: "gone",
      looks: 2,
      waited: 1500,
    });
  });

  test("one that is under way is waited for like any other", async () => {
    const seen = await play(
      (_, now) =>
        now >= 60_000 ? task("COMPLETE") : now > 5000 && now < 30_000 ? fault("transient") : RUNNING,
      remembered,
    );
    expect(seen.ending).toBe("terminal");
  });

  test("a shorter longest outage is kept", async () => {
    expect((await play([fault("transient")], { ...remembered, maxOutage: 3000 })).waited).toBeLessThanOrEqual(
      3000,
    );
  });
});

describe("one look only", () => {
  test("a task under way is given back as it is", async () => {
    expect(await play([RUNNING], { mode: "look" })).toMatchObject({ ending: "looked", looks: 1, sleeps: [] });
  });

  test("a missing task is believed at once", async () => {
    expect(await play([fault("missing")], { mode: "look" })).toMatchObject({ ending: "missing", looks: 1 });
  });

  test("a remembered task that is missing is confirmed by a second look", async () => {
    expect(await play([fault("missing")], { mode: "look", remembered: true })).toMatchObject({
      ending: "gone",
      looks: 2,
    });
  });

  test("a fault is tried again for ten seconds at the most", async () => {
    const seen = await play([fault("transient")], { mode: "look" });
    expect(seen.ending).toBe("outage");
    expect(seen.waited).toBeLessThanOrEqual(SHORT_OUTAGE);
    expect(await play([fault("throttled"), RUNNING], { mode: "look" })).toMatchObject({ ending: "looked" });
  });
});

describe("a glance, for a destroy", () => {
  test.each([
    ["a task under way", RUNNING, "looked"],
    ["an ended task", task("FAILED"), "terminal"],
    ["a throttled call", fault("throttled"), "outage"],
    ["an outage", fault("transient"), "outage"],
    ["a missing task", fault("missing"), "missing"],
    ["stale credentials", fault("stale"), "refused"],
    ["a refusal", fault("refused"), "refused"],
    ["a hanging service", HANG, "outage"],
  ] as const)("%s takes exactly one call, remembered or not", async (_, answer, ending) => {
    for (const remembered of [false, true]) {
      const seen = await play([answer], { mode: "glance", remembered });
      expect(seen).toMatchObject({ ending, looks: 1, sleeps: [] });
      expect(seen.asked).toEqual([{ at: 0, limit: GLANCE_LIMIT }]);
      expect(seen.waited).toBeLessThanOrEqual(GLANCE_LIMIT);
    }
  });
});
