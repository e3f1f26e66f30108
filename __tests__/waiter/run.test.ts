import type { WaitEvent } from "../../lib/protocol/event";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import type { TaskScript } from "../../lib/testing/task-script";
import type { WaitQuery } from "../../lib/waiter/query";
import { readQuery } from "../../lib/waiter/read-query";
import { runQuery } from "../../lib/waiter/run";
import { VirtualClock } from "./virtual-wait";

let bdrc: FakeBdrc;
afterEach(() => bdrc.close());

/** Runs a query against a fake service that shares the virtual clock. */
async function run(script: TaskScript, query: Record<string, string> = {}, never = false) {
  const clock = new VirtualClock();
  const base = Date.now();
  bdrc = await startFakeBdrc({ tasks: { "t-1": script }, now: () => base + clock.time });
  const events: WaitEvent[] = [];
  const asked = readQuery(JSON.stringify({ task_id: "t-1", endpoint: bdrc.endpoint, ...query })) as WaitQuery;
  const result = await runQuery(asked, {
    clock,
    environment: { ...bdrc.environment },
    events: (event) => events.push(event),
    never,
  });
  return { result, events, clock };
}

test("a wait is told from its start to its end, each look with the gap to the next", async () => {
  const { result, events } = await run({
    seconds: 3.8,
    startsAtFirstLook: true,
    counts: { "ACS::OSS::Bucket": 3 },
    faults: [{ kind: "throttle", look: 2 }],
  });
  expect(result).toMatchObject({ status: "COMPLETE", problem: "", total_count: "3" });
  expect(events.map(({ type }) => type)).toEqual(["start", "look", "fault", "look", "end"]);
  expect(events[0]).toMatchObject({
    task_id: "t-1",
    waited_seconds: 0,
    timeout_seconds: 3600,
    wait: true,
    endpoint: new URL(bdrc.endpoint).host,
  });
  expect(events[1]).toMatchObject({ look: 1, status: "RUNNING", progress: 0, next_look_seconds: 3.8 });
  expect(events[2]).toMatchObject({
    look: 2,
    fault: "throttled",
    message: "HTTP 400 Throttling.User",
    waited_seconds: 3.8,
  });
  expect(events[4]).toMatchObject({ status: "COMPLETE", problem: "", looks: 3 });
  for (const { at } of events) expect(new Date(at).toISOString()).toBe(at);
});

test("a problem is told with its first line", async () => {
  const { result, events } = await run({ ends: "FAILED", errorMessage: "no quota" });
  expect(events.at(-1)).toMatchObject({
    type: "end",
    status: "FAILED",
    problem: "Task t-1 ended as FAILED.",
  });
  expect(result.problem).toContain("Message: no quota");
});

test("no secret that a gateway quotes reaches a result, which a state keeps, or an event, in whatever encoding", async () => {
  const token = "CAISzgJ1q6Ft5B2yfSjIr5bM/+8e7Z+oD0JGkLmNpQrStUvWxYz==";
  const url = encodeURIComponent(token);
  const quoted = [
    url,
    url.replace(/%../g, (hex) => hex.toLowerCase()),
    token.replaceAll("+", " "),
    token.replaceAll("+", "&#43;").replaceAll("/", "\\/"),
    token.replace(/.{9}/g, "$&\n"),
    url.slice(-30),
  ].join("|");
  const refused = { code: "Forbidden.RAM", message: quoted, kind: "forbidden" } as const;
  const named = {
    TaskId: "t-1",
    TaskName: quoted,
    TaskDescription: quoted,
    TaskDetail: quoted,
    ErrorMessage: quoted,
  };
  const scripts: TaskScript[] = [
    { faults: [{ ...refused, look: 1 }] },
    {
      data: {
        ...named,
        TaskStatus: "COMPLETE",
        TaskType: "UPDATE_RESOURCES",
        TaskResult: { [quoted]: quoted },
      },
    },
    { data: { ...named, TaskStatus: quoted } },
  ];
  for (const script of scripts) {
    const events: WaitEvent[] = [];
    const clock = new VirtualClock();
    const service = (bdrc = await startFakeBdrc({ securityToken: token, tasks: { "t-1": script } }));
    const query = { task_id: "t-1", endpoint: service.endpoint, timeout_seconds: "60" };
    const environment = { ...service.environment, ALIBABA_CLOUD_SECURITY_TOKEN: token };
    const result = await runQuery(readQuery(JSON.stringify(query)) as WaitQuery, {
      clock,
      environment,
      events: (event) => events.push(event),
      never: false,
    });
    await service.close();
    const told = JSON.stringify([result, events]);
    expect(told).toContain("(hidden)");
    for (let at = 0; at + 12 <= token.length; at += 1)
      expect(decodeURIComponent(told)).not.toContain(token.slice(at, at + 12));
    expect(told).not.toMatch(/CAISzgJ1q6|StUvWxYz|oD0JGkLmNp/);
  }
  bdrc = await startFakeBdrc({ tasks: {} });
});

test("wait=false gives back a task under way", async () => {
  const { result, events, clock } = await run({ ends: "NEVER" }, { wait: "false" });
  expect(result.status).toBe("RUNNING");
  expect(events[0]).toMatchObject({ wait: false });
  expect(clock.sleeps).toEqual([]);
});

test("never makes one call, whatever the query says", async () => {
  const { result } = await run(
    { ends: "NEVER", faults: [{ kind: "throttle" }] },
    { remembered: "true" },
    true,
  );
  expect(result.status).toBe("UNREADABLE");
  expect(bdrc.calls).toHaveLength(1);
});

test("an expired token is renewed and the call signed again, once", async () => {
  const { result } = await run({ faults: [{ kind: "token-expired", look: 1 }] });
  expect(result.status).toBe("COMPLETE");
  expect(bdrc.calls.map(({ code }) => code)).toEqual(["InvalidSecurityToken.Expired", undefined]);
  const nonces = bdrc.calls.map(({ headers }) => headers["x-acs-signature-nonce"]);
  expect(new Set(nonces).size).toBe(2);
});

test("a text that quotes the signature does not bring it into the result or the events", async () => {
  const clock = new VirtualClock();
  bdrc = await startFakeBdrc({ accessKeySecret: "another-secret", tasks: { "t-1": {} } });
  const events: WaitEvent[] = [];
  const result = await runQuery(
    readQuery(JSON.stringify({ task_id: "t-1", endpoint: bdrc.endpoint })) as WaitQuery,
    {
      clock,
      environment: { ...bdrc.environment, ALIBABA_CLOUD_ACCESS_KEY_SECRET: "my-own-secret" },
      events: (event) => events.push(event),
      never: false,
    },
  );
  expect(result.status).toBe("UNREADABLE");
  expect(result.problem).toContain("SignatureDoesNotMatch");
  expect(JSON.stringify([result, events])).not.toMatch(/my-own-secret|\b[0-9a-f]{64}\b/);
});
