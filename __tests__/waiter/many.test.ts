import { MANY_RESULT_KEYS, RESULT_KEYS } from "../../lib/protocol/result";
import { startFakeBdrc, type FakeBdrc, type FakeBdrcOptions } from "../../lib/testing/fake-bdrc";
import { waitAtApply } from "../../lib/waiter/apply-wait";
import { runMany } from "../../lib/waiter/many";
import type { ManyQuery, WaitQuery } from "../../lib/waiter/query";
import { readQuery } from "../../lib/waiter/read-query";
import type { RunContext } from "../../lib/waiter/run";
import { VirtualClock } from "./virtual-wait";

let bdrc: FakeBdrc;
const started: FakeBdrc[] = [];
afterEach(() => Promise.all(started.splice(0).map((service) => service.close())));

/** A fake service and a context that share one virtual clock. */
async function set(
  tasks: FakeBdrcOptions["tasks"],
  environment: Record<string, string> = {},
): Promise<RunContext> {
  const clock = new VirtualClock();
  const base = Date.now();
  bdrc = await startFakeBdrc({
    ...(tasks ? { tasks } : {}),
    quotaPerSecond: 0,
    now: () => base + clock.time,
  });
  started.push(bdrc);
  return {
    clock,
    environment: { ...bdrc.environment, ...environment },
    events: () => undefined,
    never: false,
  };
}

const query = (more: Record<string, string>): WaitQuery & ManyQuery =>
  readQuery(JSON.stringify({ endpoint: bdrc.endpoint, timeout_seconds: "60", ...more })) as WaitQuery &
    ManyQuery;

describe("many tasks", () => {
  const ids = (...all: string[]): { task_ids: string } => ({ task_ids: JSON.stringify(all) });

  test("each has an outcome of its own, and counts are added up", async () => {
    const context = await set({
      "t-1": { counts: { b: 1, a: 2 } },
      "t-2": { counts: { a: 3 } },
      "t-3": { ends: "FAILED", errorMessage: "no quota" },
    });
    const { result, runs } = await runMany(query(ids("t-1", "t-2", "t-3")), context);
    expect(Object.keys(result)).toEqual([...MANY_RESULT_KEYS]);
    for (const value of Object.values(result)) expect(typeof value).toBe("string");
    expect(result).toMatchObject({
      status: "FAILED",
      task_count: "3",
      failed_task_ids: '["t-3"]',
      resource_counts: '{"a":5,"b":1}',
      total_count: "6",
    });
    expect(result.problem).toMatch(/^Task t-3 ended as FAILED\./);
    expect(runs.map((run) => run.result.status)).toEqual(["COMPLETE", "COMPLETE", "FAILED"]);
    const typed = JSON.parse(result.tasks)["t-1"];
    expect(Object.keys(typed)).toEqual(expect.arrayContaining([...RESULT_KEYS]));
    expect(typed).toMatchObject({ succeeded: true, total_count: 3, resource_counts: { a: 2, b: 1 } });
  });

  test("all complete is COMPLETE without a problem", async () => {
    const context = await set({ "t-1": {}, "t-2": {} });
    const { result } = await runMany(query(ids("t-1", "t-2")), context);
    expect(result).toMatchObject({
      status: "COMPLETE",
      problem: "",
      failed_task_ids: "[]",
      total_count: "0",
    });
  });

  test.each([
    [{ "t-2": { ends: "NEVER" } }, "RUNNING"],
    [{}, "NOT_FOUND"],
    [{ "t-2": { faults: [{ kind: "forbidden" as const }] } }, "UNREADABLE"],
  ])("beside a complete one, %j makes the whole %s", async (other, status) => {
    const context = await set({ "t-1": {}, ...other });
    expect((await runMany(query(ids("t-1", "t-2")), context)).result.status).toBe(status);
  });

  test("several problems are named one by one, the first of them in full, in lines that begin with a space", async () => {
    const context = await set(
      Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`t-${index}`, { ends: "FAILED" }])),
    );
    const { result } = await runMany(
      query(ids(...Array.from({ length: 12 }, (_, index) => `t-${index}`))),
      context,
    );
    const [first, , ...lines] = result.problem.split("\n");
    expect(first).toBe("12 of 12 tasks did not succeed.");
    expect(lines.slice(0, 13)).toEqual([
      "  Code: TASK_FAILED",
      "",
      ...Array.from({ length: 10 }, (_, index) => `  Task t-${index} ended as FAILED.`),
      "  … and 2 more",
    ]);
    expect(result.problem).toContain("\n  Task t-0 ended as FAILED.\n\n    Code:    TASK_FAILED\n    Task: ");
  });

  test("no second holds more calls than asked for", async () => {
    const all = Array.from({ length: 30 }, (_, index) => `t-${index}`);
    const context = await set(Object.fromEntries(all.map((id) => [id, {}])));
    const sleeping = context.clock as VirtualClock;
    await runMany(query({ ...ids(...all), looks_per_second: "5" }), context);
    expect(sleeping.sleeps.filter((gap) => gap > 0)).toHaveLength(29);
    expect(Math.max(...sleeping.sleeps)).toBe(5800);
  });

  test("without credentials each is unreadable, and nothing is asked", async () => {
    const context = await set(
      {},
      { ALIBABA_CLOUD_ACCESS_KEY_ID: "", ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" },
    );
    const profile = "nobody-has-this-profile";
    const { result } = await runMany(query({ ...ids("t-1", "t-2"), profile }), context);
    expect(result).toMatchObject({ status: "UNREADABLE", failed_task_ids: '["t-1","t-2"]' });
    expect(bdrc.calls).toEqual([]);
  });
});

describe("a wait at apply", () => {
  async function apply(task: object, accept = "", more: Record<string, string> = {}) {
    const context = await set({ "t-1": task });
    const lines: string[] = [];
    const options = { label: "inventory", accept, print: (line: string) => lines.push(line) };
    const seen = await waitAtApply(query({ task_id: "t-1", ...more }), context, options);
    return { seen, lines };
  }

  test("it prints a line for each change, and sees a task that ended", async () => {
    const { seen, lines } = await apply({ seconds: 20, startsAtFirstLook: true });
    expect(seen).toBe(true);
    expect(lines[0]).toBe("inventory: t-1 RUNNING 0 % · 0ms");
    expect(lines.at(-1)).toMatch(/^inventory: t-1 COMPLETE · \d+s$/);
    for (const line of lines) expect(line).toMatch(/^inventory: t-1 /);
  });

  test.each(["FAILED", "EXPIRED", "CANCELED"])("a task that %s was seen, too", async (ends) => {
    expect(await apply({ ends })).toMatchObject({ seen: true });
  });

  test("a task that was not seen to end is told in full, unless that is accepted", async () => {
    const { seen, lines } = await apply({ ends: "NEVER" });
    expect(seen).toBe(false);
    expect(lines.at(-1)).toMatch(
      /^\nTask t-1 did not end within 1m: it is RUNNING\.\n\n {2}Code: +DEADLINE\n {2}Task: /,
    );
    expect((await apply({ ends: "NEVER" }, "DEADLINE")).seen).toBe(true);
    expect((await apply({ faults: [{ kind: "forbidden" }] })).seen).toBe(false);
    expect((await apply({ faults: [{ kind: "forbidden" }] }, "UNREADABLE")).seen).toBe(true);
  });

  test("a fault is told once, and what comes after it as well", async () => {
    const { lines } = await apply({
      seconds: 9,
      startsAtFirstLook: true,
      progress: "never",
      faults: [{ kind: "html", look: [2, 3] }],
    });
    expect(lines.filter((line) => line.includes("no good answer"))).toEqual([
      expect.stringMatching(
        /^inventory: t-1 no good answer( for \d+s)?, \d+s left before it gives up: HTTP 502 with a body of \d+ bytes of text\/html, not an answer of BDRC · /,
      ),
    ]);
  });
});
