import { startFakeBdrc, type FakeBdrc, type FakeBdrcOptions } from "../../lib/testing/fake-bdrc";
import { readQuery, type StartQuery } from "../../lib/waiter/read-query";
import type { Receipt, ReceiptFile } from "../../lib/waiter/receipt";
import { readStarted, startAtApply } from "../../lib/waiter/start";
import { VirtualClock } from "./virtual-wait";

let bdrc: FakeBdrc;
afterEach(() => bdrc.close());

class Drawer implements ReceiptFile {
  constructor(public kept?: Receipt) {}
  read(): Receipt | undefined {
    return this.kept;
  }
  write(receipt: Receipt): void {
    this.kept = receipt;
  }
}

async function start(options: FakeBdrcOptions, drawer = new Drawer(), form: Record<string, string> = {}) {
  const clock = new VirtualClock();
  const base = Date.now();
  bdrc = await startFakeBdrc({ ...options, now: () => base + clock.time });
  const request = JSON.stringify({ action: "UpdateResources", form, triggers: {} });
  const query = readQuery(
    JSON.stringify({ start: request, receipt: "inventory", endpoint: bdrc.endpoint, timeout_seconds: "60" }),
  ) as StartQuery;
  const lines: string[] = [];
  const context = { clock, environment: { ...bdrc.environment }, events: () => undefined, never: false };
  const seen = await startAtApply(query, drawer, context, {
    label: "inventory",
    accept: "",
    print: (line) => lines.push(line),
  });
  const started = bdrc.calls.filter((call) => call.operation === "UpdateResources").length;
  return { seen, drawer, lines, started, query, context };
}

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
  expect(first.drawer.kept?.done).toBe(true);
  expect(first.lines.join("\n")).toMatch(
    /ended as FAILED\.\n(.*\n)+ +Next: .*apply again: that starts another task/,
  );
  await bdrc.close();
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
  expect(first.drawer.kept?.done).toBe(false);
  await bdrc.close();
  const id = first.drawer.kept?.taskId ?? "";
  const second = await start({ tasks: { [id]: { counts: {} } } }, first.drawer);
  expect(second.started).toBe(0);
  expect(second.seen).toBe(true);
  expect(second.lines[0]).toMatch(/is picked up again$/);
});

test("a receipt whose task was seen to its end does not keep another apply from starting anew", async () => {
  const drawer = new Drawer({ taskId: "t-old", startedAt: "2026-01-01T00:00:00.000Z", done: true });
  const { started } = await start({ newTask: { counts: {} } }, drawer);
  expect(started).toBe(1);
  expect(drawer.kept?.taskId).not.toBe("t-old");
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
    /No task was started: .*\n\n {2}Action: +UpdateResources(.*\n)+.*may have been started all the same/,
  );
  expect(drawer.kept).toBeUndefined();
});

test("without a receipt nothing is asked, and the text says where a task is started", async () => {
  const { query, context } = await start({ newTask: { counts: {} } });
  const before = bdrc.calls.length;
  const result = await readStarted(query, new Drawer(), context);
  expect(bdrc.calls).toHaveLength(before);
  expect(result.status).toBe("UNREADABLE");
  expect(result.problem).toMatch(/^There is no receipt of a started task on this machine\.\n\n/);
});
