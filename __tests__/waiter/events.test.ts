import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EndEvent } from "../../lib/protocol/event";
import { eventFile } from "../../lib/waiter/events";

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

test.each([undefined, ""])("without a file (%p) nothing happens", (file) => {
  expect(() => eventFile(file)(EVENT)).not.toThrow();
});

test("a file that cannot be written never ends a wait", () => {
  expect(() => eventFile(path.join(folder, "no", "such"))(EVENT)).not.toThrow();
  expect(() => eventFile(folder)(EVENT)).not.toThrow();
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
