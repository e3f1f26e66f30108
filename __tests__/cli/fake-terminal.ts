import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { CommandExit } from "../../lib/cli/exit-code";
import type { Machine } from "../../lib/cli/machine";
import { run } from "../../lib/cli/program";
import type { Output, Terminal } from "../../lib/cli/terminal";
import { startFakeBdrc, type FakeBdrc, type FakeBdrcOptions } from "../../lib/testing";
import type { Clock } from "../../lib/waiter/clock";

/** A clock that jumps to the end of the next sleep instead of sleeping, and lets I/O go on before each jump. */
export class JumpingClock implements Clock {
  time = 0;
  /** Called before each jump. */
  onJump: () => void = () => undefined;
  private sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  constructor(readonly start = Date.UTC(2026, 2, 30, 6, 3, 12)) {}
  now = (): number => this.time;
  date = (): number => this.start + this.time;
  random = (): number => 0.5;
  sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => {
      this.sleepers.push({ at: this.time + milliseconds, wake });
      if (this.sleepers.length === 1) void this.jump();
    });

  private async jump(): Promise<void> {
    while (this.sleepers.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.onJump();
      this.sleepers.sort((a, b) => a.at - b.at);
      const next = this.sleepers[0];
      this.time = Math.max(this.time, next?.at ?? 0);
      next?.wake();
      this.sleepers.shift();
    }
  }
}

class Captured implements Output {
  raw = "";
  constructor(
    readonly isTTY: boolean,
    readonly columns: number | undefined,
    readonly rows: number | undefined,
  ) {}
  write = (text: string): void => void (this.raw += text);
}

export interface FakeTerminalOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly clock?: Clock;
  readonly folder?: string;
  readonly machine?: Partial<Machine>;
}

/** A machine on which everything is as it should be. */
export const GOOD_MACHINE: Machine = {
  nodeVersion: "v22.1.0",
  findTerraform: () => ({ command: "terraform", product: "Terraform", version: "1.11.4" }),
  outside: {
    homeFolder: "/nowhere",
    productOf: () => undefined,
    probe: () => Promise.resolve(true),
    readText: () => Promise.resolve(undefined),
    listFolder: () => Promise.resolve(undefined),
  },
  resolve: () => Promise.resolve(["192.0.2.1"]),
  privateFolder: () => mkdtempSync(path.join(tmpdir(), "private-")),
  startCommand: () => {
    throw new Error("this machine runs no commands");
  },
  takeSignals: () => () => undefined,
  parentId: () => 4711,
};

/** A terminal in memory. */
export class FakeTerminal implements Terminal {
  readonly stdout: Captured;
  readonly stderr: Captured;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly folder: string;
  readonly machine: Machine;
  private readonly interrupt = new AbortController();
  readonly interrupted = this.interrupt.signal;

  constructor(options: FakeTerminalOptions = {}) {
    const { tty = false, columns = tty ? 100 : undefined, rows = tty ? 30 : undefined } = options;
    this.stdout = new Captured(tty, columns, rows);
    this.stderr = new Captured(tty, columns, rows);
    this.environment = { TZ: "Asia/Shanghai", ...options.environment };
    this.clock = options.clock ?? new JumpingClock();
    this.machine = { ...GOOD_MACHINE, ...options.machine };
    this.folder = options.folder ?? "/nowhere";
  }

  /** Presses Ctrl-C. */
  pressControlC(): void {
    this.interrupt.abort();
  }

  /** What a program reads. */
  get out(): string {
    return this.stdout.raw;
  }

  /** What a person sees besides, without colours and cursor movements. */
  get err(): string {
    return stripVTControlCharacters(this.stderr.raw);
  }

  get json(): Record<string, unknown> {
    return JSON.parse(this.stdout.raw) as Record<string, unknown>;
  }
}

/** How a command line ended. */
export interface Ran {
  readonly code: CommandExit;
  readonly out: string;
  readonly err: string;
  readonly terminal: FakeTerminal;
}

/** Runs a command line, given as one text without quotes, or as words. */
export async function bdrcTask(
  line: string | readonly string[],
  options: FakeTerminalOptions = {},
): Promise<Ran> {
  const terminal = new FakeTerminal(options);
  const words = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
  const code = await run(words, terminal);
  return { code, out: terminal.out, err: terminal.err, terminal };
}

/**
 * A fake service on the jumping clock. It does not check signatures: the SDK dates them by the real clock.
 */
export async function rehearsal(
  options: FakeBdrcOptions = {},
): Promise<{ service: FakeBdrc; clock: JumpingClock; terminal: FakeTerminalOptions }> {
  const clock = new JumpingClock();
  const service = await startFakeBdrc({ now: clock.date, checkSignature: false, ...options });
  return {
    service,
    clock,
    terminal: { clock, environment: { ...service.environment, BDRC_ENDPOINT: service.endpoint } },
  };
}
