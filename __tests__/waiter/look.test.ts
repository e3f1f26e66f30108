import * as fc from "fast-check";
import type { BdrcClient } from "../../lib/waiter/bdrc/client";
import { CredentialsError } from "../../lib/waiter/bdrc/credentials";
import { faultOfError, lookAt, readAnswer } from "../../lib/waiter/bdrc/look";
import { Secrets } from "../../lib/waiter/bdrc/redact";
import { TransportError, type HttpAnswer } from "../../lib/waiter/bdrc/transport";

const NOW = Date.UTC(2026, 2, 30, 8);
const TASK_ID = "t-0004d9ctt1iiabcdefgh";

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
}
const read = (...parts: Parameters<typeof answer>) => readAnswer(answer(...parts), NOW, TASK_ID);

describe("an answer with a task", () => {
  test("it is the task", () => {
    const data = { TaskId: TASK_ID, TaskStatus: "RUNNING", Progress: 1 };
    expect(read(200, { RequestId: "R", Data: data }).task).toMatchObject({ status: "RUNNING", progress: 1 });
  });

  test("it comes with the task's age by the server's clock, where the answer tells it", () => {
    const data = { TaskId: TASK_ID, TaskStatus: "RUNNING", StartTime: Date.UTC(2026, 2, 30, 7, 59) / 1000 };
    expect(read(200, { Data: data }, { date: "Mon, 30 Mar 2026 08:00:00 GMT" })).toMatchObject({
      age: 60_000,
    });
    expect(read(200, { Data: data })).not.toHaveProperty("age");
  });

  test("ids are compared without regard to case, since nothing says that case counts", () => {
    expect(read(200, { Data: { TaskId: TASK_ID.toUpperCase(), TaskStatus: "RUNNING" } }).task).toBeDefined();
  });

  test("a task without an id is the one that was asked for", () => {
    expect(read(200, { Data: { TaskStatus: "RUNNING" } }).task).toBeDefined();
  });

  test("an answer about another task is a fault, so that it cannot open the gate", () => {
    const { fault, task } = read(200, {
      RequestId: "R",
      Data: { TaskId: "t-another", TaskStatus: "COMPLETE" },
    });
    expect(task).toBeUndefined();
    expect(fault).toMatchObject({
      class: "transient",
      message: "the answer (HTTP 200) is about another task, t-another",
      code: "OTHER_TASK",
      requestId: "R",
    });
  });

  test("a task with an error status is not believed", () => {
    expect(read(500, { Data: { TaskId: TASK_ID, TaskStatus: "COMPLETE" } }).fault).toMatchObject({
      class: "transient",
    });
  });
});

describe("an answer without one", () => {
  test.each([
    ["no Data", 200, { RequestId: "R" }, "missing", "the answer (HTTP 200) holds no task"],
    ["Data null", 200, { Data: null }, "missing", "the answer (HTTP 200) holds no task"],
    ["Data a list", 200, { Data: [] }, "transient", "the answer (HTTP 200) holds a task without a status"],
    [
      "Data a text",
      200,
      { Data: "COMPLETE" },
      "transient",
      "the answer (HTTP 200) holds a task without a status",
    ],
    ["Data empty", 200, { Data: {} }, "transient", "the answer (HTTP 200) holds a task without a status"],
    ["an error with HTTP 200", 200, { Code: "Forbidden.RAM" }, "refused", "HTTP 200 Forbidden.RAM"],
    ["a list", 200, [1], "transient", "HTTP 200 with a body of 3 bytes, not an answer of BDRC"],
    ["null", 200, null, "transient", "HTTP 200 with a body of 4 bytes, not an answer of BDRC"],
    ["nothing", 200, "", "transient", "HTTP 200 with an empty body, not an answer of BDRC"],
    ["nothing, 503", 503, "", "transient", "HTTP 503 with an empty body, not an answer of BDRC"],
    ["nothing, 404", 404, "", "transient", "HTTP 404 with an empty body, not an answer of BDRC"],
    ["a redirect", 302, "", "transient", "HTTP 302 with an empty body, not an answer of BDRC"],
    ["JSON in a redirect", 302, {}, "transient", "HTTP 302 without a code"],
    ["an unknown task", 404, { Code: "TaskNotFound" }, "missing", "HTTP 404 TaskNotFound"],
    [
      "a wrong key",
      404,
      { Code: "InvalidAccessKeyId.NotFound" },
      "refused",
      "HTTP 404 InvalidAccessKeyId.NotFound",
    ],
    ["no code", 404, { message: "no Route matched" }, "missing", "HTTP 404 without a code"],
    ["a code that is no text", 500, { Code: 7 }, "transient", "HTTP 500 without a code"],
  ])("%s", (_, status, body, faultClass, message) => {
    expect(read(status, body).fault).toMatchObject({ class: faultClass, message });
  });

  test("a page says of what type it is", () => {
    const { fault } = read(502, "<html>", { "content-type": "text/html; charset=utf-8" });
    expect(fault).toMatchObject({
      class: "transient",
      message: "HTTP 502 with a body of 6 bytes of text/html, not an answer of BDRC",
    });
  });

  test.each([
    [{ RequestId: "A", Code: "c", Message: "m" }],
    [{ requestId: "A", code: "c", message: "m" }],
    [{ requestid: "A", Code: "c", Message: " m " }],
  ])("both spellings of the keys are read: %j", (body) => {
    expect(read(400, body).fault).toMatchObject({ code: "c", serverMessage: "m", requestId: "A" });
  });

  test("an error in XML is read, too", () => {
    const xml =
      '<?xml version="1.0"?><Error><RequestId>A</RequestId><Code>ServiceUnavailable</Code><Message>m</Message></Error>';
    expect(read(400, xml).fault).toMatchObject({
      class: "transient",
      code: "ServiceUnavailable",
      serverMessage: "m",
      requestId: "A",
    });
    expect(read(400, "<Error>").fault).toMatchObject({
      class: "refused",
      message: "HTTP 400 without a code",
    });
  });

  test("a request id in the header will do", () => {
    expect(read(502, "", { "x-acs-request-id": "H" }).fault).toMatchObject({ requestId: "H" });
  });

  test("the server's wish to be left alone is kept", () => {
    expect(read(503, "", { "retry-after": "7" }).fault).toMatchObject({ retryAfter: 7000 });
    expect(read(400, { Code: "Throttling" }, { "x-acs-retry-after": "70" }).fault).toMatchObject({
      retryAfter: 70,
    });
  });

  test("a missing permission is named as the answer names it, else as the one that a look needs", () => {
    const detail = { AccessDeniedDetail: { AuthAction: "bdrc:Other" } };
    expect(read(403, { Code: "Forbidden.RAM", ...detail }).fault?.facts).toEqual([
      ["Permission", "bdrc:Other on *"],
    ]);
    for (const AccessDeniedDetail of [undefined, null, "text", 7, [], {}, { AuthAction: 7 }]) {
      expect(read(403, { Code: "NoPermission", AccessDeniedDetail }).fault?.facts).toEqual([
        ["Permission", "bdrc:DescribeTask on *"],
      ]);
    }
    expect(read(403, { Code: "SignatureDoesNotMatch", ...detail }).fault?.facts).toBeUndefined();
  });

  test("a wrong clock is measured against the answer's date", () => {
    const skewed = (date: string) =>
      read(400, { Code: "InvalidTimeStamp.Expired" }, { date }).fault?.clockAhead;
    expect(skewed("Mon, 30 Mar 2026 09:00:00 GMT")).toBe(-3600);
    expect(skewed("Mon, 30 Mar 2026 07:00:00 GMT")).toBe(3600);
    expect(skewed("no date")).toBeUndefined();
  });

  test("any answer is a task or a fault with a message, and never throws", () => {
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(
          { Data: fc.jsonValue(), Code: fc.jsonValue(), AccessDeniedDetail: fc.jsonValue() },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
      fc.constantFrom(
        "[".repeat(200_000),
        '{"a":'.repeat(100_000),
        "<Error>".repeat(10_000),
        `${" ".repeat(500_000)}<`,
      ),
    );
    const headers = fc.dictionary(
      fc.constantFrom("date", "retry-after", "content-type", "x-acs-request-id"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, headers, (status, text, given) => {
        const { task, fault } = readAnswer({ status, headers: given, body: text }, NOW, TASK_ID);
        expect((task === undefined) !== (fault === undefined)).toBe(true);
        if (fault) expect(fault.message).not.toBe("");
      }),
    );
  });
});

describe("an error on the way", () => {
  test("a call without an answer is a fault of the network", () => {
    expect(faultOfError(new TransportError("nothing listens at x", "ECONNREFUSED"), false)).toEqual({
      class: "transient",
      message: "nothing listens at x",
      code: "ECONNREFUSED",
    });
    expect(faultOfError(new TransportError("m", "CERT_HAS_EXPIRED"), true).class).toBe("refused");
  });

  test("credentials that never worked are refused at once; ones that worked are expected back", () => {
    const error = new CredentialsError("no credentials were found", ["A: not set", "B: not set"], "set A");
    expect(faultOfError(error, false)).toEqual({
      class: "refused",
      message: "no credentials were found",
      code: "NoCredentials",
      advice: "set A",
      facts: [
        ["Tried", "A: not set"],
        ["Tried", "B: not set"],
      ],
    });
    expect(faultOfError(error, true).class).toBe("transient");
  });

  test("anything else is a defect, and is thrown on", () => {
    const defect = new TypeError("x is not a function");
    expect(() => faultOfError(defect, true)).toThrow(defect);
  });
});

describe("a look", () => {
  const SECRET = "a+secret/token==";

  function looker(call: () => Promise<HttpAnswer>) {
    const client = {
      call,
      redact: (text: string) => new Secrets().add(SECRET).redact(text),
    } as unknown as BdrcClient;
    return lookAt(client, TASK_ID, () => NOW);
  }

  test("no text of a fault holds a secret that a gateway quotes", async () => {
    const quoted = `you sent ${SECRET} or ${encodeURIComponent(SECRET)} and ${"0a".repeat(32)}`;
    const body = { Code: `Forbidden ${quoted}`, Message: quoted, RequestId: quoted };
    const denied = { Code: "Forbidden.RAM", AccessDeniedDetail: { AuthAction: quoted } };
    for (const given of [body, denied]) {
      const { fault } = await looker(() => Promise.resolve(answer(403, given)))(1000);
      expect(JSON.stringify(fault)).not.toMatch(/secret|0a0a/);
      expect(JSON.stringify(fault)).toContain("(hidden)");
    }
    const failing = looker(() => Promise.reject(new TransportError(quoted, "X")));
    expect(JSON.stringify(await failing(1000))).not.toMatch(/secret|0a0a/);
  });

  test("texts of a server are cut, so that events stay small, and never through a secret", async () => {
    const long = `${"x".repeat(480)}${SECRET}${"x".repeat(100_000)}`;
    const body = { Code: long, Message: long, RequestId: long, AccessDeniedDetail: { AuthAction: long } };
    for (const given of [
      body,
      { ...body, Code: "Forbidden.RAM" },
      { Data: { TaskId: long, TaskStatus: "RUNNING" } },
    ]) {
      const told = JSON.stringify(
        await looker(() => Promise.resolve(answer("Data" in given ? 200 : 403, given)))(1000),
      );
      expect(told.length).toBeLessThan(3000);
      expect(told).not.toContain(SECRET.slice(0, 6));
    }
  });

  test("no text of a fault can drive a terminal", async () => {
    const nasty = "a\u001b[31mb\u202ec\nd";
    const body = { Code: nasty, Message: nasty, RequestId: nasty };
    const { fault } = await looker(() => Promise.resolve(answer(400, body)))(1000);
    expect(fault).toMatchObject({
      code: "ab c d",
      serverMessage: "ab c d",
      requestId: "ab c d",
    });
    expect(fault?.message).toBe("HTTP 400 ab c d");
  });

  test("credentials that fail after an answer are a passing fault", async () => {
    const calls = [
      () => Promise.resolve(answer(503, "")),
      () => Promise.reject(new CredentialsError("none", [], "a")),
    ];
    const look = looker(() => (calls.shift() ?? (() => Promise.reject(new Error("one call too many"))))());
    expect((await look(1000)).fault?.class).toBe("transient");
    expect((await look(1000)).fault).toMatchObject({ class: "transient", code: "NoCredentials" });
  });

  test("a defect is not taken for a fault", async () => {
    await expect(looker(() => Promise.reject(new RangeError("too deep")))(1000)).rejects.toThrow("too deep");
  });
});

test.each(["Success", "OK", "200"])("a 200 with the code %s and no task says that there is none", (code) => {
  const body = JSON.stringify({ RequestId: "r", Code: code, Data: null });
  expect(readAnswer({ status: 200, headers: {}, body }, 0, "t-1").fault).toMatchObject({ class: "missing" });
});
