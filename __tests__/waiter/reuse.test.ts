import type { TaskScript } from "../../lib/testing";
import { ReceiptError } from "../../lib/waiter/receipt";
import { readStarted } from "../../lib/waiter/start";
import { Drawer, idOf, rehearsed, start } from "./rehearse-start";

afterEach(() => rehearsed.bdrc?.close());

const COUNTS = { "ACS::ECS::Instance": 2, "ACS::OSS::Bucket": 7 };
const hours = (ago: number, more: TaskScript = {}): TaskScript => ({
  ageSeconds: ago * 3600,
  counts: COUNTS,
  ...more,
});
const REUSE = { reuse_seconds: String(6 * 3600) };
const reuse = (
  tasks: Record<string, TaskScript>,
  drawer = new Drawer(),
  newTask: TaskScript = { counts: {} },
) => start({ tasks, newTask }, drawer, {}, REUSE);

test("a task that completed within the time is taken, nothing is started, and one line says which it was and why", async () => {
  const { seen, started, drawer, lines, query, context } = await reuse({
    "t-fresh": hours(2),
    "t-older": hours(4),
    "t-buckets": hours(1, { counts: { "ACS::OSS::Bucket": 1 } }),
  });
  expect([seen, started, idOf(drawer.kept)]).toEqual([true, 0, "t-fresh"]);
  expect(lines[0]).toMatch(
    /^inventory: t-fresh is taken instead of starting another one: the newest UPDATE_RESOURCES of all resource types under way or completed within 6h, COMPLETE at \S+Z$/,
  );
  // The read after it gets the same.
  const result = await readStarted(query, drawer, context);
  expect(result).toMatchObject({ task_id: "t-fresh", problem: "", total_count: "9" });
  expect(`inventory: ${result.choice}`).toBe(lines[0]);
});

test("one that is under way is waited for instead of starting a second one", async () => {
  const { seen, started, drawer } = await reuse({ "t-runs": { seconds: 30, counts: COUNTS } });
  expect([seen, started]).toEqual([true, 0]);
  expect(drawer.kept).toMatchObject({ taskId: "t-runs", done: true });
});

test("without one that is fresh enough a task is started, and the same line says what there was instead", async () => {
  const { seen, started, lines } = await reuse({ "t-old": hours(7), "t-bad": hours(1, { ends: "FAILED" }) });
  expect([seen, started]).toEqual([true, 1]);
  expect(lines[0]).toMatch(
    /^inventory: t-\w+ started with UpdateResources: there is no UPDATE_RESOURCES of all resource types under way or completed within 6h, but t-bad FAILED 1h ago; t-old COMPLETE 7h ago$/,
  );
});

test("behind many pages the one that is fresh enough is found", async () => {
  const others = Object.fromEntries(
    Array.from({ length: 1100 }, (_, index) => [`t-${index}`, hours(1, { ends: "CANCELED" })]),
  );
  const { started, drawer } = await reuse({ "t-fresh": hours(5), ...others });
  expect([started, idOf(drawer.kept)]).toEqual([0, "t-fresh"]);
});

test("one that ended badly while it was waited for is not taken again by the next apply", async () => {
  const first = await reuse({ "t-runs": { seconds: 5, ends: "FAILED", partialCounts: COUNTS } });
  expect([first.seen, first.started]).toEqual([false, 0]);
  await rehearsed.bdrc?.close();
  const second = await reuse({ "t-runs": hours(0) }, first.drawer);
  expect([second.seen, second.started]).toEqual([true, 1]);
});

test("one whose wait was interrupted is picked up again before the list is asked", async () => {
  const drawer = new Drawer({ taskId: "t-mine", startedAt: "2026-11-27T22:00:00.000Z", done: false });
  const { started, lines } = await reuse({ "t-mine": hours(3), "t-newer": hours(1) }, drawer);
  expect(started).toBe(0);
  expect(lines[0]).toMatch(/^inventory: t-mine was started at \S+ and is picked up again$/);
});

test("nothing is started while the list cannot be read, and the text names the permission", async () => {
  const { seen, started, lines, drawer } = await start(
    { outages: [{ fault: { kind: "forbidden" } }] },
    new Drawer(),
    {},
    REUSE,
  );
  expect([seen, started, drawer.kept]).toEqual([false, 0, undefined]);
  expect(lines.join("\n")).toMatch(
    /No task was started, since the list of tasks cannot be read: HTTP 403 Forbidden\.RAM\.\n\n(.*\n)* +Permission: +bdrc:DescribeTasks on \*/,
  );
});

test("neither is a task taken nor one started when that cannot be remembered", async () => {
  for (const tasks of [{ "t-fresh": hours(2) }, {}] as Record<string, TaskScript>[]) {
    const drawer = new Drawer();
    drawer.write = () => {
      throw new ReceiptError("It cannot be kept.", drawer.file, "ENOSPC", "make room");
    };
    await expect(reuse(tasks, drawer)).rejects.toThrow(ReceiptError);
    expect(rehearsed.bdrc?.calls.map(({ operation }) => operation)).toEqual(["DescribeTasks"]);
    await rehearsed.bdrc?.close();
  }
});

test("the intent is kept before a task is started although the list was read first", async () => {
  const { drawer } = await reuse({});
  expect(drawer.log[0]).toHaveProperty("intendedAt");
  expect(drawer.log[1]).toMatchObject({ done: false });
});

describe("a start that is not waited for", () => {
  const only = { start_only: "true" };

  test("ends as soon as the id is known, which the read gives without asking anything", async () => {
    const { seen, started, drawer, query, context } = await start(
      { newTask: { ends: "NEVER" } },
      new Drawer(),
      {},
      only,
    );
    expect([seen, started]).toEqual([true, 1]);
    expect(drawer.kept).toMatchObject({ done: true });
    expect(rehearsed.bdrc?.calls).toHaveLength(1);
    const result = await readStarted(query, drawer, context);
    expect(rehearsed.bdrc?.calls).toHaveLength(1);
    expect(result).toMatchObject({ task_id: idOf(drawer.kept), status: "STARTED" });
    // It is no success: nobody has seen one.
    expect(result.problem).toBe(`Task ${idOf(drawer.kept)} was started and not waited for.`);
  });

  test("takes one that is fresh enough, too", async () => {
    const { seen, started, drawer } = await start(
      { tasks: { "t-fresh": hours(2) } },
      new Drawer(),
      {},
      { ...only, ...REUSE },
    );
    expect([seen, started, idOf(drawer.kept)]).toEqual([true, 0, "t-fresh"]);
  });

  test("that was interrupted after its answer is not made again", async () => {
    const kept = { taskId: "t-mine", startedAt: "2026-11-27T22:00:00.000Z", done: false };
    const { seen, started } = await start({}, new Drawer(kept), {}, only);
    expect([seen, started]).toEqual([true, 0]);
  });
});

test("a change of accounts is asked for with PATCH, and a result that no page promises is not missed", async () => {
  const targets = JSON.stringify([{ TargetId: "1234567890123456", TargetType: "ACCOUNT" }]);
  const { seen, started, drawer, query, context } = await start(
    { newTask: { seconds: 2 } },
    new Drawer(),
    { CreateTargets: targets },
    {},
    "UpdateCrossAccounts",
  );
  expect([seen, started]).toEqual([true, 1]);
  expect(rehearsed.bdrc?.calls[0]).toMatchObject({
    method: "PATCH",
    path: "/api/v1/cross-accounts",
    status: 200,
  });
  expect(await readStarted(query, drawer, context)).toMatchObject({ problem: "", total_count: "0" });
});
