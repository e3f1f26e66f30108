import { createColors } from "picocolors";
import { barLine, timeText } from "../../lib/cli/bar-line";
import { isSilent, nextRow, type WaitRow } from "../../lib/cli/board";
import type { WaitEvent } from "../../lib/protocol/event";

const BEGIN = Date.UTC(2026, 2, 30);
const ID = "t-0004d9ctt1iiabcdefgh";
type Partly = { readonly second: number } & Record<string, unknown>;

/** The row after these events, each at a second of the wait. */
const rowOf = (...events: readonly Partly[]): WaitRow => {
  let row: WaitRow | undefined;
  for (const { second, ...rest } of events) {
    const at = new Date(BEGIN + second * 1000).toISOString();
    row = nextRow(row, { at, task_id: ID, waited_seconds: second, ...rest } as unknown as WaitEvent);
  }
  return row as WaitRow;
};
const start = { second: 0, type: "start", endpoint: "bdrc", timeout_seconds: 3600, wait: true };
const look = (second: number, progress: number | null, next: number | null = 10): Partly => ({
  second,
  type: "look",
  look: second,
  status: "RUNNING",
  progress,
  next_look_seconds: next,
});
const fault = {
  second: 5,
  type: "fault",
  look: 2,
  fault: "throttled",
  message: "HTTP 400 Throttling",
  next_look_seconds: 4,
};
const end = (status: string, problem = ""): Partly => ({
  second: 75,
  type: "end",
  status,
  problem,
  looks: 1,
});

const line = (row: WaitRow, second: number, columns = 120, colors = createColors(false)): string =>
  barLine(row, BEGIN + second * 1000, { colors, idWidth: 22, columns });

describe("the line of a wait", () => {
  test.each<[string, WaitRow, number, string]>([
    ["before its first look", rowOf(start), 1, `${ID} ░░░░░░░░░░░░░░░░░░░░░░░░   – % …        1s · looking`],
    [
      "with progress",
      rowOf(start, look(0, 4200)),
      3,
      `${ID} ██████████░░░░░░░░░░░░░░  42 % RUNNING  3s · next look in 7s`,
    ],
    [
      "with an estimate once progress rose twice",
      rowOf(start, look(0, 0), look(10, 1000), look(20, 2000)),
      20,
      `${ID} ████░░░░░░░░░░░░░░░░░░░░  20 % RUNNING  20s · about 1m 20s left · next look in 10s`,
    ],
    [
      "without progress",
      rowOf(start, look(0, null)),
      1,
      `${ID} ░░░░░░░░░░░░░░░░░░░░░░░░   – % RUNNING  1s · next look in 9s`,
    ],
    [
      "when a look is due",
      rowOf(start, look(0, 0)),
      10,
      `${ID} ░░░░░░░░░░░░░░░░░░░░░░░░   0 % RUNNING  10s · looking`,
    ],
    [
      "after a fault",
      rowOf(start, look(0, 5000), fault),
      6,
      `${ID} ████████████░░░░░░░░░░░░  50 % RUNNING  6s · HTTP 400 Throttling · next look in 3s`,
    ],
    [
      "after its end",
      rowOf(start, look(0, 10_000, null), end("COMPLETE")),
      900,
      `${ID} ████████████████████████ 100 % COMPLETE ended after 1m 15s · 1 look`,
    ],
    [
      "while its turn to look does not come",
      rowOf(start, look(0, 0), { second: 40, type: "queue" }),
      99,
      `${ID} ░░░░░░░░░░░░░░░░░░░░░░░░   0 % RUNNING  1m 39s · waits for its turn to look`,
    ],
    [
      "of a status that BDRC does not document",
      rowOf(start, { ...look(0, 0), status: "QUEUED", note: "QUEUED is not a status that BDRC documents" }),
      1,
      `${ID} ░░░░░░░░░░░░░░░░░░░░░░░░   0 % QUEUED   1s · QUEUED is not a status that BDRC documents`,
    ],
    [
      "of such a status once it has another one",
      rowOf(start, { ...look(0, 0), status: "QUEUED", note: "QUEUED is odd" }, look(5, 0)),
      6,
      `${ID} ░░░░░░░░░░░░░░░░░░░░░░░░   0 % RUNNING  6s · next look in 9s`,
    ],
    [
      "when its waiter gives no sign",
      rowOf(start, look(0, 0)),
      200,
      `${ID} ░░░░░░░░░░░░░░░░░░░░░░░░   0 % RUNNING  no sign of its waiter for 3m 20s`,
    ],
  ])("%s", (_, row, second, expected) => {
    expect(line(row, second)).toBe(expected);
  });

  test("is never wider than the terminal", () => {
    for (const columns of [1, 10, 40, 60, 80, 90, 100, 110]) {
      expect(line(rowOf(start, look(0, 0), fault), 5, columns).length).toBeLessThanOrEqual(columns);
    }
  });

  describe("in a narrow terminal", () => {
    const going = rowOf(start, look(0, 0), look(10, 1000), look(20, 2000));
    const silent = rowOf(start, look(0, 5000), {
      ...fault,
      fault: "transient",
      message: "HTTP 503 ServiceUnavailable",
      silent_seconds: 5,
      gives_up_seconds: 295,
    });
    const ended = rowOf(start, look(0, 10_000, null), end("COMPLETE"));

    const odd = rowOf(start, {
      ...look(0, 0),
      status: "QUEUED",
      note: "QUEUED is not a status that BDRC documents",
    });

    test.each<[number, WaitRow, string]>([
      [60, odd, "…abcdefgh   0 % QUEUED is not a status that BDRC documents"],
      [99, going, `${ID} ███░░░░░░░░░░░░░  20 % RUNNING  25s · about 1m 15s left · next look in 5s`],
      [80, going, `${ID} █░░░░░░░  20 % RUNNING  25s · about 1m 15s left`],
      [60, going, `${ID}  20 % RUNNING  about 1m 15s left`],
      [40, going, "…abcdefgh  20 % about 1m 15s left"],
      [30, going, " 20 % about 1m 15s left"],
      [20, going, "about 1m 15s left"],
      [
        120,
        silent,
        `${ID} ████████████░░░░░░░░░░░░  50 % RUNNING  no good answer for 10s, 4m 50s left before it gives up`,
      ],
      [60, silent, `${ID}  50 % gives up in 4m 50s`],
      [40, silent, "…abcdefgh  50 % gives up in 4m 50s"],
      [20, silent, "gives up in 4m 50s"],
      [60, ended, `${ID} 100 % COMPLETE ended after 1m 15s`],
      [40, ended, "…abcdefgh 100 % COMPLETE 1m 15s"],
      [30, ended, "100 % COMPLETE 1m 15s"],
      [20, ended, "COMPLETE 1m 15s"],
    ])("of %i columns what is left of the time is cut last", (columns, row, expected) => {
      expect(line(row, row === going ? 25 : 10, columns)).toBe(expected);
    });
  });

  test("is green when the task is complete, red when it ended otherwise, yellow after a fault", () => {
    const colors = createColors(true);
    const paint = (row: WaitRow): string => line(row, 6, 120, colors);
    expect(paint(rowOf(start, end("COMPLETE")))).toContain("\u001b[32m░");
    expect(paint(rowOf(start, end("COMPLETE", "no result")))).toContain("\u001b[31m░");
    expect(paint(rowOf(start, end("FAILED", "failed")))).toContain("\u001b[31m░");
    expect(paint(rowOf(start, fault))).toContain("\u001b[33m░");
    expect(paint(rowOf(start, look(0, 0)))).toContain("\u001b[36m░");
  });
});

describe("a row", () => {
  test("begins anew with a start, and is reopened by a look after an end", () => {
    const ended = rowOf(start, look(0, 5000), end("FAILED", "failed"));
    expect(
      nextRow(ended, { ...ended.end, ...start, at: new Date(BEGIN).toISOString() } as WaitEvent),
    ).toMatchObject({
      status: "",
      progress: undefined,
      looks: 0,
      end: undefined,
    });
    expect(rowOf(start, end("FAILED", "failed"), look(80, 1)).end).toBeUndefined();
  });

  test("is silent only a minute after its next look was due, and never once it has ended", () => {
    const row = rowOf(start, look(0, 0));
    expect(isSilent(row, BEGIN + 69_000)).toBe(false);
    expect(isSilent(row, BEGIN + 71_000)).toBe(true);
    expect(isSilent(rowOf(start, end("FAILED")), BEGIN + 9e9)).toBe(false);
  });

  test("that stands in a line lives as long as it says so", () => {
    const queued = rowOf(start, look(0, 0), ...[40, 70, 100].map((second) => ({ second, type: "queue" })));
    expect(isSilent(queued, BEGIN + 159_000)).toBe(false);
    expect(isSilent(queued, BEGIN + 161_000)).toBe(true);
    expect(
      nextRow(queued, { ...look(102, 1), at: new Date(BEGIN + 102_000).toISOString() } as never),
    ).toMatchObject({
      isQueued: false,
    });
  });

  test("whose beginning was not seen still counts from it", () => {
    expect(timeText(rowOf(look(30, 0)), BEGIN + 31_000)).toBe("31s · next look in 9s");
  });
});
