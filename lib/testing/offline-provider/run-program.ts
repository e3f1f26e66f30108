import { spawn, type ChildProcess } from "node:child_process";
import { closeSync } from "node:fs";
import { Socket } from "node:net";
import path from "node:path";
import { lacksExecFormat, type Command } from "./find-program";
import type { Environment } from "./handshake";
import { createStdio } from "./stdio";

/** One run of a program. */
export interface ProgramRun {
  readonly command: Command;
  /** The folder in which it runs; empty for this process's own. */
  readonly workingDir: string;
  readonly environment: Environment;
  /** What it finds on its stdin before the end of file. */
  readonly input: string;
}

/** What is left of a program when it has ended. */
export interface ProgramEnd {
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Why it counts as failed (`exit status 3`); undefined when it ended well. */
  readonly failure: string | undefined;
}

/** The programs under way, so that none outlives this process; see {@link killAllPrograms}. */
const underWay = new Set<ChildProcess>();

/** Kills every program under way, for the end of this process. */
export function killAllPrograms(): void {
  for (const child of underWay) child.kill("SIGKILL");
}

/**
 * Runs a program to its end, and waits until nobody holds its stdout and stderr any more, grandchildren included.
 *
 * Never rejects for anything that the program does or that keeps it from starting; `failure` says so. An abort
 * kills it with SIGKILL and then waits for the program only: there is no time limit of another kind.
 *
 * @throws Error when the system has no mkfifo
 */
export async function runProgram(run: ProgramRun, abort: AbortSignal): Promise<ProgramEnd> {
  const { file, argv } = run.command;
  if (abort.aborted) return notStarted("interrupted before it was started");
  if (lacksExecFormat(path.resolve(run.workingDir, file)))
    return notStarted("could not start: exec format error");

  const stdio = createStdio(run.input);
  const childEnds = [...stdio.childEnds];
  const output = openSocket(stdio.stdout);
  const errors = openSocket(stdio.stderr);
  const contents = Promise.all([collect(output), collect(errors)]);

  let failure: string | undefined;
  try {
    const child = spawn(file, argv.slice(1), {
      argv0: argv[0],
      cwd: run.workingDir === "" ? undefined : run.workingDir,
      env: environmentFor(run),
      stdio: childEnds,
    });
    closeAll(childEnds);
    failure = await endOf(child, abort);
  } catch (error) {
    closeAll(childEnds);
    failure = `could not start: ${(error as Error).message}`;
  }

  const letGo = (): void => {
    failure ??= "interrupted while another process held its output open";
    output.destroy();
    errors.destroy();
  };
  if (abort.aborted) letGo();
  abort.addEventListener("abort", letGo, { once: true });
  const [out, err] = await contents;
  abort.removeEventListener("abort", letGo);
  return { stdout: out, stderr: err.toString("utf8"), failure };
}

function endOf(child: ChildProcess, abort: AbortSignal): Promise<string | undefined> {
  underWay.add(child);
  const kill = (): void => void child.kill("SIGKILL");
  abort.addEventListener("abort", kill, { once: true });
  return new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(`could not start: ${error.message}`));
    child.once("exit", (code, signal) => {
      if (signal !== null) resolve(`killed by ${signal}`);
      else resolve(code === 0 ? undefined : `exit status ${code}`);
    });
  }).finally(() => {
    underWay.delete(child);
    abort.removeEventListener("abort", kill);
  });
}

/** Go, in which the real provider is written, tells a program its new folder in PWD, too. */
function environmentFor(run: ProgramRun): NodeJS.ProcessEnv {
  return run.workingDir === "" ? run.environment : { ...run.environment, PWD: path.resolve(run.workingDir) };
}

function openSocket(fd: number): Socket {
  const socket = new Socket({ fd, readable: true, writable: false });
  // What came until then is kept; that it broke off shows in how the program ended.
  socket.on("error", () => {});
  return socket;
}

function collect(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => socket.once("close", () => resolve(Buffer.concat(chunks))));
}

/** Closes the child's ends here, or the end of its output would never be seen; safe to call twice. */
function closeAll(fds: number[]): void {
  for (const fd of fds.splice(0)) closeSync(fd);
}

function notStarted(failure: string): ProgramEnd {
  return { stdout: Buffer.alloc(0), stderr: "", failure };
}
