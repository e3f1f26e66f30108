import { spawn, type ChildProcess } from "node:child_process";

/** How a command ended, and everything it printed. */
export interface CommandEnd {
  readonly code: number;
  readonly output: string;
}

const underWay = new Set<ChildProcess>();

/**
 * Runs a command in a process group of its own, so that an interrupt of the demo ends it with all its children, and
 * not twice.
 *
 * @param onLine told of each whole line of its output
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly onLine?: (line: string) => void;
    /** @default "pipe" */
    readonly stderr?: "inherit" | "pipe";
  },
): Promise<CommandEnd> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", "pipe", options.stderr ?? "pipe"],
  });
  underWay.add(child);
  let output = "";
  let rest = "";
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    const lines = (rest + chunk.toString()).split(/\r?\n/);
    rest = lines.pop() ?? "";
    if (options.onLine) lines.forEach(options.onLine);
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      underWay.delete(child);
      if (rest !== "") options.onLine?.(rest);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** Interrupts every command under way, and kills what has not ended after 5 seconds. */
export async function stopCommands(): Promise<void> {
  const ended = [...underWay].map((child) => new Promise((resolve) => child.once("close", resolve)));
  signalAll("SIGINT");
  const kill = setTimeout(() => signalAll("SIGKILL"), 5000);
  await Promise.all(ended);
  clearTimeout(kill);
}

function signalAll(signal: NodeJS.Signals): void {
  for (const { pid } of underWay) {
    try {
      if (pid !== undefined) process.kill(-pid, signal);
    } catch {
      // It has just ended by itself.
    }
  }
}
