import { createColors } from "picocolors";
import { systemClock, type Clock } from "../waiter/clock";
import { systemMachine, type Machine } from "./machine";

/** A stream that a person or a program reads. */
export interface Output {
  write(text: string): void;
  /** Whether a person sees it on a screen. */
  readonly isTTY: boolean;
  /** Width in characters; undefined when nobody knows. */
  readonly columns: number | undefined;
  /** Height in lines; undefined when nobody knows. */
  readonly rows: number | undefined;
}

/** Everything through which a command touches the world besides the network and the files it is told of. */
export interface Terminal {
  /** Results: tables, JSON, ids. */
  readonly stdout: Output;
  /** Progress and problems, so that results can be piped. */
  readonly stderr: Output;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** Aborted by Ctrl-C, and by the signals that end a process. */
  readonly interrupted: AbortSignal;
  /** What only few commands ask for. */
  readonly machine: Machine;
  /** The folder that relative paths start from. */
  readonly folder: string;
}

/** Thrown when the user ends a command; never shown. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** What a promise brings, unless the user interrupts first. @throws Interrupted */
export async function unlessInterrupted<T>(terminal: Terminal, promise: Promise<T>): Promise<T> {
  const { interrupted } = terminal;
  let stop: () => void = () => undefined;
  const end = new Promise<never>((_, reject) => {
    stop = () => reject(new Interrupted());
    if (interrupted.aborted) stop();
    else interrupted.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, end]);
  } finally {
    interrupted.removeEventListener("abort", stop);
  }
}

/** The terminal's clock, whose sleeps end with Interrupted as soon as the user interrupts. */
export function clockOf(terminal: Terminal): Clock {
  const { clock } = terminal;
  return {
    now: () => clock.now(),
    date: () => clock.date(),
    random: () => clock.random(),
    sleep: (milliseconds) => unlessInterrupted(terminal, clock.sleep(milliseconds)),
  };
}

/** Colours for an output: none when it is no terminal, a dumb one, or NO_COLOR is set; FORCE_COLOR brings them. */
export function colorsOf(terminal: Terminal, output: Output): ReturnType<typeof createColors> {
  const { NO_COLOR, FORCE_COLOR } = terminal.environment;
  if (NO_COLOR) return createColors(false);
  if (FORCE_COLOR && FORCE_COLOR !== "0") return createColors(true);
  return createColors(canMoveCursor(terminal, output) && FORCE_COLOR !== "0");
}

/** Whether lines already written can be written over. */
export function canMoveCursor(terminal: Terminal, output: Output): boolean {
  return output.isTTY && terminal.environment["TERM"] !== "dumb";
}

/** The terminal of this process. */
export function systemTerminal(interrupted: AbortSignal): Terminal {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    environment: process.env,
    clock: systemClock,
    interrupted,
    machine: systemMachine,
    folder: process.cwd(),
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    // Read anew each time: a window can change its size. A terminal whose size nobody has set says 0.
    get columns() {
      return stream.columns || undefined;
    },
    get rows() {
      return stream.rows || undefined;
    },
  };
}
