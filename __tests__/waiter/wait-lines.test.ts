import type { WaitEvent } from "../../lib/protocol/event";
import { silenceText, WaitLines } from "../../lib/waiter/wait-lines";

const common = (seconds: number, id = "t-1") => ({
  at: "2026-03-30T00:00:00.000Z",
  task_id: id,
  waited_seconds: seconds,
});
const look = (
  seconds: number,
  progress: number | null,
  more: { id?: string; status?: string; last?: true } = {},
) =>
  ({
    ...common(seconds, more.id),
    type: "look",
    look: 1,
    status: more.status ?? "RUNNING",
    progress,
    next_look_seconds: more.last ? null : 5,
  }) as const;
const fault = (seconds: number, message: string, last = false, kind = "transient"): WaitEvent => ({
  ...common(seconds),
  type: "fault",
  look: 1,
  fault: kind,
  problem_code: "OUTAGE",
  message,
  next_look_seconds: last ? null : 5,
});
const end = (seconds: number, status = "COMPLETE", id = "t-1"): WaitEvent => ({
  ...common(seconds, id),
  type: "end",
  status,
  problem: "",
  problem_code: "",
  looks: 3,
});

test("the very first line says how much is left when the look tells how long the task has run", () => {
  const joined = { ...look(0.2, 5000), running_seconds: 240 };
  expect(linesOf([joined])).toEqual(["inventory: t-1 RUNNING 50 % · 200ms · about 4m left"]);
});

test("the first line says nothing of what is left when a task has only begun", () => {
  expect(linesOf([{ ...look(0.2, 0), running_seconds: 1 }])).toEqual(["inventory: t-1 RUNNING 0 % · 200ms"]);
});

/** The lines that these events bring, in order. */
function linesOf(events: readonly WaitEvent[], label = "inventory"): string[] {
  const lines = new WaitLines(label);
  return events.map((event) => lines.line(event)).filter((line) => line !== undefined);
}

test("a line is written when status or whole percents have changed, and not otherwise", () => {
  expect(
    linesOf([
      look(0, null, { status: "CREATED" }),
      look(5, null, { status: "CREATED" }),
      look(10, 0),
      look(15, 4),
      look(20, 99),
      look(25, 100),
    ]),
  ).toEqual([
    "inventory: t-1 CREATED · 0ms",
    "inventory: t-1 RUNNING 0 % · 10s",
    expect.stringMatching(/^inventory: t-1 RUNNING 1 % · 25s/),
  ]);
});

test("what is left is told once it is known, in seconds when it is short and in minutes when it is long", () => {
  const short = linesOf([look(0, 0), look(10, 1000), look(20, 2000)]);
  expect(short.at(-1)).toBe("inventory: t-1 RUNNING 20 % · 20s · about 1m 20s left");
  const long = linesOf([look(0, 0), look(60, 1000), look(120, 2000)]);
  expect(long.at(-1)).toBe("inventory: t-1 RUNNING 20 % · 2m · about 8m left");
  expect(short[1]).toBe("inventory: t-1 RUNNING 10 % · 10s");
});

test("the end is one line, whatever the last look brought", () => {
  expect(linesOf([look(0, 0), look(5, 10_000, { status: "COMPLETE", last: true }), end(5)])).toEqual([
    "inventory: t-1 RUNNING 0 % · 0ms",
    "inventory: t-1 COMPLETE · 5s",
  ]);
  expect(linesOf([fault(300, "HTTP 502", true), end(300, "UNREADABLE")])).toEqual([
    "inventory: t-1 UNREADABLE · 5m",
  ]);
});

test("a fault is told once for as long as it lasts, another one as well, and the task when it is back", () => {
  expect(
    linesOf([
      look(0, 0),
      fault(5, "HTTP 502"),
      fault(10, "HTTP 502"),
      fault(15, "no connection"),
      look(20, 0),
      look(25, 0),
      fault(30, "no connection"),
    ]),
  ).toEqual([
    "inventory: t-1 RUNNING 0 % · 0ms",
    "inventory: t-1 no good answer: HTTP 502 · 5s",
    "inventory: t-1 no good answer: no connection · 15s",
    "inventory: t-1 RUNNING 0 % · 20s",
    "inventory: t-1 no good answer: no connection · 30s",
  ]);
});

test("each of many tasks has changes of its own", () => {
  expect(
    linesOf([
      look(0, 0, { id: "t-1" }),
      look(0, 0, { id: "t-2" }),
      look(5, 0, { id: "t-1" }),
      end(5, "FAILED", "t-2"),
    ]),
  ).toEqual([
    "inventory: t-1 RUNNING 0 % · 0ms",
    "inventory: t-2 RUNNING 0 % · 0ms",
    "inventory: t-2 FAILED · 5s",
  ]);
});

test("without a label a line begins with the task", () => {
  expect(linesOf([end(0)], "")).toEqual(["t-1 COMPLETE · 0ms"]);
});

test("the start of a wait brings no line", () => {
  const start: WaitEvent = { ...common(0), type: "start", endpoint: "h", timeout_seconds: 1, wait: true };
  expect(linesOf([start])).toEqual([]);
});

test.each([
  ["missing", "not found: HTTP 404 TaskNotFound"],
  ["throttled", "throttled: HTTP 404 TaskNotFound"],
  ["refused", "refused: HTTP 404 TaskNotFound"],
  ["stale", "credentials refused, renewed: HTTP 404 TaskNotFound"],
  ["transient", "no good answer: HTTP 404 TaskNotFound"],
])("an answer is never called none: a fault that is %s", (kind, said) => {
  expect(linesOf([fault(3, "HTTP 404 TaskNotFound", false, kind)])).toEqual([`inventory: t-1 ${said} · 3s`]);
});

test("a status that BDRC does not document is said at the first look, once", () => {
  const note = "QUEUED is not a status that BDRC documents; it is taken for a task under way";
  const odd = (seconds: number, progress: number) => ({
    ...look(seconds, progress, { status: "QUEUED" }),
    note,
  });
  expect(linesOf([odd(0, 100), odd(5, 200), look(10, 300)])).toEqual([
    `inventory: t-1 QUEUED 1 % · 0ms · ${note}`,
    expect.stringMatching(/^inventory: t-1 QUEUED 2 % · 5s( · about .* left)?$/),
    expect.stringMatching(/^inventory: t-1 RUNNING 3 % · 10s/),
  ]);
});

describe("no answer", () => {
  test.each([
    [0, 300_000, "no good answer, 5m left before it gives up"],
    [999, 299_001, "no good answer, 4m 59s left before it gives up"],
    [40_000, 260_000, "no good answer for 40s, 4m 20s left before it gives up"],
    [299_700, 300, "no good answer for 5m, 0ms left before it gives up"],
  ])("for %i ms with %i ms left is said in whole seconds", (silent, left, text) => {
    expect(silenceText(silent, left)).toBe(text);
  });

  const silent = (seconds: number, message = "HTTP 503"): WaitEvent =>
    ({
      ...fault(seconds, message),
      silent_seconds: seconds - 5,
      gives_up_seconds: 305 - seconds,
    }) as WaitEvent;

  test("is told again each minute for as long as the same fault goes on, with the time that is left then", () => {
    const seconds = [5, 20, 64, 65, 100, 124, 126];
    expect(linesOf(seconds.map((second) => silent(second)))).toEqual([
      "inventory: t-1 no good answer, 5m left before it gives up: HTTP 503 · 5s",
      "inventory: t-1 no good answer for 1m, 4m left before it gives up: HTTP 503 · 1m 5s",
      "inventory: t-1 no good answer for 2m 1s, 2m 59s left before it gives up: HTTP 503 · 2m 6s",
    ]);
  });

  test("is told at once when another fault takes the place of the one before, and the minute begins anew", () => {
    expect(
      linesOf([silent(5), silent(50, "HTTP 502"), silent(70, "HTTP 502"), silent(110, "HTTP 502")]),
    ).toHaveLength(3);
  });

  test("is told anew when the task was seen in between", () => {
    expect(linesOf([silent(5), look(10, 0), silent(15)])).toHaveLength(3);
  });

  test("is no matter of a look that none follows, nor is a turn that has not come", () => {
    expect(linesOf([fault(5, "HTTP 503", true), { ...common(40), type: "queue" }])).toEqual([]);
  });
});
