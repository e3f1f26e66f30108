import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";

/** A terminal that a command runs in, which takes it for the one of a person. */
export interface RealTerminal {
  /** What a person sees now; without a screen, everything that was printed. */
  screen(): string;
  /** The same, with what has gone out of it at the top. */
  history(): string;
  /** Every byte that was printed. */
  raw(): string;
  pressControlC(): void;
  /** Changes the size of its window; without a screen nothing happens. */
  resize(columns: number, rows: number): void;
  /** Ends the command and removes what was made for it. */
  close(): void;
}

/** A command, and what it runs in. */
export interface RealCommand {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** A way to make terminals. */
export interface TerminalMaker {
  /** tmux, script or python3. */
  readonly by: string;
  /** Whether it keeps a screen, on which a line that is written over is gone. */
  readonly hasScreen: boolean;
  readonly open: (command: RealCommand) => RealTerminal;
}

const MAKERS: readonly (TerminalMaker & { readonly probe: readonly string[] })[] = [
  { by: "tmux", hasScreen: true, open: inTmux, probe: ["-V"] },
  { by: "script", hasScreen: false, open: inScript, probe: ["--version"] },
  { by: "python3", hasScreen: false, open: inPython, probe: ["-c", "import pty"] },
];

/**
 * The first of tmux, util-linux's script and python3's pty that this machine has, or the one that
 * BDRC_TASK_TEST_TERMINAL names; undefined when it has none.
 */
export function terminalMaker(): TerminalMaker | undefined {
  const named = process.env["BDRC_TASK_TEST_TERMINAL"];
  return MAKERS.filter(({ by }) => named === undefined || by === named).find(
    ({ by, probe }) => spawnSync(by, probe).status === 0,
  );
}

function inScript(command: RealCommand): RealTerminal {
  const line = command.argv.map((word) => `'${word}'`).join(" ");
  return inPty("script", ["-qefc", line, "/dev/null"], command);
}

function inPython(command: RealCommand): RealTerminal {
  const program = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
  return inPty("python3", ["-c", program, ...command.argv], command);
}

const SIZE = { columns: 100, rows: 30 };

function inTmux({ argv, env, cwd }: RealCommand): RealTerminal {
  const folder = mkdtempSync(path.join(tmpdir(), "tmux-"));
  const bytes = path.join(folder, "bytes");
  const tmux = (...args: string[]): string => {
    const ended = spawnSync("tmux", ["-L", "t", "-f", "/dev/null", ...args], {
      cwd,
      encoding: "utf8",
      env: { ...env, TMUX_TMPDIR: folder, LC_ALL: "C.UTF-8" },
    });
    return ended.stdout;
  };
  const size = ["-x", String(SIZE.columns), "-y", String(SIZE.rows)];
  // It starts only once every byte is recorded, and stays on the screen when it has ended.
  const held = ["sh", "-c", `while ! test -e '${bytes}'; do sleep 0.05; done; exec "$@"`, "sh", ...argv];
  tmux("-u", "new-session", "-d", ...size, ...held, ";", "set-option", "-w", "remain-on-exit", "on");
  tmux("pipe-pane", `cat > '${bytes}'`);
  return {
    screen: () => tmux("capture-pane", "-p"),
    history: () => tmux("capture-pane", "-p", "-S", "-"),
    raw: () => (existsSync(bytes) ? readFileSync(bytes, "utf8") : ""),
    pressControlC: () => void tmux("send-keys", "C-c"),
    resize: (columns, rows) => void tmux("resize-window", "-x", String(columns), "-y", String(rows)),
    close: () => {
      tmux("kill-server");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function inPty(program: string, args: readonly string[], { env, cwd }: RealCommand): RealTerminal {
  const child: ChildProcess = spawn(program, args, { cwd, env, stdio: ["pipe", "pipe", "inherit"] });
  let printed = "";
  child.stdout?.on("data", (chunk) => (printed += String(chunk)));
  return {
    screen: () => stripVTControlCharacters(printed),
    history: () => stripVTControlCharacters(printed),
    raw: () => printed,
    pressControlC: () => void child.stdin?.write("\u0003"),
    resize: () => undefined,
    close: () => void child.kill("SIGKILL"),
  };
}
