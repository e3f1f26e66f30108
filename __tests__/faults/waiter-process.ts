import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** The built waiter, as it is shipped. */
export const BUNDLE = path.resolve(__dirname, "../../dist/waiter.cjs");

/** What a run of the waiter is given. */
export interface WaiterRun {
  /** What stands on stdin: an object of strings, or a text as it is. */
  readonly query: Readonly<Record<string, string>> | string;
  /** The environment besides PATH and an empty home; nothing of the caller's own credentials gets in. */
  readonly environment?: Readonly<Record<string, string>>;
  /** It is killed after this many seconds, and `late` is set. */
  readonly killAfterSeconds: number;
  /** What stands before the waiter on its command line. @default - nothing, it is started as it is */
  readonly wrapper?: readonly string[];
  /** Whether stdin stays open. @default false */
  readonly keepStdinOpen?: boolean;
  /** A signal for it, and after how many seconds. @default - none */
  readonly signal?: { readonly name: NodeJS.Signals; readonly afterSeconds: number };
}

/** What a run of the waiter left behind. */
export interface WaiterEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The whole text of its events file. */
  readonly events: string;
  readonly late: boolean;
  /** From its start to its end, and from the first text on stdout to its end, in seconds. */
  readonly seconds: number;
  readonly secondsAfterAnswer: number;
}

/** Runs the built waiter as Terraform does: node, the file, the query on stdin. */
export function runWaiter(run: WaiterRun): Promise<WaiterEnd> {
  const home = mkdtempSync(path.join(tmpdir(), "waiter-"));
  const eventsFile = path.join(home, "events.ndjson");
  const begin = performance.now();
  let answered: number | undefined;
  const [program = "", ...args] = [...(run.wrapper ?? []), process.execPath, BUNDLE];
  const child = spawn(program, args, {
    env: { ...bareEnvironment(home), BDRC_TASK_EVENTS: eventsFile, ...run.environment },
    stdio: "pipe",
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  }
  // A waiter that refuses its environment may end before it has read everything.
  child.stdin.on("error", () => undefined);
  child.stdin.write(typeof run.query === "string" ? run.query : JSON.stringify(run.query));
  if (!run.keepStdinOpen) child.stdin.end();
  child.stdout.once("data", () => (answered = performance.now()));
  const { signal: asked } = run;
  const signalled = asked && setTimeout(() => child.kill(asked.name), asked.afterSeconds * 1000);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, run.killAfterSeconds * 1000);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      clearTimeout(signalled);
      const end = performance.now();
      const events = existsSync(eventsFile) ? readFileSync(eventsFile, "utf8") : "";
      rmSync(home, { recursive: true, force: true });
      const [seconds, secondsAfterAnswer] = [begin, answered ?? end].map((from) => (end - from) / 1000);
      resolve({
        ...output,
        code,
        signal,
        events,
        late,
        seconds: seconds ?? 0,
        secondsAfterAnswer: secondsAfterAnswer ?? 0,
      });
    });
  });
}

/** An environment in which nothing is set up: no credentials, no proxy, an empty home that is the temporary folder, too, no metadata service. */
export function bareEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    USERPROFILE: home,
    TMPDIR: home,
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
  };
}

/** Does something with every item, a few at a time, in the order of the items; gives the results in that order. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await act(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** Whether a process is still there, and not only its entry in the table of processes. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return process.platform !== "linux";
  }
}

export type { ChildProcess };
