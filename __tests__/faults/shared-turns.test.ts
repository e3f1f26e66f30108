import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import { AHEAD } from "../../lib/waiter/turns/claims";
import { beginOfTick, TICKS_PER_SECOND } from "../../lib/waiter/turns/slots";
import { BUNDLE, bareEnvironment, inParallel, runWaiter, type WaiterRun } from "./waiter-process";

/** How many waiters are killed; each at another moment around its turn. */
const KILLS = Number(process.env["TURN_KILLS"] ?? 30);
const USER = process.getuid?.() ?? 0;

let bdrc: FakeBdrc;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "turns-"));
  bdrc = await startFakeBdrc({ tasks: { "t-1": {} }, quotaPerSecond: 0 });
});
afterAll(async () => {
  await bdrc.close();
  rmSync(folder, { recursive: true });
});

/** A wait for a task that has ended, whose temporary folder is given. */
async function wait(temporary: string, more: Partial<WaiterRun> = {}) {
  const end = await runWaiter({
    query: { task_id: "t-1", endpoint: bdrc.endpoint },
    killAfterSeconds: 30,
    ...more,
    environment: { ...bdrc.environment, TMPDIR: temporary, ...more.environment },
  });
  const events = end.events
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { type: string; message?: string });
  return { ...end, status: end.stdout.match(/"status":"(\w+)"/)?.[1], events };
}

const place = (name: string): string => {
  const made = path.join(folder, name);
  mkdirSync(made);
  return made;
};
const aloneIn = (events: readonly { type: string; message?: string }[]): (string | undefined)[] =>
  events.filter(({ type }) => type === "alone").map(({ message }) => message);

test("waits of one user leave empty files with no key in their names, and say nothing of it", async () => {
  const temporary = place("shared");
  const ends = await Promise.all([wait(temporary), wait(temporary)]);
  const files = readdirSync(path.join(temporary, `bdrc-task-${USER}`));
  expect(ends.map(({ status, events }) => [status, aloneIn(events)])).toEqual([
    ["COMPLETE", []],
    ["COMPLETE", []],
  ]);
  expect(files).toHaveLength(2);
  for (const file of files) expect(file).toMatch(/^[0-9a-f]{16}-\d+$/);
});

test(
  "a waiter that is killed at any moment leaves nothing that is further ahead than a second",
  async () => {
    const temporary = place("killed");
    const left: number[] = [];
    await inParallel(Array.from({ length: KILLS }), 6, async () => {
      const child = spawn(process.execPath, [BUNDLE], {
        env: { ...bareEnvironment(folder), ...bdrc.environment, TMPDIR: temporary },
        stdio: ["pipe", "ignore", "ignore"],
      });
      const end = new Promise((resolve) => child.once("close", resolve));
      child.stdin.on("error", () => undefined);
      child.stdin.end(JSON.stringify({ task_id: "t-1", endpoint: bdrc.endpoint }));
      await new Promise((resolve) => setTimeout(resolve, 40 + Math.random() * 160));
      child.kill("SIGKILL");
      await end;
      const now = Date.now();
      const files = readdirSync(temporary).flatMap((name) => readdirSync(path.join(temporary, name)));
      left.push(...files.map((file) => beginOfTick(Number(file.split("-")[1])) - now));
    });
    expect(Math.max(0, ...left)).toBeLessThanOrEqual(AHEAD + 1000 / TICKS_PER_SECOND);
    expect(await wait(temporary)).toMatchObject({ status: "COMPLETE", stderr: "" });
  },
  60_000 + 1000 * KILLS,
);

test("a link in the place of the folder, and a temporary folder that is not there, share nothing and end nothing", async () => {
  const linked = place("linked");
  symlinkSync(place("target"), path.join(linked, `bdrc-task-${USER}`));
  const ends = await Promise.all([wait(linked), wait(path.join(folder, "absent"))]);
  expect(ends.map(({ status, code }) => [status, code])).toEqual([
    ["COMPLETE", 0],
    ["COMPLETE", 0],
  ]);
  expect(ends.flatMap(({ events }) => aloneIn(events))).toEqual([
    `${linked}/bdrc-task-${USER} is not a folder`,
    `${folder}/absent/bdrc-task-${USER} cannot be used: ENOENT`,
  ]);
  expect(readdirSync(path.join(folder, "target"))).toEqual([]);
});

test("nor does a full disk, one that is read-only, or the folder of another user", async () => {
  // Only root may mount, and be somebody else; elsewhere the unit tests of the claims stand alone.
  if (spawnSync("unshare", ["-m", "true"]).status !== 0)
    return console.warn("Not root: no mounts are tried.");
  const temporary = place("mounted");
  chmodSync(folder, 0o755);
  const mounted = (script: string): readonly string[] => ["unshare", "-m", "sh", "-c", script, "sh"];
  const mount = `mount -t tmpfs -o mode=1777`;
  const run = `exec "$@"`;
  const own = `mkdir -m 700 ${temporary}/bdrc-task-${USER}`;
  const ends = await Promise.all([
    wait(temporary, { wrapper: mounted(`${mount},nr_inodes=2 none ${temporary} && ${own} && ${run}`) }),
    wait(temporary, { wrapper: mounted(`${mount},ro none ${temporary} && ${run}`) }),
    wait(temporary, {
      wrapper: mounted(`${mount} none ${temporary} && ${own} && chown 65534 ${temporary}/* && ${run}`),
    }),
  ]);
  expect(ends.map(({ status, code }) => [status, code])).toEqual(ends.map(() => ["COMPLETE", 0]));
  const used = `${temporary}/bdrc-task-${USER}`;
  expect(ends.flatMap(({ events }) => aloneIn(events))).toEqual([
    `${used} cannot be used: ENOSPC`,
    `${used} cannot be used: EROFS`,
    `${used} belongs to user 65534`,
  ]);
}, 60_000);

test("a limit that makes no sense is a wrong environment, and nothing is asked", async () => {
  const before = bdrc.calls.length;
  const end = await wait(folder, { environment: { BDRC_TASK_LOOKS_PER_SECOND: "0" } });
  expect([end.code, bdrc.calls.length]).toEqual([2, before]);
  expect(end.stderr).toContain("The environment variable BDRC_TASK_LOOKS_PER_SECOND is wrong.\n\n");
  expect(end.stderr).toContain('"0"\n  Expected: a number of looks a second from 0.1 to 10, or not set\n');
});
