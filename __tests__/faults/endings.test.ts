import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import { leaksIn, wholeLines } from "./check";
import { runWaiter } from "./waiter-process";

const SECRET = "hush-hush-hush";
let bdrc: FakeBdrc;
let query: Record<string, string>;

beforeAll(async () => {
  bdrc = await startFakeBdrc({ accessKeySecret: SECRET, tasks: { "t-1": {} }, quotaPerSecond: 0 });
  query = { task_id: "t-1", endpoint: bdrc.endpoint };
});
afterAll(() => bdrc.close());

describe("what is refused before anything is asked of the API", () => {
  test.each([
    ["no query", "", {}, /^The waiter got no query\.\n\n {2}Code: {5}BAD_INPUT\n {2}Expected: /],
    ["no JSON", "{", {}, /^The waiter's query is not JSON\.\n\n {2}Code: {5}BAD_INPUT\n {2}Expected: /],
    [
      "an unknown key",
      '{"task_id":"t-1","secret_key":"hush-hush-hush"}',
      {},
      /^The waiter's query is wrong in secret_key\.\n\n {2}Code: {5}BAD_INPUT\n {2}Problem: {2}this key is not known\n {2}Expected: /,
    ],
    [
      "a wrong switch",
      '{"task_id":"t-1","region_id":"cn-shanghai"}',
      { BDRC_TASK_WAIT: "no" },
      /^The environment variable BDRC_TASK_WAIT is wrong\.\n\n {2}Code: {5}BAD_INPUT\n {2}Value: {4}"no"\n {2}Expected: /,
    ],
  ])("%s: exit 2, one text, nothing on stdout", async (_, text, environment, message) => {
    const end = await runWaiter({
      query: text,
      environment: { ...bdrc.environment, ...environment },
      killAfterSeconds: 20,
    });
    expect(end).toMatchObject({ code: 2, stdout: "", events: "" });
    expect(end.stderr).toMatch(message);
    expect(end.stderr).not.toMatch(/\n {4}at /);
    expect(leaksIn(end, [SECRET])).toEqual([]);
  });
});

test("without credentials the result names every source that was tried, at once", async () => {
  const before = bdrc.calls.length;
  const end = await runWaiter({ query, killAfterSeconds: 20 });
  expect(end).toMatchObject({ code: 0, stderr: "" });
  const { status, problem } = JSON.parse(end.stdout);
  expect(status).toBe("UNREADABLE");
  expect(problem).toMatch(
    /^Task t-1 cannot be read: no credentials were found\.\n\n {2}Code: {5}NO_CREDENTIALS\n {2}Tried: {4}ALIBABA_CLOUD_ACCESS_KEY_ID and/,
  );
  expect(problem.match(/^ {2}Tried:/gm)).toHaveLength(8);
  expect(bdrc.calls).toHaveLength(before);
});

describe("a home folder", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), "home-"));
    mkdirSync(path.join(home, ".aliyun"));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  test("the built waiter finds a profile in it", async () => {
    const profile = { name: "work", mode: "AK", access_key_id: "FakeKeyId", access_key_secret: SECRET };
    writeFileSync(
      path.join(home, ".aliyun/config.json"),
      JSON.stringify({ current: "work", profiles: [profile] }),
    );
    for (const more of [{}, { profile: "work" }] as Record<string, string>[]) {
      const end = await runWaiter({
        query: { ...query, ...more },
        environment: { HOME: home },
        killAfterSeconds: 20,
      });
      expect(JSON.parse(end.stdout)).toMatchObject({ status: "COMPLETE" });
      expect(leaksIn(end, [SECRET])).toEqual([]);
    }
  });

  test("a malformed file in it is not quoted", async () => {
    writeFileSync(path.join(home, ".aliyun/config.json"), `{"profiles":[{"access_key_secret":"${SECRET}"`);
    const environment = { HOME: home, DEBUG: "*", NODE_DEBUG: "" };
    const end = await runWaiter({ query, environment, killAfterSeconds: 20 });
    expect(JSON.parse(end.stdout)).toMatchObject({ status: "UNREADABLE" });
    expect(leaksIn(end, [SECRET])).toEqual([]);
  });
});

test("a credentials service that hangs costs seconds, not the time of an outage", async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const uri = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/?secret=${SECRET}`;
  const end = await runWaiter({
    query,
    environment: { ALIBABA_CLOUD_CREDENTIALS_URI: uri },
    killAfterSeconds: 30,
  });
  silent.close();
  expect(end).toMatchObject({ code: 0, late: false });
  const last = wholeLines(end.events)?.at(-1);
  expect(last).toMatchObject({ status: "UNREADABLE" });
  expect(last?.["waited_seconds"]).toBeLessThan(9);
  expect(leaksIn(end, [SECRET])).toEqual([]);
});

describe("one call only", () => {
  test.each([
    ["t-never", "BDRC_TASK_WAIT=never", { BDRC_TASK_WAIT: "never" }, { wait: "true" }],
    ["t-look", "wait=false", {}, { wait: "false" }],
  ])("%s: %s gives back a task under way", async (taskId, _, environment, more) => {
    bdrc.addTask(taskId, { ends: "NEVER" });
    const end = await runWaiter({
      query: { ...query, task_id: taskId, ...more },
      environment: { ...bdrc.environment, ...environment },
      killAfterSeconds: 20,
    });
    expect(JSON.parse(end.stdout)).toMatchObject({ status: "RUNNING" });
    expect(bdrc.calls.filter((call) => call.taskId === taskId)).toHaveLength(1);
  });
});

test("a remembered task whose service is down holds nothing up for more than ten seconds", async () => {
  const gone = await startFakeBdrc();
  await gone.close();
  const end = await runWaiter({
    query: { task_id: "t-1", endpoint: gone.endpoint, remembered: "true" },
    environment: bdrc.environment,
    killAfterSeconds: 40,
  });
  const last = wholeLines(end.events)?.at(-1);
  expect(last).toMatchObject({ type: "end", status: "UNREADABLE" });
  expect(last?.["waited_seconds"]).toBeLessThanOrEqual(10);
  expect(JSON.parse(end.stdout).problem).toContain(`nothing listens at ${new URL(gone.endpoint).host}`);
});

test("a call that hangs is given up at the deadline, and the last look is still made", async () => {
  bdrc.addTask("t-hang", { faults: [{ kind: "hang", look: 1 }] });
  const end = await runWaiter({
    query: { ...query, task_id: "t-hang", timeout_seconds: "1.5" },
    environment: bdrc.environment,
    killAfterSeconds: 30,
  });
  expect(JSON.parse(end.stdout)).toMatchObject({ status: "COMPLETE" });
  const [, hung, last] = wholeLines(end.events) ?? [];
  expect(hung).toMatchObject({ type: "fault", fault: "transient" });
  expect(hung?.["waited_seconds"]).toBeLessThan(5);
  expect(last).toMatchObject({ type: "look", look: 2, next_look_seconds: null });
});

test("the answer is whole also when it is as large as an answer can be", async () => {
  bdrc.addTask("t-large", { counts: { "ACS::OSS::Bucket": 3 }, taskDescription: "x".repeat(1_000_000) });
  const end = await runWaiter({
    query: { ...query, task_id: "t-large" },
    environment: bdrc.environment,
    killAfterSeconds: 20,
  });
  expect(JSON.parse(end.stdout)).toMatchObject({ status: "COMPLETE", problem: "", total_count: "3" });
  expect(end.stdout.length).toBeGreaterThan(1_000_000);
});
