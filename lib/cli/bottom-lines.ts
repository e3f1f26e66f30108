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

const [SAVE, RESTORE] = ["\u001b7", "\u001b8"];
const ERASE_LINE = "\u001b[2K";
const ERASE_RIGHT = "\u001b[K";
/** Never from the first place of the screen: tmux would keep all that it erases there in its history. */
const ERASE_BELOW = "\u001b[J";
/** Down to the next line, but not out of the screen. */
const NEXT_LINE = "\u001b[1E";
/** Down one line in the same column; at the bottom everything scrolls. */
const INDEX = "\u001bD";
const WHOLE_REGION = "\u001b[r";
const PLAIN = "\u001b[0m";
const [HIDE_CURSOR, SHOW_CURSOR] = ["\u001b[?25l", "\u001b[?25h"];
const [NO_WRAP, WRAP] = ["\u001b[?7l", "\u001b[?7h"];

/**
 * Keeps lines at the bottom of a terminal in which another program prints at the same time: the lines above them are made
 * the region that scrolls, as apt does for its progress.
 *
 * The other program has the terminal itself and notices nothing: it sees a terminal, in all its colours, and where it is
 * stays as it was. Each change is a single write, which a terminal takes whole.
 *
 * Also where nobody else prints: lines at the cursor, with empty ones below them, are what some terminals (tmux) push out of
 * the screen when a narrower window wraps them; out of reach there, they come back when it grows.
 */
export class BottomLines implements Screen {
  private shown: { readonly count: number; readonly rows: number; readonly columns: number } | undefined;

  /** What was drawn last. */
  private last: readonly string[] = [];

  /**
   * @param stays nobody else prints meanwhile: the cursor is hidden, nearly the whole screen may be taken, and the last lines
   * are left standing where the cursor is
   */
  constructor(
    private readonly output: Output,
    private readonly stays = false,
  ) {}

  get columns(): number {
    return (this.output.columns ?? 80) - 1;
  }

  /** Half of the screen where the program's own lines are to be read as well; a region has two lines at the least. */
  get rows(): number {
    const { rows = 24 } = this.output;
    return this.stays ? Math.max(1, rows - 2) : Math.floor(rows / 2);
  }

  draw(lines: readonly string[]): void {
    const { rows = 24, columns = 80 } = this.output;
    const drawn = lines.slice(0, this.rows);
    const { shown } = this;
    let text = "";
    if (shown && (shown.rows !== rows || shown.columns !== columns)) {
      // Nobody knows where the terminal has put our lines; but they are below the cursor, and nothing else is.
      text += `${SAVE}${WHOLE_REGION}${RESTORE}${ERASE_RIGHT}${SAVE}${NEXT_LINE}${ERASE_BELOW}${RESTORE}`;
      this.shown = undefined;
    }
    const before = this.shown?.count ?? 0;
    if (drawn.length !== before) text += resized(before, drawn.length, rows);
    this.shown = drawn.length > 0 ? { count: drawn.length, rows, columns } : undefined;
    if (drawn.length > 0) {
      const first = rows - drawn.length + 1;
      const body = drawn.map((line, index) => `\u001b[${first + index};1H${ERASE_LINE}${line}`).join("");
      text += `${SAVE}${PLAIN}${NO_WRAP}${body}${WRAP}${RESTORE}`;
      if (this.stays && before === 0) text = HIDE_CURSOR + text;
      this.last = drawn;
    }
    if (text !== "") this.output.write(text);
  }

  end(): void {
    const isShown = this.shown !== undefined;
    this.draw([]);
    if (!this.stays || !isShown) return;
    const lines = this.last.map((line) => `\r${ERASE_LINE}${line}\r\n`).join("");
    this.output.write(`${NO_WRAP}${lines}${WRAP}${SHOW_CURSOR}`);
  }
}

/** Makes room for more lines at the bottom, or gives back what is too many. */
function resized(before: number, after: number, rows: number): string {
  const more = after - before;
  // The cursor may stand where the lines are to be: everything goes up as far as that needs.
  const room = more > 0 ? `${INDEX.repeat(more)}\u001b[${more}A` : "";
  const freed = Array.from(
    { length: Math.max(0, -more) },
    (_, index) => `\u001b[${rows - before + 1 + index};1H${ERASE_LINE}`,
  ).join("");
  // To set a region moves the cursor.
  const region = after > 0 ? `\u001b[1;${rows - after}r` : WHOLE_REGION;
  return `${room}${SAVE}${freed}${region}${RESTORE}`;
}
