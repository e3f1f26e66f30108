import { ReceiptError } from "../../lib/waiter/receipt";
import { readStarted } from "../../lib/waiter/start";
import { Drawer, idOf, intent, rehearsed, start } from "./rehearse-start";

afterEach(() => rehearsed.bdrc?.close());

test("a started task is waited for, and its receipt is done when its end was seen", async () => {
  const { seen, drawer, lines, started } = await start({ newTask: { seconds: 30, counts: {} } });
  expect(seen).toBe(true);
  expect(started).toBe(1);
  expect(drawer.kept).toMatchObject({ taskId: expect.stringMatching(/^t-/) as string, done: true });
  expect(lines[0]).toMatch(/^inventory: t-\w+ started with UpdateResources$/);
});

test("after a task that ended badly the next apply starts another one, and the text says so", async () => {
  const first = await start({ newTask: { seconds: 1, ends: "FAILED" } });
  expect(first.seen).toBe(false);
  expect(first.drawer.kept).toHaveProperty("done", true);
  expect(first.lines.join("\n")).toMatch(
    /ended as FAILED\.\n(.*\n)+ +Next: .*apply again: that starts another task/,
  );
  await rehearsed.bdrc?.close();
  const second = await start({ newTask: { counts: {} } }, first.drawer);
  expect(second.started).toBe(1);
  expect(second.seen).toBe(true);
});

test("a task that was picked up and is not known any more gives way to another one", async () => {
  const drawer = new Drawer({ taskId: "t-old", startedAt: "2026-01-01T00:00:00.000Z", done: false });
  const { seen, started, lines } = await start({ newTask: { counts: {} } }, drawer);
  expect(seen).toBe(true);
  expect(started).toBe(1);
  expect(lines).toContain("inventory: BDRC does not know t-old any more; another task is started");
});

test("a task that does not end in time is not seen, and is picked up again instead of started anew", async () => {
  const first = await start({ newTask: { ends: "NEVER" } });
  expect(first.seen).toBe(false);
  expect(first.drawer.kept).toHaveProperty("done", false);
  await rehearsed.bdrc?.close();
  const id = idOf(first.drawer.kept);
  const second = await start({ tasks: { [id]: { counts: {} } } }, first.drawer);
  expect(second.started).toBe(0);
  expect(second.seen).toBe(true);
  expect(second.lines[0]).toMatch(/is picked up again$/);
});

test("a receipt whose task was seen to its end does not keep another apply from starting anew", async () => {
  const drawer = new Drawer({ taskId: "t-old", startedAt: "2026-01-01T00:00:00.000Z", done: true });
  const { started } = await start({ newTask: { counts: {} } }, drawer);
  expect(started).toBe(1);
  expect(idOf(drawer.kept)).not.toBe("t-old");
});

test("a throttled start is made again, since it certainly was not carried out", async () => {
  const fault = { kind: "throttle", retryAfterMs: 2000 } as const;
  const { seen, started } = await start({
    newTask: { counts: {} },
    outages: [{ toSeconds: 1, fault }],
  });
  expect(seen).toBe(true);
  expect(started).toBe(2);
});

test("a start without a good answer is not made again, and the text says that it may have happened", async () => {
  const { seen, started, lines, drawer } = await start({ outages: [{ fault: { kind: "reset" } }] });
  expect(seen).toBe(false);
  expect(started).toBe(1);
  expect(lines.join("\n")).toMatch(
    /No task was started: .*\n\n {2}Code: +START_UNCLEAR\n {2}Action: +UpdateResources(.*\n)+.*may have been started all the same/,
  );
  // The next apply looks for it.
  expect(drawer.kept).toHaveProperty("intendedAt");
});

test("without a receipt nothing is asked, and the text says where a task is started", async () => {
  const { query, context } = await start({ newTask: { counts: {} } });
  const before = rehearsed.bdrc?.calls.length ?? 0;
  const result = await readStarted(query, new Drawer(), context);
  expect(rehearsed.bdrc?.calls).toHaveLength(before);
  expect(result.status).toBe("UNREADABLE");
  expect(result.problem).toMatch(/^There is no receipt of a started task on this machine\.\n\n/);
});

test("the intent is kept before the start is asked for, and gives way to the receipt", async () => {
  const { drawer } = await start({ newTask: { counts: {} } });
  expect(drawer.log).toEqual([
    { intendedAt: expect.any(String) as string, notTaskId: "" },
    expect.objectContaining({ done: false }),
    expect.objectContaining({ done: true }),
  ]);
});

test("nothing is asked of the API when the intent cannot be kept", async () => {
  const drawer = new Drawer();
  drawer.write = () => {
    throw new ReceiptError("It cannot be kept.", drawer.file, "ENOSPC", "make room");
  };
  await expect(start({}, drawer)).rejects.toThrow(ReceiptError);
  expect(rehearsed.bdrc?.calls).toEqual([]);
});

test("a receipt that cannot be read starts nothing, and a read tells it instead of failing", async () => {
  const drawer = new Drawer();
  const { query, context } = await start({ newTask: { counts: {} } });
  await rehearsed.bdrc?.close();
  drawer.read = () => {
    throw new ReceiptError("It cannot be read.", drawer.file, "EACCES", "make it readable");
  };
  await expect(start({}, drawer)).rejects.toThrow(ReceiptError);
  expect(rehearsed.bdrc?.calls).toEqual([]);
  expect(await readStarted(query, drawer, context)).toMatchObject({
    status: "UNREADABLE",
    problem: expect.stringMatching(/^It cannot be read\./) as string,
  });
});

test("a start that was certainly refused leaves what was kept before it", async () => {
  const old = { taskId: "t-old", startedAt: "2026-01-01T00:00:00.000Z", done: true };
  const outages = [{ fault: { kind: "forbidden" } as const }];
  expect((await start({ outages })).drawer.kept).toBeUndefined();
  await rehearsed.bdrc?.close();
  expect((await start({ outages }, new Drawer(old))).drawer.kept).toEqual(old);
});

describe("after an apply that was killed in the middle of a start", () => {
  test("its task is found in the list and picked up, and no other one is started", async () => {
    const { seen, started, drawer, lines } = await start(
      { tasks: { "t-lost": { counts: {} } } },
      new Drawer(intent()),
    );
    expect([seen, started, idOf(drawer.kept)]).toEqual([true, 0, "t-lost"]);
    expect(lines[0]).toMatch(
      /^inventory: an apply was interrupted at \S+ while it started a task; it is looked for$/,
    );
    expect(lines[1]).toMatch(/^inventory: t-lost was started at \S+ and is picked up again$/);
  });

  test("its task is found behind many pages of others", async () => {
    const others = Object.fromEntries(
      Array.from({ length: 1200 }, (_, index) => [`t-${index}`, { taskType: "CHECK_RULES", counts: {} }]),
    );
    const mine = { "t-lost": { taskType: "UPDATE_RESOURCES", counts: {} } };
    const { started, drawer } = await start({ tasks: { ...mine, ...others } }, new Drawer(intent()));
    expect([started, idOf(drawer.kept)]).toEqual([0, "t-lost"]);
  });

  test("another one is started when the list holds none, and not by taking the one before", async () => {
    const { seen, started, lines } = await start(
      { newTask: { counts: {} }, tasks: { "t-before": { counts: {} } } },
      new Drawer(intent("t-before")),
    );
    expect([seen, started]).toEqual([true, 1]);
    expect(lines).toContain("inventory: BDRC lists no task of that start");
  });

  test("nothing is started while the list cannot be read, and the text names the permission", async () => {
    const { seen, started, lines, drawer } = await start(
      { outages: [{ fault: { kind: "forbidden" } }] },
      new Drawer(intent()),
    );
    expect([seen, started]).toEqual([false, 0]);
    expect(drawer.kept).toHaveProperty("intendedAt");
    expect(lines.join("\n")).toMatch(
      /the list of tasks cannot be read: HTTP 403 Forbidden\.RAM\.\n\n(.*\n)* +Permission: +bdrc:DescribeTasks on \*/,
    );
    expect(lines.join("\n")).toMatch(/Next: +grant it and apply again; or delete \S+inventory\.json when/);
  });
});
