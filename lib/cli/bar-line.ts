import type { createColors } from "picocolors";
import { COMPLETE } from "../protocol/status";
import { percent } from "../waiter/report";
import { isSilent, remainingOf, waitedOf, type WaitRow } from "./board";
import { printable } from "../waiter/printable";
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

/** The line of one wait on a terminal: id, bar, percent, status, and what is known of the time. */
export function barLine(row: WaitRow, now: number, { colors, idWidth, columns }: BarStyle): string {
  const width = columns >= 110 ? 24 : columns >= 90 ? 16 : 8;
  const paint = colorOf(row, colors);
  const parts: [text: string, paint: (text: string) => string][] = [
    [printable(row.taskId).padEnd(idWidth), String],
    [bar(row.progress, width), paint],
    [percentColumn(row), String],
    [(printable(row.status) || "…").padEnd(8), paint],
    [timeText(row, now), colors.dim],
  ];
  // A line that wraps would leave its second half on the screen at the next frame.
  let room = columns;
  const shown = parts.map(([text, paintPart]) => {
    const cut = text.length > room ? text.slice(0, Math.max(0, room)) : text;
    room -= cut.length + 1;
    return cut === "" ? "" : paintPart(cut);
  });
  return shown.filter((text) => text !== "").join(" ");
}

/** What is known of the time: waited, left, next look; or how it ended. */
export function timeText(row: WaitRow, now: number): string {
  const waited = shortDuration(waitedOf(row, now));
  if (row.end) return `ended after ${waited} · ${count(row.looks, "look")}`;
  if (isSilent(row, now)) return `no sign of its waiter for ${shortDuration(now - row.lastSign)}`;
  const left = remainingOf(row, now);
  const parts = [waited];
  if (row.fault) parts.push(printable(row.fault.message));
  else if (row.note !== undefined) parts.push(printable(row.note));
  else if (left !== undefined) parts.push(`about ${shortDuration(left)} left`);
  if (row.nextLook !== undefined) {
    const gap = Math.max(0, row.nextLook - now);
    parts.push(gap < 500 ? "looking" : `next look in ${shortDuration(gap)}`);
  } else if (row.looks === 0) parts.push("looking");
  return parts.join(" · ");
}

/** A number and its noun: 1 look, 2 looks. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
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
