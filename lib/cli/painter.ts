import type { Output } from "./terminal";

/** A place on a screen for lines that are drawn over and over. */
export interface Screen {
  /** The size to draw for; lines that are wider or more are cut. */
  readonly columns: number;
  readonly rows: number;
  /** Draws these lines in the place of those before. */
  draw(lines: readonly string[]): void;
  /** Gives the screen back. */
  end(): void;
}

const ERASE_LINE = "\u001b[2K";
const ERASE_BELOW = "\u001b[J";
const [HIDE_CURSOR, SHOW_CURSOR] = ["\u001b[?25l", "\u001b[?25h"];
const [NO_WRAP, WRAP] = ["\u001b[?7l", "\u001b[?7h"];

/**
 * Draws lines at the cursor, as bars that nobody else writes between, and leaves the last ones standing.
 *
 * The cursor stays at the begin of the first line meanwhile. So it needs no count of what a change of the window's size
 * has made of the lines: terminals keep the cursor with its text, and everything below it is ours. (A library that goes
 * up by as many lines as it wrote leaves the halves of wrapped ones standing.)
 */
export class Painter implements Screen {
  private drawn: readonly string[] = [];
  private begun = false;

  constructor(private readonly output: Output) {}

  get columns(): number {
    // In its last column a terminal keeps the cursor on the sign there, and what is erased then takes it away.
    return (this.output.columns ?? 80) - 1;
  }

  get rows(): number {
    return (this.output.rows ?? 24) - 1;
  }

  draw(lines: readonly string[]): void {
    this.drawn = lines.slice(0, Math.max(1, this.rows));
    const text = this.drawn.map((line) => `${ERASE_LINE}${line}`).join("\r\n");
    const up = this.drawn.length > 1 ? `\u001b[${this.drawn.length - 1}A` : "";
    // A width that has changed since it was read must not wrap a line, either.
    this.output.write(`${this.begun ? "" : HIDE_CURSOR}\r${NO_WRAP}${text}${ERASE_BELOW}${WRAP}${up}\r`);
    this.begun = true;
  }

  end(): void {
    if (!this.begun) return;
    const down = this.drawn.length > 1 ? `\u001b[${this.drawn.length - 1}B` : "";
    this.output.write(`${down}\r\n${SHOW_CURSOR}`);
    this.begun = false;
  }
}
