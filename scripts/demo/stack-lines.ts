/** What of Terraform's output a first reader wants to see: plans, creations and errors. */
const SHOWN = /will be created|Creation complete|Still reading|Plan:|Apply complete|\bError:|[╷│╵]/;

/**
 * Picks the lines of `cdktf deploy` that are shown, each with the stack that it is of: cdktf names the stack on the first
 * line of a block only, and that line is mostly left out.
 */
export class StackLines {
  private stack = "";
  private readonly width: number;

  /** @param stacks the names of all stacks */
  constructor(private readonly stacks: readonly string[]) {
    this.width = Math.max(...stacks.map((name) => name.length));
  }

  /** The line as it is shown, or undefined when it is left out. @param line without colours */
  take(line: string): string | undefined {
    const named = this.stacks.find((name) => line === name || line.startsWith(`${name} `));
    if (named !== undefined) this.stack = named;
    const text = line.slice(named?.length ?? 0).trim();
    return SHOWN.test(text) ? `${this.stack.padEnd(this.width)}  ${text}` : undefined;
  }
}
