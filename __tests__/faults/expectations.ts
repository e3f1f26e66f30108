import type { FaultClass } from "../../lib/waiter/failure";
import type { TaskScript } from "../../lib/testing/task-script";
import { FAULTS, type FaultRow } from "./faults";

/** Which looks meet the fault. */
export const POSITIONS = ["first look", "middle", "last look", "for ever"] as const;
export type Position = (typeof POSITIONS)[number];

/** Permanent keys, or temporary ones with a token. */
export const KEY_KINDS = ["AK", "STS"] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** What a run must come to. */
export interface Expected {
  readonly status: "COMPLETE" | "RUNNING" | "NOT_FOUND" | "UNREADABLE";
  /** The begin of the problem, after "Task <id> "; empty for none. */
  readonly says: string;
  /** The longest it may take by the rules, in seconds; the run gets some more for a slow machine. */
  readonly withinSeconds: number;
  /** How many calls it makes, when the rules leave no choice. */
  readonly calls?: number;
}

/** One run of the matrix. */
export interface Cell {
  readonly row: FaultRow;
  readonly position: Position;
  readonly keys: KeyKind;
  readonly taskId: string;
  readonly script: TaskScript;
  readonly query: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

const done = (withinSeconds: number, calls?: number): Expected => ({
  status: "COMPLETE",
  says: "",
  withinSeconds,
  ...(calls === undefined ? {} : { calls }),
});
const refused: Expected = { status: "UNREADABLE", says: "cannot be read: HTTP ", withinSeconds: 1 };

/** The rules of the design, as a table: what becomes of a wait that meets a fault of a class. */
function expect(faultClass: FaultClass, position: Position): Expected {
  if (faultClass === "refused" || faultClass === "clock") {
    // Two looks come before: the first one at once, the second after the first gap of the schedule.
    const before = position === "middle" ? 13 : position === "last look" ? 2 : 0;
    return { ...refused, withinSeconds: before + 1, calls: before === 0 ? 1 : 2 };
  }
  switch (position) {
    case "first look":
      return done(faultClass === "throttled" ? 17 : 16, 2);
    case "middle":
      return done(faultClass === "throttled" ? 30 : 28, 3);
    case "last look":
      return {
        status: "RUNNING",
        says: "did not end within 2s: it is RUNNING.",
        withinSeconds: 17,
        calls: 2,
      };
    case "for ever":
      break;
  }
  switch (faultClass) {
    case "throttled":
      return { status: "UNREADABLE", says: "did not end within 3s: it was never seen.", withinSeconds: 3 };
    case "missing":
      return { status: "NOT_FOUND", says: "was not found: BDRC at ", withinSeconds: 13 };
    case "stale":
      return { ...refused, calls: 2 };
    case "transient":
      return { status: "UNREADABLE", says: "cannot be read: no good answer from ", withinSeconds: 7 };
  }
}

function scriptOf({ fault }: FaultRow, position: Position): TaskScript {
  const counts = { "ACS::OSS::Bucket": 3 };
  switch (position) {
    case "first look":
      return { counts, faults: [{ ...fault, look: 1 }] };
    case "middle":
      return { counts, seconds: 1, startsAtFirstLook: true, faults: [{ ...fault, look: 2 }] };
    case "last look":
      return { ends: "NEVER", faults: [{ ...fault, look: { from: 2 } }] };
    case "for ever":
      return { counts, faults: [fault] };
  }
}

function queryOf(faultClass: FaultClass, position: Position): Record<string, string> {
  switch (position) {
    case "first look":
    case "middle":
      return { timeout_seconds: "60" };
    // Shorter than the first gap can be, so that the second look falls on the deadline.
    case "last look":
      return { timeout_seconds: "2" };
    case "for ever":
      return { timeout_seconds: faultClass === "throttled" ? "3" : "60", max_outage_seconds: "2" };
  }
}

/** Every run of the matrix, the long ones first so that they do not trail behind. */
export function cells(): Cell[] {
  const all = FAULTS.flatMap((row, index) =>
    POSITIONS.flatMap((position, place) =>
      KEY_KINDS.map((keys): Cell => ({
        row,
        position,
        keys,
        taskId: `t-fault${index}at${place}`,
        script: scriptOf(row, position),
        query: queryOf(row.class, position),
        expected: expect(row.class, position),
      })),
    ),
  );
  return all.sort((a, b) => b.expected.withinSeconds - a.expected.withinSeconds);
}
