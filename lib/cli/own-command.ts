import { spawn as spawnAnywhere } from "cross-spawn";
import { spawn, type ChildProcess } from "node:child_process";

/** How a command ended. */
export type CommandEnd = { readonly code: number } | { readonly signal: NodeJS.Signals };

/** A command that runs with this process's own terminal. */
export interface OwnCommand {
  /** @throws Error with Node's code when it cannot be started */
  readonly ended: Promise<CommandEnd>;
  /** Hands on a signal that this process got, unless the command got it as well. */
  handOn(signal: NodeJS.Signals): Promise<void>;
}

/** Signals that end a command when it does not know better. */
const SIGNALS = ["INT", "TERM", "HUP", "QUIT"] as const;
/** How long a signal may take through the group, and an answer to come, in milliseconds. */
const [SPREAD, ANSWER] = [30, 1000];

/**
 * Starts a command with this process's stdin, stdout and stderr, and in its process group, so that it keeps the terminal,
 * its keys and its job control.
 */
export function startOwnCommand(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  folder: string,
): OwnCommand {
  const [program = "", ...args] = argv;
  const sentinel = new GroupSentinel();
  const child = spawnAnywhere(program, args, { cwd: folder, env: environment, stdio: "inherit" });
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal ? { signal } : { code: code ?? 1 }));
  }).finally(() => sentinel.end());
  return {
    ended,
    handOn: async (signal) => {
      if (!(await sentinel.got(signal))) child.kill(signal);
    },
  };
}

/**
 * Tells whether a signal came to the whole process group, as from a key or from `timeout`, or to this process alone.
 *
 * Terraform takes a second interrupt for an order to give up at once, state and all. So a command that got a signal must
 * not be handed the same one again, and one that did not get it must. A process of the same group, which does nothing but
 * wait, has got what the command has got.
 */
class GroupSentinel {
  private readonly child: ChildProcess | undefined;
  private said = "";
  private asked = 0;
  private heard: () => void = () => undefined;

  constructor() {
    // A console of Windows tells everyone in it, and nobody else can.
    if (process.platform === "win32") return;
    const traps = `for s in ${SIGNALS.join(" ")}; do trap "echo $s; g=1" $s; done`;
    const script = `${traps}; while g=; read -r x || [ "$g" ]; do echo ".$x"; done`;
    this.child = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "pipe", "ignore"] });
    this.child.stdout?.on("data", (chunk) => {
      this.said += String(chunk);
      this.heard();
    });
    this.child.stdin?.on("error", () => undefined);
    this.child.on("error", () => undefined);
  }

  /** Whether the group got a signal that this process has just got. */
  async got(signal: NodeJS.Signals): Promise<boolean> {
    const { child } = this;
    if (!child) return true;
    await new Promise((resolve) => setTimeout(resolve, SPREAD));
    const question = String((this.asked += 1));
    await new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, ANSWER);
      this.heard = () => {
        if (!this.said.includes(`.${question}\n`)) return;
        clearTimeout(limit);
        resolve();
      };
      child.stdin?.write(`${question}\n`);
    });
    // What came before the answer came with the signal.
    const lines = this.said.split("\n");
    const name = signal.replace(/^SIG/, "");
    const at = lines.indexOf(name);
    this.said = lines.filter((line, index) => index !== at && line !== `.${question}`).join("\n");
    return at >= 0;
  }

  end(): void {
    this.child?.kill("SIGKILL");
  }
}
