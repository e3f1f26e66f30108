import { callApi, isUnclear } from "../../lib/waiter/bdrc/call";
import type { Connection } from "../../lib/waiter/bdrc/client";
import type { Operation } from "../../lib/waiter/bdrc/client";
import { Secrets } from "../../lib/waiter/bdrc/redact";
import { TransportError, type HttpAnswer } from "../../lib/waiter/bdrc/transport";
import { VirtualClock } from "./virtual-wait";

const GET: Operation = { action: "DescribeTasks", method: "GET", path: "/api/v1/tasks" };
const POST: Operation = { action: "UpdateResources", method: "POST", path: "/api/v1/resources/update" };

const answer = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: {},
  body: JSON.stringify(body),
});
const down = (code: string): TransportError => new TransportError(`down: ${code}`, code);
const GOOD = answer(200, { RequestId: "R", Data: { TaskId: "t-1" } });

/** Calls an API that gives these answers, the last one for ever. */
async function call(operation: Operation, ...answers: (HttpAnswer | Error)[]) {
  const clock = new VirtualClock();
  let calls = 0;
  let renewals = 0;
  const caller: Connection = {
    client: {
      call: () => {
        const next = answers[Math.min(calls, answers.length - 1)];
        calls += 1;
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next as HttpAnswer);
      },
      redact: (text) => new Secrets().add("hush-hush").redact(text),
    },
    source: { current: () => Promise.reject(new Error("not asked here")), renew: () => (renewals += 1) },
  };
  const reply = await callApi(caller, operation, clock);
  return { reply, calls, renewals, sleeps: clock.sleeps };
}

test("a good answer is the document", async () => {
  const { reply, calls } = await call(GET, GOOD);
  expect(reply.document?.get("Data")).toEqual({ TaskId: "t-1" });
  expect(calls).toBe(1);
});

test.each(["Success", "OK", "success", "200", 200, 0, true, "true", "", null])(
  "Code %j with HTTP 200 is no error: the document beside it is the answer",
  async (Code) => {
    const { reply, calls } = await call(POST, answer(200, { Code, Data: { TaskId: "t-1" } }));
    expect(reply.document?.get("Data")).toEqual({ TaskId: "t-1" });
    expect(calls).toBe(1);
  },
);

test("an error in lower-case keys with HTTP 200 is one, too", async () => {
  expect((await call(GET, answer(200, { code: "Forbidden" }))).reply.fault?.class).toBe("refused");
});

describe("a fault", () => {
  test("throttling and passing faults are tried again, five calls at the most", async () => {
    const { reply, calls, sleeps } = await call(GET, answer(503, {}));
    expect(reply.fault).toMatchObject({ class: "transient" });
    expect([calls, sleeps]).toEqual([5, [500, 1000, 2000, 4000]]);
    expect((await call(GET, answer(400, { Code: "Throttling" }), GOOD)).reply.document).toBeDefined();
  });

  test.each([
    ["a refusal", answer(403, { Code: "Forbidden.RAM" }), "refused"],
    ["a wrong clock", answer(400, { Code: "InvalidTimeStamp.Expired" }), "clock"],
  ])("%s is not", async (_, given, kind) => {
    const { reply, calls } = await call(GET, given);
    expect([calls, reply.fault?.class]).toEqual([1, kind]);
  });

  test("stale credentials are renewed once, at once", async () => {
    const stale = answer(400, { Code: "InvalidSecurityToken.Expired" });
    expect(await call(POST, stale, GOOD)).toMatchObject({ calls: 2, renewals: 1, sleeps: [] });
    expect(await call(POST, stale)).toMatchObject({ calls: 2, renewals: 1 });
  });

  test("an error with HTTP 200 is one, too", async () => {
    expect((await call(GET, answer(200, { Code: "Forbidden" }))).reply.fault?.class).toBe("refused");
  });

  test("its texts hold no secret and nothing that drives a terminal", async () => {
    const body = { Code: "Forbidden", Message: "hush-hush\u001b[31m", RequestId: "hush-hush" };
    const { reply } = await call(POST, answer(403, body));
    expect(reply.fault).toMatchObject({ serverMessage: "(hidden)", requestId: "(hidden)" });
  });

  test("a defect is thrown", async () => {
    await expect(call(GET, new TypeError("a defect"))).rejects.toThrow("a defect");
  });
});

describe("a call that starts something", () => {
  test.each([
    ["throttled", answer(400, { Code: "Throttling.User" })],
    ["refused by the network before it was sent", down("ECONNREFUSED")],
    ["without a name service", down("EAI_AGAIN")],
  ])("%s: it was not carried out, so it is made again", async (_, given) => {
    expect(await call(POST, given, GOOD)).toMatchObject({ calls: 2 });
  });

  test.each([
    ["cut off", down("ECONNRESET")],
    ["not answered", down("TIMEOUT")],
    ["answered in part", down("CUT_SHORT")],
    ["answered with HTTP 500", answer(500, { Code: "InternalError" })],
    ["answered with HTTP 503", answer(503, {})],
    ["answered with a page of HTTP 200", { ...GOOD, body: "<html>" }],
    ["packed in a way that cannot be read", down("PACKED")],
  ])("%s: it may have been carried out, so it is not made again", async (_, given) => {
    const { reply, calls } = await call(POST, given, GOOD);
    expect(calls).toBe(1);
    expect(reply.fault && isUnclear(reply.fault)).toBe(true);
  });

  test("a call that certainly was not carried out is not unclear", () => {
    expect(isUnclear({ class: "transient", message: "", code: "ECONNREFUSED" })).toBe(false);
    expect(isUnclear({ class: "refused", message: "", status: 403 })).toBe(false);
    expect(isUnclear({ class: "throttled", message: "", status: 503 })).toBe(false);
  });
});
