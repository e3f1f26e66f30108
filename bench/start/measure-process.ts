import { spawn } from "node:child_process";
import * as path from "node:path";
import type { Readable } from "node:stream";
import { standBack } from "../service/own-process";

/** What one process used up, from its start to its exit. */
export interface Used {
  /** Milliseconds on the clock. */
  readonly wall: number;
  /** Milliseconds of CPU, user and system. */
  readonly cpu: number;
  /** Peak of resident memory, in MB. */
  readonly rss: number;
}

/**
 * Runs a script with a query on stdin and measures its process.
 *
 * @throws Error when it ends otherwise than with exit code 0 and the expected text on stdout
 */
export function measureProcess(
  script: string,
  query: string,
  environment: Readonly<Record<string, string>>,
  expected: string,
): Promise<Used> {
  const begin = performance.now();
  const child = spawn(process.execPath, ["--require", path.join(__dirname, "at-exit.cjs"), script], {
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...environment },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  standBack(child);
  const texts = { stdout: "", stderr: "", used: "" };
  const collect = (stream: Readable, name: keyof typeof texts): void => {
    stream.setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
  };
  collect(child.stdout, "stdout");
  collect(child.stderr, "stderr");
  collect(child.stdio[3] as Readable, "used");
  child.stdin.on("error", () => undefined);
  child.stdin.end(query);
  let wall = 0;
  child.once("exit", () => (wall = performance.now() - begin));
  return new Promise((resolve, reject) => {
    child.once("close", (code) => {
      if (code !== 0 || !texts.stdout.includes(expected)) {
        reject(
          new Error(
            `${script} ended with ${code}: ${texts.stdout.slice(0, 200)} ${texts.stderr.slice(0, 500)}`,
          ),
        );
      } else resolve({ wall, ...(JSON.parse(texts.used) as Omit<Used, "wall">) });
    });
  });
}
