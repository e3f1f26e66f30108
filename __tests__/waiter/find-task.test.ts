import { startFakeBdrc, type FakeBdrc, type FakeBdrcOptions } from "../../lib/testing/fake-bdrc";
import type { WaitEvent } from "../../lib/protocol/event";
import type { WaitQuery } from "../../lib/waiter/query";
import { readQuery } from "../../lib/waiter/read-query";
import { runWait } from "../../lib/waiter/run";
import { waitAtApply } from "../../lib/waiter/apply-wait";
import { VirtualClock } from "./virtual-wait";

let bdrc: FakeBdrc;
afterEach(() => bdrc.close());

const COUNTS = { "ACS::ECS::Instance": 2, "ACS::OSS::Bucket": 7 };
const LATEST = { action: "UpdateResources", form: {}, within: 86_400 };

async function rehearse(options: FakeBdrcOptions) {
  const base = Date.now();
  const clock = new VirtualClock();
  clock.date = () => base + clock.time;
  bdrc = await startFakeBdrc({ ...options, now: () => base + clock.time });
  const events: WaitEvent[] = [];
  const context = {
    clock,
    environment: { ...bdrc.environment },
    events: (event: WaitEvent) => void events.push(event),
    never: false,
  };
  return { clock, events, context };
}

function queryOf(find: object, more: Record<string, string> = {}): WaitQuery {
  const query = { find: JSON.stringify(find), endpoint: bdrc.endpoint, timeout_seconds: "60", ...more };
  return readQuery(JSON.stringify(query)) as WaitQuery;
}

async function find(options: FakeBdrcOptions, request: object = LATEST, more: Record<string, string> = {}) {
  const { clock, events, context } = await rehearse(options);
  const { result } = await runWait(queryOf(request, more), context);
  const asked = (operation: string): number =>
    bdrc.calls.filter((call) => call.operation === operation).length;
  return { result, events, asked, took: clock.time };
}

test("the newest task within the time is found, waited for, and named with the reason", async () => {
  const { result, events, asked } = await find({
    tasks: {
      "t-yesterday": { ageSeconds: 80_000, counts: COUNTS },
      "t-runs": { ageSeconds: 60, seconds: 90, counts: COUNTS },
      "t-one": { counts: { "ACS::OSS::Bucket": 1 } },
    },
  });
  expect(result).toMatchObject({ problem: "", task_id: "t-runs", total_count: "9" });
  expect(result.choice).toMatch(
    /^t-runs is the newest UPDATE_RESOURCES of all resource types within 24h: RUNNING since \S+Z$/,
  );
  expect(asked("DescribeTasks")).toBe(1);
  expect(new Set(events.map(({ task_id }) => task_id))).toEqual(new Set(["t-runs"]));
  expect(events.map(({ type }) => type)).toEqual([
    "start",
    ...Array(asked("DescribeTask")).fill("look"),
    "end",
  ]);
});

test("the task that was found stays the one, although a newer one comes while it is waited for", async () => {
  const { context } = await rehearse({ tasks: { "t-first": { seconds: 30, counts: COUNTS } } });
  const events = context.events;
  context.events = (event) => {
    if (event.type === "start") bdrc.addTask("t-second", { counts: COUNTS });
    events(event);
  };
  const { result } = await runWait(queryOf(LATEST), context);
  expect(result.task_id).toBe("t-first");
});

test("a newest task that failed closes the gate, and the text says how to get on", async () => {
  const { result } = await find({
    tasks: {
      "t-good": { ageSeconds: 600, counts: COUNTS },
      "t-bad": { ends: "FAILED", partialCounts: COUNTS },
    },
  });
  expect(result).toMatchObject({ status: "FAILED", task_id: "t-bad" });
  expect(result.problem).toMatch(
    /^Task t-bad ended as FAILED\.\n(.*\n)+ +Next: .*start another one: the next run finds the newest$/,
  );
});

test("without such a task the text says what was found instead, after a while in which one could appear", async () => {
  const tasks = {
    "t-old": { ageSeconds: 200_000, counts: COUNTS },
    "t-one": { ageSeconds: 3600, counts: { "ACS::OSS::Bucket": 1 } },
  };
  const { result, took, events } = await find({ tasks });
  expect(result).toMatchObject({ status: "NOT_FOUND", task_id: "", choice: "" });
  expect(result.problem.split("\n")).toEqual([
    "There is no task to wait for: the newest UPDATE_RESOURCES of all resource types within 24h was not found.",
    "",
    "  Code:          NOT_FOUND",
    expect.stringMatching(/^ {2}Endpoint: +127\.0\.0\.1:\d+$/),
    "  Found instead: t-one COMPLETE 1h ago of ACS::OSS::Bucket; t-old COMPLETE 2d 7h 34m ago",
    "  Next:          start one, or let `within` reach further back; of one resource type alone with `resourceType`",
  ]);
  expect(took).toBeGreaterThanOrEqual(10_000);
  expect(events[0]).toMatchObject({
    type: "start",
    task_id: "the newest UPDATE_RESOURCES of all resource types within 24h",
  });
});

test("a task that appears in that while is taken", async () => {
  const { result } = await find({ tasks: { "t-new": { appearsAfterSeconds: 4, counts: COUNTS } } });
  expect(result).toMatchObject({ problem: "", task_id: "t-new" });
});

test("a list that cannot be read for a while is an outage like any other, and the wait goes on after it", async () => {
  const { result, events } = await find({
    tasks: { "t-1": { ageSeconds: 60, counts: COUNTS } },
    outages: [{ toSeconds: 40, fault: { kind: "unavailable" } }],
  });
  expect(result).toMatchObject({ problem: "", task_id: "t-1" });
  // The finding is a wait of its own for those who watch, and it is over before the other one begins.
  const sought = "the newest UPDATE_RESOURCES of all resource types within 24h";
  expect(events[0]).toMatchObject({ type: "start", task_id: sought });
  expect(events[1]).toMatchObject({ type: "fault", task_id: sought });
  expect(events.slice(-4)).toEqual([
    expect.objectContaining({ type: "end", task_id: sought, status: "COMPLETE" }),
    expect.objectContaining({ type: "start", task_id: "t-1" }),
    expect.objectContaining({ type: "look", task_id: "t-1" }),
    expect.objectContaining({ type: "end", task_id: "t-1" }),
  ]);
});

test("a list that may not be read ends it at once, and the text names the permission that is missing", async () => {
  const { result, asked } = await find({ outages: [{ fault: { kind: "forbidden" } }] });
  expect(asked("DescribeTasks")).toBe(1);
  expect(result.status).toBe("UNREADABLE");
  expect(result.task_id).toBe("");
  expect(result.problem).toMatch(
    /^Task to be found \(the newest .* within 24h\) cannot be read: HTTP 403 Forbidden\.RAM\.\n\n(.*\n)* +Permission: +bdrc:DescribeTasks on \*\n(.*\n)* +Next: +grant bdrc:DescribeTasks on \*/,
  );
});

test("when a result is kept already, a service that is down holds no plan up", async () => {
  const down = { outages: [{ fault: { kind: "unavailable" } as const }] };
  const { took } = await find(down, LATEST, { remembered: "true", wait: "false" });
  expect(took).toBeLessThanOrEqual(10_000);
});

test("a task that was found at plan is waited for at apply without looking for another one", async () => {
  const { context } = await rehearse({
    tasks: { "t-plan": { counts: COUNTS }, "t-newer": { counts: COUNTS } },
  });
  const lines: string[] = [];
  const options = { label: "inventory", accept: "", print: (line: string) => void lines.push(line) };
  const query = queryOf(LATEST, { task_id: "t-plan", choice: "t-plan is the newest one" });
  expect(await waitAtApply(query, context, options)).toBe(true);
  expect(lines[0]).toBe("inventory: t-plan is the newest one");
  expect(bdrc.calls.map(({ operation, taskId }) => [operation, taskId])).toEqual([
    ["DescribeTask", "t-plan"],
  ]);
});

test("at apply a found task that ended badly is no wait that is over, since the next apply may find another one", async () => {
  const { context } = await rehearse({ tasks: { "t-bad": { ends: "FAILED" } } });
  const options = { label: "", accept: "", print: () => undefined };
  expect(await waitAtApply(queryOf(LATEST, { task_id: "t-bad" }), context, options)).toBe(false);
});

describe("of a protection policy", () => {
  const policy = { policy: "p-1" };

  test("the latest task is found, and a result that no page promises is not missed", async () => {
    const { result } = await find(
      {
        protectionPolicies: { "p-1": { latestTaskId: "t-apply" } },
        tasks: { "t-apply": { seconds: 20, taskType: "APPLY", taskResult: null } },
      },
      policy,
    );
    expect(result).toMatchObject({
      problem: "",
      task_id: "t-apply",
      total_count: "0",
      choice: "t-apply is the latest task of protection policy p-1",
    });
  });

  test("that was never applied the text says so", async () => {
    const { result } = await find({ protectionPolicies: { "p-1": {} } }, policy, { wait: "false" });
    expect(result.problem).toMatch(
      /^There is no task to wait for: the latest task of protection policy p-1 was not found\.\n\n(.*\n)* +Found instead: +the policy, without a task\n +Next: +apply the policy, which starts one$/,
    );
  });

  test("that nobody knows the text says so", async () => {
    const { result } = await find({}, policy, { wait: "false" });
    expect(result.status).toBe("NOT_FOUND");
    expect(result.problem).toMatch(/ +Last fault: +HTTP 404 ProtectionPolicyNotFound\n/);
  });

  test("that may not be read the text names the permission", async () => {
    const { result } = await find({ outages: [{ fault: { kind: "forbidden" } }] }, policy);
    expect(result.problem).toMatch(/ +Permission: +bdrc:GetProtectionPolicy on \*\n/);
  });
});

test.each<[Record<string, string>, string]>([
  [{ find: "nonsense" }, "it is no JSON object"],
  [
    { find: JSON.stringify({ ...LATEST, action: "PrecheckResourceCount" }) },
    "it names no operation of a task type",
  ],
  [{ find: JSON.stringify({ ...LATEST, within: 0 }) }, "within: it is not from 1 second to 30 days"],
  [{ find: JSON.stringify({ ...LATEST, form: { RuleId: "r" } }) }, "UpdateResources has no parameter RuleId"],
  [{ find: JSON.stringify({ policy: "p/1" }) }, "policy: an id is 1 to 128 letters"],
  [{ find: JSON.stringify(LATEST), task_ids: '["t-1"]' }, "find is given, too"],
  [{ task_id: "t-1", reuse_seconds: "60" }, "it goes with start only"],
  [{ task_id: "t-1", start_only: "true" }, "it goes with start only"],
  [{ task_id: "t-1", choice: "x" }, "it goes with find only"],
])("the query %p is refused", async (query, problem) => {
  await rehearse({});
  expect(() => readQuery(JSON.stringify({ endpoint: bdrc.endpoint, ...query }))).toThrow(problem);
});
