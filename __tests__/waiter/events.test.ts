import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EndEvent, WaitEvent } from "../../lib/protocol/event";
import { eventFile, MOST_BYTES, MOST_FILES, type EventSink } from "../../lib/waiter/events";
import { privateFolder } from "../../lib/waiter/private-folder";

const EVENT: EndEvent = {
  type: "end",
  at: "2026-03-30T08:00:00.000Z",
  task_id: "t-1",
  waited_seconds: 1,
  status: "COMPLETE",
  problem: "a line\nand another",
  problem_code: "DEADLINE",
  looks: 1,
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "events-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("each event is appended as one line", () => {
  const file = path.join(folder, "events.ndjson");
  writeFileSync(file, "kept\n");
  const sink = eventFile(file);
  sink(EVENT);
  sink({ ...EVENT, looks: 2 });
  expect(readFileSync(file, "utf8")).toBe(
    `kept\n${JSON.stringify(EVENT)}\n${JSON.stringify({ ...EVENT, looks: 2 })}\n`,
  );
});

test("a file that the waiter makes is for its user alone", () => {
  const file = path.join(folder, "events.ndjson");
  eventFile(file)(EVENT);
  expect(statSync(file).mode & 0o077).toBe(0);
});

const LOOK: WaitEvent = {
  type: "look",
  at: "2026-03-30T08:00:00.000Z",
  task_id: "t-1",
  waited_seconds: 0,
  look: 1,
  status: "RUNNING",
  progress: 0,
  next_look_seconds: 5,
};

describe.each([undefined, ""])("without a variable (%p)", (nothing) => {
  let shared: string;
  beforeEach(() => (shared = path.join(folder, `bdrc-task-${process.getuid?.()}`)));
  const sinkIn = (temp = folder): EventSink => eventFile(nothing, () => privateFolder(temp));

  test("a wait that goes on keeps its events in a file of its own in the private folder, from its start on", () => {
    const sink = sinkIn();
    const start: WaitEvent = { ...LOOK, type: "start", endpoint: "h", timeout_seconds: 1, wait: true };
    [start, LOOK, EVENT].forEach(sink);
    const [name = "", ...others] = readdirSync(shared);
    expect(others).toEqual([]);
    expect(name).toMatch(new RegExp(`^\\d{13}-${process.pid}\\.ndjson$`));
    expect(readFileSync(path.join(shared, name), "utf8")).toBe(
      [start, LOOK, EVENT].map((event) => `${JSON.stringify(event)}\n`).join(""),
    );
    expect(statSync(path.join(shared, name)).mode & 0o077).toBe(0);
  });

  test("a wait that stands in a line before its first look can be seen as well", () => {
    const { at, task_id, waited_seconds } = LOOK;
    sinkIn()({ type: "queue", at, task_id, waited_seconds });
    expect(readdirSync(shared)).toHaveLength(1);
  });

  test("a look that nothing follows leaves nothing behind", () => {
    [{ ...LOOK, next_look_seconds: null }, EVENT].forEach(sinkIn());
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a file that has become large begins anew", () => {
    const sink = sinkIn();
    sink(LOOK);
    const file = path.join(shared, readdirSync(shared)[0] ?? "");
    writeFileSync(file, "x".repeat(MOST_BYTES + 1));
    sink(LOOK);
    expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(LOOK)}\n`);
  });

  test("what is days old is removed, and the oldest of too many, and nothing else", () => {
    mkdirSync(shared, { mode: 0o700 });
    const now = Date.now();
    const old = `${now - 3 * 86_400_000}`;
    mkdirSync(path.join(shared, `${old}-run-abc`));
    writeFileSync(path.join(shared, `${old}-run-abc`, "1.ndjson"), "");
    const names = Array.from({ length: MOST_FILES + 5 }, (_, index) => `${now - 9999 + index}-1.ndjson`);
    [`${old}-7.ndjson`, "looks", ...names].forEach((name) => writeFileSync(path.join(shared, name), ""));
    sinkIn()(LOOK);
    const kept = readdirSync(shared).filter((name) => !name.endsWith(`-${process.pid}.ndjson`));
    expect(kept.sort()).toEqual([...names.slice(5), "looks"].sort());
  });

  test.each<[string, () => string]>([
    ["is a link", () => (symlinkSync(mkdtempSync(path.join(folder, "elsewhere-")), shared), folder)],
    ["is open to others", () => (mkdirSync(shared, { mode: 0o755 }), folder)],
    ["cannot be made", () => path.join(folder, "no", "such")],
  ])("a private folder that %s is left alone, and never ends a wait", (_, plant) => {
    const temp = plant();
    const before = readdirSync(folder, { recursive: true });
    expect(() => [LOOK, EVENT].forEach(sinkIn(temp))).not.toThrow();
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
});

test("in a folder that is named each waiter has a file of its own, from its first event on", () => {
  eventFile(folder)(EVENT);
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\d{13}-\d+\.ndjson$/)]);
});

test("a file that cannot be written never ends a wait", () => {
  expect(() => eventFile(path.join(folder, "no", "such"))(EVENT)).not.toThrow();
  expect(() => eventFile("a\0b")(EVENT)).not.toThrow();
});

test("a named pipe that nobody reads does not hold up the wait", () => {
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(() => eventFile(pipe)(EVENT)).not.toThrow();
});

test("a file that is taken away between two events is made anew", () => {
  const file = path.join(folder, "events.ndjson");
  const sink = eventFile(file);
  sink(EVENT);
  rmSync(file);
  sink(EVENT);
  expect(readFileSync(file, "utf8")).toBe(`${JSON.stringify(EVENT)}\n`);
});
