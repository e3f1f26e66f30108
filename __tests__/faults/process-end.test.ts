import { spawnSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startFakeBdrc } from "../../lib/testing/fake-bdrc";
import { KEYS, QUERY, SILENT_NAMES } from "./silent-names";
import { runWaiter, type WaiterEnd } from "./waiter-process";

/** Name servers that take every question and answer none, as a firewall makes them. */
const SERVERS = ["127.53.0.1", "127.53.0.2", "127.53.0.3"];
/** What a busy machine may add to a limit, in seconds; the failures that are tested for were over 20 s late. */
const SLACK = 4;
/** How long a process may live after its answer, or after a signal, in seconds. */
const END = 1;

let folder: string;
const sockets: Socket[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "process-end-"));
});
afterAll(() => {
  sockets.forEach((socket) => socket.close());
  rmSync(folder, { recursive: true });
});

/**
 * A view of the machine in which only silent name servers are known, and names have the search domains of a
 * Kubernetes pod. It needs a file system of its own, which only root may have.
 */
async function silentNames(): Promise<readonly string[] | undefined> {
  if (spawnSync("unshare", ["-m", "true"]).status !== 0) return undefined;
  for (const address of SERVERS) {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(53, address, resolve);
    });
    sockets.push(socket);
  }
  const file = path.join(folder, "resolv.conf");
  writeFileSync(
    file,
    `${SERVERS.map((server) => `nameserver ${server}\n`).join("")}` +
      "search default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n",
  );
  return ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', file];
}

describe("with name servers that never answer, the whole process keeps its limits", () => {
  let ends: (WaiterEnd | undefined)[] = [];
  beforeAll(async () => {
    const wrapper = await silentNames();
    // Where a file system of its own is not allowed, the unit tests of the name look-up stand alone.
    if (!wrapper)
      return console.warn("No mount namespace here: silent name servers are not tried on the process.");
    ends = await Promise.all(
      SILENT_NAMES.map(({ run }) =>
        runWaiter({ ...run, wrapper, environment: { ...KEYS, ...run.environment }, killAfterSeconds: 40 }),
      ),
    );
  }, 60_000);

  test.each(SILENT_NAMES.map(({ name, code, limit }, index) => ({ name, code, limit, index })))(
    "$name",
    ({ code, limit, index }) => {
      const end = ends[index];
      if (!end) return;
      expect(end).toMatchObject({ code, late: false, stderr: "" });
      expect(end.seconds).toBeLessThan(limit + END + SLACK);
      expect(end.secondsAfterAnswer).toBeLessThan(END);
      if (code === 0) expect(JSON.parse(end.stdout)).toMatchObject({ status: "UNREADABLE" });
      if (code === 0 && limit > 5) {
        // The last of several looks may end with its own, shorter limit; the tally has them all.
        expect((JSON.parse(end.stdout) as { problem: string }).problem).toMatch(
          /DNS did not answer for|EAI_AGAIN/,
        );
      }
    },
  );
});

describe("an input that nobody closes", () => {
  test("does not hold up a wait: its query counts once it is whole", async () => {
    const end = await runWaiter({
      query: { ...QUERY, timeout_seconds: "2" },
      keepStdinOpen: true,
      killAfterSeconds: 20,
    });
    expect(end).toMatchObject({ code: 0, late: false });
    expect(end.secondsAfterAnswer).toBeLessThan(END);
  });
});

test("a command whose output cannot be written does not end as if it were", () => {
  const cli = path.resolve(__dirname, "../../dist/cli.cjs");
  for (const args of [["fake", "--schema"], ["--help"], ["show", "--help"]]) {
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", '"$@" > /dev/full', "sh", process.execPath, cli, ...args],
      {
        encoding: "utf8",
      },
    );
    expect([status, stderr.trim()]).toEqual([74, "The output cannot be written (ENOSPC)."]);
  }
});

describe("the file of the CLI", () => {
  function home(name: string): { environment: { HOME: string }; file: string } {
    const HOME = path.join(folder, name);
    mkdirSync(path.join(HOME, ".aliyun"), { recursive: true });
    return { environment: { HOME }, file: path.join(HOME, ".aliyun", "config.json") };
  }

  test("may be a pipe without a writer: that is said, and the process ends", async () => {
    const { environment, file } = home("pipe");
    expect(spawnSync("mkfifo", [file]).status).toBe(0);
    const end = await runWaiter({ query: QUERY, environment, killAfterSeconds: 20 });
    expect(end).toMatchObject({ code: 0, late: false });
    expect(end.stdout).toContain(
      "~/.aliyun/config.json, its current profile: a named pipe, where a regular file belongs",
    );
    expect(end.secondsAfterAnswer).toBeLessThan(END);
  });

  test("may hold a secret that is no text: that is said, and it is no defect of our own", async () => {
    const { environment, file } = home("number");
    const profile = { name: "w", mode: "AK", access_key_id: "id", access_key_secret: 9_876_543_210_123 };
    writeFileSync(file, JSON.stringify({ current: "w", profiles: [profile] }));
    const end = await runWaiter({ query: QUERY, environment, killAfterSeconds: 20 });
    expect(end).toMatchObject({ code: 0, late: false, stderr: "" });
    expect(end.stdout).toContain("access_key_secret is a number, where a text belongs");
    expect(end.stdout + end.events).not.toContain("9876543210123");
  });

  test("is read by twelve waiters at once whose keys a program gives: none fails, and the file stays as it is", async () => {
    const { environment, file } = home("external");
    const keys = {
      mode: "StsToken",
      access_key_id: "id",
      access_key_secret: "hush-hush-hush",
      sts_token: "token",
    };
    writeFileSync(path.join(folder, "keys.json"), JSON.stringify(keys));
    const profile = { name: "w", mode: "External", process_command: `cat ${path.join(folder, "keys.json")}` };
    writeFileSync(file, JSON.stringify({ current: "w", profiles: [profile] }));
    const before = [readFileSync(file, "utf8"), statSync(file).mtimeMs];
    const service = await startFakeBdrc({
      accessKeyId: "id",
      accessKeySecret: "hush-hush-hush",
      securityToken: "token",
      quotaPerSecond: 0,
      tasks: { "t-1": {} },
    });
    const ends = await Promise.all(
      Array.from({ length: 12 }, () =>
        runWaiter({
          query: { task_id: "t-1", endpoint: service.endpoint },
          environment,
          killAfterSeconds: 30,
        }),
      ),
    );
    await service.close();
    expect(ends.map(({ stdout }) => (JSON.parse(stdout) as { status: string }).status)).toEqual(
      ends.map(() => "COMPLETE"),
    );
    expect([readFileSync(file, "utf8"), statSync(file).mtimeMs]).toEqual(before);
  });
});
