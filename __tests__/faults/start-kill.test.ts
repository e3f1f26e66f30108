import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import { bareEnvironment, inParallel } from "./waiter-process";

const WAITER = path.resolve(__dirname, "../../dist/waiter.cjs");
/** How many applies are killed; each at another moment around the call that starts the task. */
const KILLS = Number(process.env["START_KILLS"] ?? 6);
const STARTS = (service: FakeBdrc): number =>
  service.calls.filter(({ operation }) => operation === "UpdateResources").length;

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), "start-kill-"))));
afterAll(() => rmSync(folder, { recursive: true }));

/** One apply in a folder, which `during` may kill; what it printed, and how it ended. */
async function apply(
  service: FakeBdrc,
  place: string,
  during?: (kill: () => void, ended: () => boolean) => Promise<void>,
  how: { readonly wrapper?: readonly string[]; readonly uid?: number } = {},
) {
  const request = JSON.stringify({ action: "UpdateResources", form: {}, triggers: {} });
  const query = { start: request, receipt: "inventory", endpoint: service.endpoint, timeout_seconds: "30" };
  const [program = "", ...args] = [...(how.wrapper ?? []), process.execPath, WAITER];
  const child = spawn(program, args, {
    cwd: place,
    ...(how.uid === undefined ? {} : { uid: how.uid, gid: how.uid }),
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...bareEnvironment(place), ...service.environment, BDRC_TASK_QUERY: JSON.stringify(query) },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const end = new Promise<number | null>((resolve) => child.on("close", resolve));
  await during?.(
    () => child.kill("SIGKILL"),
    () => child.exitCode !== null,
  );
  return { code: await end, output };
}

test("an apply that is killed around its start leads to no second task", async () => {
  const rounds = Array.from({ length: KILLS }, (_, round) => round);
  await inParallel(rounds, 6, async () => {
    const place = mkdtempSync(path.join(folder, "round-"));
    // It runs for longer than the first apply lives, so that no receipt is done by then.
    const service = await startFakeBdrc({
      quotaPerSecond: 0,
      newTask: { seconds: 1, counts: { "ACS::OSS::Bucket": 1 } },
    });
    await apply(service, place, async (kill, ended) => {
      while (STARTS(service) === 0 && !ended()) await new Promise((resolve) => setImmediate(resolve));
      if (Math.random() < 0.5) await new Promise((resolve) => setTimeout(resolve, Math.random() * 6));
      kill();
    });
    const { code, output } = await apply(service, place);
    const starts = STARTS(service);
    await service.close();
    expect({ code, starts, output }).toEqual({ code: 0, starts: 1, output });
    expect(output).toContain("is picked up again");
  });
}, 240_000);

test("what cannot be remembered is not started: nothing is asked, and the exit code is its own", async () => {
  const service = await startFakeBdrc({});
  const spoil: ((place: string) => void)[] = [
    (place) => symlinkSync("/dev/full", path.join(place, ".terraform")),
    (place) => symlinkSync("nowhere", path.join(place, ".terraform")),
    (place) => mkdirSync(path.join(place, ".terraform/bdrc-task/inventory.json"), { recursive: true }),
  ];
  const ends = await Promise.all(
    spoil.map((make, index) => {
      const place = path.join(folder, `spoilt-${index}`);
      mkdirSync(place);
      make(place);
      return apply(service, place);
    }),
  );
  const calls = service.calls.length;
  await service.close();
  expect(calls).toBe(0);
  for (const { code, output } of ends) {
    expect(code).toBe(73);
    expect(output).toMatch(
      /^The receipt of a (started )?task cannot be .*\n\n {2}Code: +BAD_RECEIPT\n {2}File: +.*inventory\.json\n/,
    );
    expect(output).not.toContain("defect");
  }
  expect(existsSync(path.join(folder, "spoilt-0", "bdrc-task"))).toBe(false);
}, 30_000);

test("nor is it on a full disk, on one that is read-only, or in the folder of another user", async () => {
  // Only root may mount, and be somebody else; elsewhere the unit tests of the receipt stand alone.
  if (spawnSync("unshare", ["-m", "true"]).status !== 0)
    return console.warn("Not root: no mounts are tried.");
  const service = await startFakeBdrc({});
  chmodSync(folder, 0o755);
  const mounted = (script: string): readonly string[] => [
    "unshare",
    "-m",
    "sh",
    "-c",
    `${script} && exec "$0" "$@"`,
  ];
  const cases = [
    {
      wrapper: mounted(
        "mount -t tmpfs -o size=4k none .terraform && (head -c 9999 /dev/zero > .terraform/fill; true)",
      ),
    },
    { wrapper: mounted("mount -t tmpfs -o ro none .terraform") },
    { uid: 65_534 },
  ];
  const ends = await Promise.all(
    cases.map((how, index) => {
      const place = path.join(folder, `held-${index}`);
      mkdirSync(path.join(place, ".terraform"), { recursive: true });
      return apply(service, place, undefined, how);
    }),
  );
  const calls = service.calls.length;
  await service.close();
  expect(calls).toBe(0);
  expect(
    ends.map(({ code, output }) => [code, /^ +Reason: +.*(ENOSPC|EROFS|EACCES)/m.exec(output)?.[1]]),
  ).toEqual([
    [73, "ENOSPC"],
    [73, "EROFS"],
    [73, "EACCES"],
  ]);
}, 30_000);
