import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import { wholeLines } from "./check";
import { BUNDLE, bareEnvironment, inParallel, isAlive } from "./waiter-process";

/** Moments after the start at which a signal comes, in milliseconds: at the start of Node, of the script, in a wait. */
const MOMENTS = [0, 15, 30, 45, 60, 80, 100, 130, 170, 250, 400, 700];
const NOTHING_LEFT_WITHIN = 2000;

let bdrc: FakeBdrc;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "kill-"));
  const faults = [{ kind: "throttle" as const }];
  bdrc = await startFakeBdrc({ tasks: { "t-1": { ends: "NEVER", faults } }, quotaPerSecond: 0 });
});
afterAll(async () => {
  await bdrc.close();
  rmSync(folder, { recursive: true });
});

interface Killed {
  readonly moment: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly events: string;
}

/** Starts a waiter whose task never ends, sends it a signal after a moment, and sees what is left. */
function kill(signal: NodeJS.Signals, moment: number): Promise<Killed> {
  const events = path.join(folder, `${signal}-${moment}`);
  const child = spawn(process.execPath, [BUNDLE], {
    env: { ...bareEnvironment(folder), ...bdrc.environment, BDRC_TASK_EVENTS: events },
  });
  let stdout = "";
  child.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify({ task_id: "t-1", endpoint: bdrc.endpoint }));
  setTimeout(() => child.kill(signal), moment);
  return new Promise((resolve) =>
    child.once("close", (code, by) => {
      resolve({
        moment,
        code,
        signal: by,
        stdout,
        events: existsSync(events) ? readFileSync(events, "utf8") : "",
      });
    }),
  );
}

test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
  "%s at any moment ends the waiter, without half a result and with whole lines in the events file",
  async (signal) => {
    const all = await inParallel(MOMENTS, 4, (moment) => kill(signal, moment));
    for (const { code, signal: by, stdout, events } of all) {
      expect(stdout).toBe("");
      expect(wholeLines(events)).toBeDefined();
      // Before the script runs, nobody is there yet to turn the signal into an exit code.
      if (signal === "SIGKILL") expect(by).toBe("SIGKILL");
      else expect(code === 130 || (by === signal && events === "")).toBe(true);
    }
    const later = all.at(-1);
    expect(wholeLines(later?.events ?? "")?.[0]).toMatchObject({ type: "start" });
    if (signal !== "SIGKILL") expect(later?.code).toBe(130);
  },
);

describe("a parent that is killed", () => {
  /** Stands for the provider: starts the waiter through pipes, tells its process id, and stays. */
  const PARENT = `
    const { spawn } = require("node:child_process");
    const child = spawn(process.execPath, [process.argv[1]], { stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.end(process.argv[2]);
    process.stdout.write(child.pid + "\\n");
    setInterval(() => undefined, 1000);
  `;

  async function orphan(moment: number): Promise<{ moment: number; left: boolean; events: string }> {
    const events = path.join(folder, `parent-${moment}`);
    const parent = spawn(
      process.execPath,
      ["-e", PARENT, BUNDLE, JSON.stringify({ task_id: "t-1", endpoint: bdrc.endpoint })],
      // A session of its own, as a shell or a CI runner gives one.
      { detached: true, env: { ...bareEnvironment(folder), ...bdrc.environment, BDRC_TASK_EVENTS: events } },
    );
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once("data", (part: Buffer) => resolve(Number(part.toString()))),
    );
    await sleep(moment);
    parent.kill("SIGKILL");
    const since = performance.now();
    while (isAlive(pid) && performance.now() - since < NOTHING_LEFT_WITHIN) await sleep(25);
    const left = isAlive(pid);
    if (left) process.kill(pid, "SIGKILL");
    return { moment, left, events: existsSync(events) ? readFileSync(events, "utf8") : "" };
  }

  test("nothing is left running two seconds later, at whatever moment it was killed", async () => {
    const all = await inParallel(MOMENTS, 4, orphan);
    expect(all.filter(({ left }) => left)).toEqual([]);
    for (const { events } of all) expect(wholeLines(events)).toBeDefined();
  });
});

test("a reader that goes away ends the waiter without a stack trace", async () => {
  const child = spawn(process.execPath, [BUNDLE], {
    env: { ...bareEnvironment(folder), ...bdrc.environment },
  });
  let stderr = "";
  child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
  child.stdout.destroy();
  child.stdin.end(JSON.stringify({ task_id: "t-1", endpoint: bdrc.endpoint, timeout_seconds: "1" }));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  expect(code).toBe(130);
  expect(stderr).toBe("");
});
