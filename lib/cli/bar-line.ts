import type { createColors } from "picocolors";
import { COMPLETE } from "../protocol/status";
import { printable } from "../waiter/printable";
import { percent } from "../waiter/report";
import { isSilent, remainingOf, waitedOf, type WaitRow } from "./board";
import { shortDuration } from "./time";

type Colors = ReturnType<typeof createColors>;

/** How a line is laid out. */
export interface BarStyle {
  readonly colors: Colors;
  /** The width of the column of task ids. */
  readonly idWidth: number;
  /** The width of the terminal, in characters. */
  readonly columns: number;
}

/** What a line says, each part of it undefined or "" when it is left out. */
interface Parts {
  readonly id: string;
  readonly bar: string;
  readonly percent: string;
  readonly status: string;
  readonly waited: string;
  /** How it ended, how long no good answer came, or what is left: what a reader wants to know above all. */
  readonly main: string;
  readonly fault: string;
  readonly next: string;
}

/** What goes when a terminal is too narrow, one after the other; what is left of the time is cut last. */
const CUTS: readonly ((parts: Parts, row: WaitRow) => Partial<Parts>)[] = [
  () => ({ next: "" }),
  ({ main }) => (main === "" ? {} : { fault: "" }),
  ({ main, fault, waited }) => ({ waited: main === "" && fault === "" ? waited : "" }),
  (parts, row) => ({ bar: bar(row.progress, Math.min(8, parts.bar.length)) }),
  () => ({ bar: "" }),
  ({ id }) => ({ id: id.trim() }),
  ({ main }) => ({ main: main.replace(/ · \d+ looks?$/, "") }),
  (_, row) => (row.end ? {} : { status: "" }),
  ({ main }) => ({
    main: main.replace(/^no good answer.*, (.+) left before it gives up$/, "gives up in $1"),
  }),
  ({ main }) => ({ main: main.replace(/^ended after ([^·]+).*$/, "$1").trim() }),
  ({ id }) => ({ id: id.length > 9 ? `…${id.slice(-8)}` : id }),
  () => ({ id: "" }),
  (_, row) => (row.end ? { percent: "" } : {}),
  ({ main, fault }) => (main === "" && fault === "" ? {} : { percent: "" }),
];

/** The line of one wait on a terminal: id, bar, percent, status, and what is known of the time. */
export function barLine(row: WaitRow, now: number, { colors, idWidth, columns }: BarStyle): string {
  let parts = partsOf(row, now, { idWidth, columns });
  for (const cut of CUTS) {
    if (lengthOf(parts) <= columns) break;
    parts = { ...parts, ...cut(parts, row) };
  }
  const paint = colorOf(row, colors);
  const columnsOf: [text: string, paint: (text: string) => string][] = [
    [parts.id, String],
    [parts.bar, paint],
    [parts.percent, String],
    [parts.status, paint],
    [timeOf(parts), colors.dim],
  ];
  let room = columns;
  const shown = columnsOf.map(([text, paintPart]) => {
    const cut = text.slice(0, Math.max(0, room));
    if (cut === "") return "";
    room -= cut.length + 1;
    return paintPart(cut);
  });
  return shown.filter((text) => text !== "").join(" ");
}

/** What is known of the time: waited, left, next look; or how it ended. */
export function timeText(row: WaitRow, now: number): string {
  return timeOf(partsOf(row, now, { idWidth: 0, columns: 120 }));
}

/** A number and its noun: 1 look, 2 looks. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function partsOf(
  row: WaitRow,
  now: number,
  { idWidth, columns }: Pick<BarStyle, "idWidth" | "columns">,
): Parts {
  const begin = {
    id: printable(row.taskId).padEnd(idWidth),
    bar: bar(row.progress, columns >= 109 ? 24 : columns >= 89 ? 16 : 8),
    percent: percentColumn(row),
    status: (printable(row.status) || "…").padEnd(8),
  };
  const none = { waited: "", fault: "", next: "" };
  const waited = shortDuration(waitedOf(row, now));
  if (row.end) return { ...begin, ...none, main: `ended after ${waited} · ${count(row.looks, "look")}` };
  if (isSilent(row, now)) {
    return { ...begin, ...none, main: `no sign of its waiter for ${shortDuration(now - row.lastSign)}` };
  }
  return { ...begin, waited, main: mainOf(row, now), fault: faultOf(row), next: nextOf(row, now) };
}

function mainOf(row: WaitRow, now: number): string {
  if (row.fault) return silenceOf(row, now);
  const left = remainingOf(row, now);
  return left === undefined ? "" : `about ${shortDuration(left)} left`;
}

/** `no good answer for 40s, 4m 20s left before it gives up`; "" where that does not count. */
function silenceOf({ fault }: WaitRow, now: number): string {
  if (!fault?.silence) return "";
  const { since, until } = fault.silence;
  return `no good answer for ${shortDuration(now - since)}, ${shortDuration(until - now)} left before it gives up`;
}

function faultOf({ fault, note }: WaitRow): string {
  return printable(fault?.message ?? note ?? "");
}

function nextOf({ nextLook, looks, isQueued }: WaitRow, now: number): string {
  if (isQueued) return "waits for its turn to look";
  if (nextLook === undefined) return looks === 0 ? "looking" : "";
  const gap = Math.max(0, nextLook - now);
  return gap < 500 ? "looking" : `next look in ${shortDuration(gap)}`;
}

function timeOf({ waited, main, fault, next }: Parts): string {
  return [waited, main, fault, next].filter((text) => text !== "").join(" · ");
}

function lengthOf(parts: Parts): number {
  const { id, bar: drawn, percent: share, status } = parts;
  return [id, drawn, share, status, timeOf(parts)].filter((text) => text !== "").join(" ").length;
}

function bar(progress: number | undefined, width: number): string {
  const full =
    progress === undefined ? 0 : Math.floor((Math.min(10_000, Math.max(0, progress)) / 10_000) * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

function percentColumn(row: WaitRow): string {
  return (row.progress === undefined ? "  – %" : percent(row.progress)).padStart(5);
}

function colorOf(row: WaitRow, colors: Colors): (text: string) => string {
  if (!row.end) return row.fault ? colors.yellow : colors.cyan;
  return row.end.status === COMPLETE && row.end.problem === "" ? colors.green : colors.red;
}
