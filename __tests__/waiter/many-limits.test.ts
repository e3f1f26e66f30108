import { VirtualTime } from "../../bench/virtual-time";
import { waitAtApply } from "../../lib/waiter/apply-wait";
import type { Operation } from "../../lib/waiter/bdrc/client";
import type { HttpAnswer } from "../../lib/waiter/bdrc/transport";
import { runMany, type ManyRun } from "../../lib/waiter/many";
import type { ManyQuery } from "../../lib/waiter/query";
import { readQuery } from "../../lib/waiter/read-query";
import type { RunContext } from "../../lib/waiter/run";

/** What a task is at a moment, in seconds since the begin; undefined when it is not there. */
type Script = (seconds: number) => { status: string; progress?: number } | typeof THROTTLED | undefined;
const THROTTLED = "throttled";

interface World {
  readonly context: RunContext;
  /** Every call: its task, and when it came, in seconds. */
  readonly calls: { readonly taskId: string; readonly at: number }[];
  readonly time: VirtualTime;
}

/** Time that passes only when everybody sleeps, and a service that answers within 50 milliseconds of it. */
function world(scriptOf: (taskId: string) => Script): World {
  const time = new VirtualTime();
  const calls: World["calls"] = [];
  const call = async ({ path }: Operation): Promise<HttpAnswer> => {
    const taskId = path.split("/").at(-1) ?? "";
    calls.push({ taskId, at: time.now / 1000 });
    await time.sleep(50);
    const task = scriptOf(taskId)(time.now / 1000);
    if (task === THROTTLED) {
      return { status: 429, headers: {}, body: JSON.stringify({ RequestId: "r", Code: "Throttling.User" }) };
    }
    const data = task && {
      TaskId: taskId,
      TaskStatus: task.status,
      Progress: task.progress,
      TaskResult: '{"resourceCounts":[{"resourceType":"ACS::OSS::Bucket","count":1}]}',
    };
    return data
      ? { status: 200, headers: {}, body: JSON.stringify({ RequestId: "r", Data: data }) }
      : { status: 404, headers: {}, body: JSON.stringify({ RequestId: "r", Code: "TaskNotFound" }) };
  };
  const source = { current: () => Promise.reject(new Error("none is needed")), renew: () => undefined };
  const clock = {
    now: () => time.now,
    date: () => time.now,
    sleep: (ms: number) => time.sleep(ms),
    random: () => 0.5,
  };
  return {
    calls,
    time,
    context: {
      clock,
      environment: {},
      events: () => undefined,
      never: false,
      connection: { client: { call, redact: (text) => text }, source },
    },
  };
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `t-${index}`);
const query = (ids: readonly string[], more: Record<string, string> = {}): ManyQuery =>
  readQuery(
    JSON.stringify({ task_ids: JSON.stringify(ids), endpoint: "http://127.0.0.1:1", ...more }),
  ) as ManyQuery;

async function run({ context, time }: World, asked: ManyQuery): Promise<ManyRun> {
  const whole = runMany(asked, context);
  await time.runUntilIdle();
  return whole;
}

/** The most calls within any second. */
function mostPerSecond(calls: World["calls"]): number {
  return Math.max(
    ...calls.map(({ at }) => calls.filter((other) => other.at >= at && other.at < at + 0.9999).length),
  );
}

test("200 tasks whose looks are all throttled end as late after the timeout as one look at each takes", async () => {
  const played = world(() => () => THROTTLED);
  const asked = query(numbered(200), { timeout_seconds: "15", looks_per_second: "10" });
  const { runs } = await run(played, asked);
  expect(runs.every(({ outcome }) => outcome.ending === "deadline")).toBe(true);
  expect(played.time.now / 1000).toBeLessThanOrEqual(15 + 200 / 9.8 + 1);
});

test("200 tasks that have ended are looked at once each, in their order, and never more than asked for in a second", async () => {
  const played = world(() => () => ({ status: "COMPLETE" }));
  const { result } = await run(played, query(numbered(200)));
  expect(played.calls.map(({ taskId }) => taskId)).toEqual(numbered(200));
  expect(mostPerSecond(played.calls)).toBe(5);
  expect(played.time.now).toBeLessThan(41_000);
  expect(result).toMatchObject({ status: "COMPLETE", problem: "", task_count: "200", total_count: "200" });
});

test("at the whole quota, calls that come a few milliseconds early or late are still within it", async () => {
  const played = world(() => () => ({ status: "COMPLETE" }));
  await run(played, query(numbered(200), { looks_per_second: "10" }));
  for (const [index, { at }] of played.calls.entries()) {
    expect((played.calls[index + 10]?.at ?? Infinity) - at).toBeGreaterThan(1.015);
  }
});

test("200 tasks that run for half an hour stay within the limit all the time, and each is seen to end", async () => {
  const played = world((taskId) => {
    const lasts = 1500 + 3 * Number(taskId.slice(2));
    return (seconds) =>
      seconds >= lasts
        ? { status: "COMPLETE" }
        : { status: "RUNNING", progress: Math.floor((9990 * seconds) / lasts) };
  });
  const { result } = await run(played, query(numbered(200), { timeout_seconds: "7200" }));
  expect(result.status).toBe("COMPLETE");
  expect(mostPerSecond(played.calls)).toBeLessThanOrEqual(5);
  expect(played.time.now / 1000).toBeLessThan(1500 + 3 * 200 + 60);
});

test.each([
  ["have room, they come one after the other before it", 10, 600 + 1],
  [
    "are more than the limit lets through, they come as late as one look at each of them takes",
    200,
    600 + 41,
  ],
])("the last looks are not all at once on the deadline: when they %s", async (_, tasks, latest) => {
  const played = world(() => () => ({ status: "RUNNING" }));
  const { runs } = await run(played, query(numbered(tasks), { timeout_seconds: "600" }));
  const lastLooks = new Map(played.calls.map(({ taskId, at }) => [taskId, at]));
  expect(Math.min(...lastLooks.values())).toBeGreaterThan(600 - tasks / 5 - 1);
  expect(Math.max(...lastLooks.values())).toBeLessThan(latest);
  expect(mostPerSecond(played.calls)).toBeLessThanOrEqual(5);
  for (const { outcome } of runs) expect(outcome.ending).toBe("deadline");
});

test("a destroy of 200 tasks looks at as many as it can within 5 seconds, and asks no more", async () => {
  const played = world(() => () => ({ status: "COMPLETE" }));
  const context = { ...played.context, never: true, destroying: true };
  const { result } = await run({ ...played, context }, query(numbered(200)));
  expect(played.time.now).toBeLessThan(5100);
  expect(played.calls).toHaveLength(26);
  expect(result).toMatchObject({ status: "UNREADABLE", task_count: "200" });
});

test("BDRC_TASK_WAIT=never looks at each of 200 tasks once, however long that takes", async () => {
  const played = world(() => () => ({ status: "COMPLETE" }));
  const context = { ...played.context, never: true };
  const { result } = await run({ ...played, context }, query(numbered(200)));
  expect(played.calls).toHaveLength(200);
  expect(result.status).toBe("COMPLETE");
});

test("a task that fails or is not there ends no other wait", async () => {
  const played = world((taskId) => (seconds) => {
    if (taskId === "t-1") return { status: "FAILED" };
    if (taskId === "t-2") return undefined;
    return { status: seconds < 300 ? "RUNNING" : "COMPLETE" };
  });
  const { runs } = await run(played, query(numbered(5)));
  expect(runs.map(({ result }) => result.status)).toEqual([
    "COMPLETE",
    "FAILED",
    "NOT_FOUND",
    "COMPLETE",
    "COMPLETE",
  ]);
  expect(played.calls.filter(({ taskId }) => taskId === "t-1")).toHaveLength(1);
});

describe("a wait at apply for many", () => {
  async function apply(scriptOf: (taskId: string) => Script, accept: string) {
    const played = world(scriptOf);
    const lines: string[] = [];
    const options = { label: "all", accept, print: (line: string) => lines.push(line) };
    const seen = waitAtApply(query(numbered(3), { timeout_seconds: "60" }), played.context, options);
    await played.time.runUntilIdle();
    return { seen: await seen, lines };
  }

  test("sees them when each has ended, however it ended", async () => {
    const { seen, lines } = await apply((id) => () => ({ status: id === "t-1" ? "FAILED" : "COMPLETE" }), "");
    expect(seen).toBe(true);
    expect(lines).toEqual([
      expect.stringMatching(/^all: t-0 COMPLETE · /),
      expect.stringMatching(/^all: t-1 FAILED · /),
      expect.stringMatching(/^all: t-2 COMPLETE · /),
    ]);
  });

  test("does not see them when one came to its deadline, and says which one", async () => {
    const { seen, lines } = await apply(
      (id) => () => ({ status: id === "t-1" ? "RUNNING" : "COMPLETE" }),
      "",
    );
    expect(seen).toBe(false);
    expect(lines.at(-1)).toMatch(/^\nTask t-1 did not end within /);
  });

  test("a deadline that may pass does not let a task pass that was never seen", async () => {
    const late = (id: string): Script => (id === "t-1" ? () => undefined : () => ({ status: "RUNNING" }));
    expect((await apply(late, "DEADLINE")).seen).toBe(false);
    expect((await apply(late, "DEADLINE,NOT_FOUND")).seen).toBe(true);
  });
});
