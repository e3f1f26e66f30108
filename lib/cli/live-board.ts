import { MultiBar, type SingleBar } from "cli-progress";
import type { WaitEvent } from "../protocol/event";
import { barLine } from "./bar-line";
import { WaitLines } from "../waiter/wait-lines";
import { nextRow, type WaitRow } from "./board";
import { canMoveCursor, colorsOf, type Output, type Terminal } from "./terminal";

/** How often bars are drawn anew, in times a second; they count seconds. */
const FRAMES_PER_SECOND = 4;
/** Room for the width of ids that are not known yet: that of the documentation's samples. */
const USUAL_ID_WIDTH = 22;

/** Where a board is shown. */
export type BoardLook = "bars" | "lines" | "nothing";

/**
 * Shows waits while they go on: as bars where lines can be written over, else as a line for each change.
 *
 * Everything goes to stderr, so that results can be piped.
 */
export class LiveBoard {
  private readonly rows = new Map<string, WaitRow>();
  private readonly bars = new Map<string, SingleBar>();
  /** The same words as under Terraform. */
  private readonly lines = new WaitLines("");
  private multiBar: MultiBar | undefined;
  private readonly output: Output;

  /** @param look {@link lookOf} gives the one that fits */
  constructor(
    private readonly terminal: Terminal,
    private readonly look: BoardLook,
    private idWidth = USUAL_ID_WIDTH,
  ) {
    this.output = terminal.stderr;
  }

  /** Every wait so far, in the order of appearance. */
  get waits(): readonly WaitRow[] {
    return [...this.rows.values()];
  }

  /** Takes in an event and shows it. */
  readonly take = (event: WaitEvent): void => {
    const row = nextRow(this.rows.get(event.task_id), event);
    this.set(row);
    const line = this.look === "lines" ? this.lines.line(event) : undefined;
    if (line !== undefined) this.output.write(`${line}\n`);
  };

  /** Puts a wait in whose events are already known. */
  set(row: WaitRow): void {
    this.rows.set(row.taskId, row);
    this.idWidth = Math.max(this.idWidth, row.taskId.length);
    if (this.look === "bars") this.draw(row);
  }

  /** Leaves the last state on the screen, and the cursor below it. */
  stop(): void {
    this.multiBar?.stop();
    this.multiBar = undefined;
    this.bars.clear();
  }

  private draw(row: WaitRow): void {
    this.multiBar ??= new MultiBar({
      stream: this.stream(),
      format: (_options, _params, payload) => this.line((payload as { taskId: string }).taskId),
      fps: FRAMES_PER_SECOND,
      hideCursor: true,
      gracefulExit: false,
    });
    const progress = row.progress ?? 0;
    const known = this.bars.get(row.taskId);
    if (known) known.update(progress);
    else this.bars.set(row.taskId, this.multiBar.create(10_000, progress, { taskId: row.taskId }));
  }

  /** The output as the library sees it: it uses only what an Output has. */
  private stream(): NodeJS.WritableStream {
    const { output } = this;
    const seen: Output = {
      write: (text) => output.write(text),
      isTTY: true,
      rows: output.rows,
      // The library cuts lines at this width and counts colours, too; ours are cut already.
      columns: Number.MAX_SAFE_INTEGER,
    };
    return seen as unknown as NodeJS.WritableStream;
  }

  private line(taskId: string): string {
    const row = this.rows.get(taskId);
    if (!row) return "";
    return barLine(row, this.terminal.clock.date(), {
      colors: colorsOf(this.terminal, this.output),
      idWidth: this.idWidth,
      columns: this.output.columns ?? 80,
    });
  }
}

/** The look that fits a terminal: bars need a cursor that moves, and as many lines as there are waits. */
export function lookOf(terminal: Terminal, waits: number, json: boolean): BoardLook {
  const fits = waits < (terminal.stderr.rows ?? 24);
  if (canMoveCursor(terminal, terminal.stderr) && fits) return "bars";
  return json ? "nothing" : "lines";
}
