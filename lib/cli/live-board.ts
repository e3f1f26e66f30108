import type { WaitEvent } from "../protocol/event";
import { WaitLines } from "../waiter/wait-lines";
import { barLine } from "./bar-line";
import { nextRow, type WaitRow } from "./board";
import { BottomLines, type Screen } from "./bottom-lines";
import { canMoveCursor, colorsOf, type Terminal } from "./terminal";

/** How often bars are drawn anew, in milliseconds; they count seconds. */
const FRAME = 250;
/** Room for the width of ids that are not known yet: that of the documentation's samples. */
const USUAL_ID_WIDTH = 22;

/** Where a board is shown. */
export type BoardLook = "bars" | "lines" | "nothing";

/** How a board differs from that of a wait. */
export interface BoardOptions {
  /** Room for the ids. @default - that of the documentation's samples */
  readonly idWidth?: number;
  /** Where bars are drawn. @default - at the bottom; they are left standing at the cursor */
  readonly screen?: Screen;
  /** What a line begins with. @default - nothing */
  readonly label?: string;
  /** Which waits have a bar now. @default - all */
  readonly hasBar?: (row: WaitRow, now: number) => boolean;
  /** Which events may bring a line. @default - all */
  readonly hasLine?: (event: WaitEvent) => boolean;
}

/**
 * Shows waits while they go on: as bars where lines can be written over, else as a line for each change.
 *
 * Everything goes to stderr, so that results can be piped.
 */
export class LiveBoard {
  private readonly rows = new Map<string, WaitRow>();
  /** The same words as under Terraform. */
  private readonly lines: WaitLines;
  private readonly screen: Screen;
  private frames: NodeJS.Timeout | undefined;
  private idWidth: number;

  /** @param look {@link lookOf} gives the one that fits */
  constructor(
    private readonly terminal: Terminal,
    private readonly look: BoardLook,
    private readonly options: BoardOptions = {},
  ) {
    this.screen = options.screen ?? new BottomLines(terminal.stderr, true);
    this.lines = new WaitLines(options.label ?? "");
    this.idWidth = options.idWidth ?? USUAL_ID_WIDTH;
  }

  /** Every wait so far, in the order of appearance. */
  get waits(): readonly WaitRow[] {
    return [...this.rows.values()];
  }

  /** Takes in an event and shows it. */
  readonly take = (event: WaitEvent): void => {
    this.set(nextRow(this.rows.get(event.task_id), event));
    if (this.look !== "lines" || this.options.hasLine?.(event) === false) return;
    const line = this.lines.line(event);
    if (line !== undefined) this.terminal.stderr.write(`${line}\n`);
  };

  /** Puts a wait in whose events are already known. */
  set(row: WaitRow): void {
    this.rows.set(row.taskId, row);
    this.idWidth = Math.max(this.idWidth, row.taskId.length);
    if (this.look !== "bars" || this.frames) return;
    this.draw();
    this.frames = setInterval(this.draw, FRAME);
    this.frames.unref();
  }

  /** Shows the last state, and gives the screen back. */
  stop(): void {
    if (!this.frames) return;
    clearInterval(this.frames);
    this.frames = undefined;
    this.draw();
    this.screen.end();
  }

  private readonly draw = (): void => {
    const { screen, terminal, idWidth, options } = this;
    const now = terminal.clock.date();
    const rows = this.waits.filter((row) => options.hasBar?.(row, now) ?? true);
    const { shown, others } = fitRows(rows, screen.rows);
    const style = { colors: colorsOf(terminal, terminal.stderr), idWidth, columns: screen.columns };
    const lines = shown.map((row) => barLine(row, now, style));
    screen.draw(others > 0 ? [...lines, `… and ${others} more`.slice(0, screen.columns)] : lines);
  };
}

/** The waits for which there is room: those that have ended go first. @param room lines, from 0 */
export function fitRows(
  rows: readonly WaitRow[],
  room: number,
): { readonly shown: readonly WaitRow[]; readonly others: number } {
  if (rows.length <= room) return { shown: rows, others: 0 };
  const ordered = [...rows.filter((row) => !row.end), ...rows.filter((row) => row.end)];
  const kept = new Set(ordered.slice(0, Math.max(0, room - 1)));
  return { shown: rows.filter((row) => kept.has(row)), others: rows.length - kept.size };
}

/** Lines that a terminal has to have for bars. */
const LEAST_ROWS = 4;

/** The look that fits a terminal: bars need a cursor that moves, and some room. */
export function lookOf(terminal: Terminal, json: boolean): BoardLook {
  const fits = (terminal.stderr.rows ?? 24) >= LEAST_ROWS;
  if (canMoveCursor(terminal, terminal.stderr) && fits) return "bars";
  return json ? "nothing" : "lines";
}
