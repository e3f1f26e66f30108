import type { FakeBdrc, FakeBdrcOptions, TaskScript } from "../../lib/testing";
import { bdrcTask, FakeTerminal, rehearsal, type Ran } from "./fake-terminal";
import { run } from "../../lib/cli/program";

let service: FakeBdrc | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function list(options: FakeBdrcOptions, flags = ""): Promise<Ran> {
  const made = await rehearsal(options);
  service = made.service;
  return bdrcTask(`list ${flags}`, made.terminal);
}

const many = (count: number, script: TaskScript = {}): Record<string, TaskScript> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t-${index}`, script]));

const idsOf = (ran: Ran): unknown[] =>
  (ran.terminal.json["tasks"] as { task_id: string }[]).map((task) => task.task_id);

test("tasks are a table, one line each", async () => {
  const { code, out } = await list({
    tasks: {
      "t-1": { counts: { "ACS::OSS::Bucket": 3, "ACS::ECS::Instance": 9 }, taskName: "Inventory" },
      "t-2": { seconds: 90, taskType: "CHECK_RULES" },
    },
  });
  expect(code).toBe(0);
  expect(out).toBe(
    [
      "TASK  TYPE              STATUS    PROGRESS  STARTED                    TOOK  COUNT  NAME",
      "t-2   CHECK_RULES       RUNNING        0 %  2026-03-30 14:03:12 GMT+8    0s      –  check-rules",
      "t-1   UPDATE_RESOURCES  COMPLETE     100 %  2026-03-30 14:03:12 GMT+8    0s     12  Inventory",
      "",
    ].join("\n"),
  );
});

test("--status takes any case and lists only tasks with it", async () => {
  const tasks = { ...many(2), "t-bad": { ends: "FAILED" } };
  expect(idsOf(await list({ tasks }, "--status failed --json"))).toEqual(["t-bad"]);
});

test("--type takes the API's words and those of start", async () => {
  const tasks = { ...many(2), "t-check": { taskType: "CHECK_RULES" } };
  expect(idsOf(await list({ tasks }, "--type check-rules --json"))).toEqual(["t-check"]);
});

test("fifty are listed when nothing is said, and a note says that there are more", async () => {
  const { out, err } = await list({ tasks: many(60) });
  expect(out.trimEnd().split("\n")).toHaveLength(51);
  expect(err).toBe("There are more than these 50; --limit or --all shows them.\n");
});

test("--limit cuts a page that is larger", async () => {
  const ran = await list({ tasks: many(20) }, "--limit 3 --json");
  expect(idsOf(ran)).toEqual(["t-19", "t-18", "t-17"]);
  expect(ran.terminal.json["more"]).toBe(true);
});

test("--all reads page after page, each task once", async () => {
  const ran = await list({ tasks: many(1203), quotaPerSecond: 0 }, "--all --json");
  expect(new Set(idsOf(ran)).size).toBe(1203);
  expect(ran.terminal.json["more"]).toBe(false);
  expect(service?.calls).toHaveLength(3);
});

test("no tasks are no error", async () => {
  const { code, out, err } = await list({}, "--status EXPIRED");
  expect(code).toBe(0);
  expect(out).toBe("");
  expect(err).toMatch(/^There are no such tasks at 127\.0\.0\.1:\d+\.\n$/);
});

test("a busy service is asked again", async () => {
  const { code } = await list({ tasks: many(1), outages: [{ toSeconds: 2, fault: { kind: "throttle" } }] });
  expect(code).toBe(0);
  expect(service?.calls.length).toBeGreaterThan(1);
});

test("a page that comes twice ends it with 6 instead of never", async () => {
  const { service: fake, terminal: options } = await rehearsal();
  service = fake;
  fake.failEveryCall({ kind: "answer", body: { Data: { Content: [], NextToken: "again" } } });
  const terminal = new FakeTerminal(options);
  expect(await run(["list"], terminal)).toBe(6);
  expect(terminal.err).toContain("BDRC gave the same page twice, after 0 tasks.");
});

test.each([
  [5, "forbidden", "The tasks cannot be listed: HTTP 403 Forbidden.RAM.", "bdrc:DescribeTasks on *"],
  [6, "unavailable", "The tasks cannot be listed: HTTP 503 ServiceUnavailable.", "bdrc-task doctor"],
  [6, "html", "The tasks cannot be listed: HTTP 502 with a body of", "bdrc-task doctor"],
] as const)("it ends with %i for %s", async (expected, kind, first, next) => {
  const { code, out, err } = await list({ outages: [{ fault: { kind } }] });
  expect(code).toBe(expected);
  expect(out).toBe("");
  expect(err).toContain(first);
  expect(err).toContain(next);
});

test.each([
  ["list --limit 0", "A whole number from 1 is allowed."],
  ["list --limit few", "A whole number from 1 is allowed."],
  ["list --limit 3 --all", "cannot be used with"],
  ["list --status DONE", "Allowed are CREATED, RUNNING, COMPLETE, FAILED, EXPIRED, CANCELED."],
  ["list", "Nothing says where BDRC is."],
])("%s is wrong and ends with 2", async (line, text) => {
  const { code, err } = await bdrcTask(line);
  expect(code).toBe(2);
  expect(err).toContain(text);
});
