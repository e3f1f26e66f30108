import { type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { type Acs3Credentials, acs3Headers, percentEncode } from "../../lib/testing/acs3";
import {
  type FakeBdrc,
  type FakeBdrcOptions,
  type Fault,
  type FaultKind,
  startFakeBdrc,
} from "../../lib/testing/fake-bdrc";
import { FAULT_KINDS } from "../../lib/testing/fake-bdrc/fault";

const START = Date.UTC(2026, 2, 30, 8);
const UUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const UPDATE = { action: "UpdateResources", method: "POST", path: "/api/v1/resources/update" };
const COUNTS = { "ACS::OSS::Bucket": 3 };

let clock = START;
let bdrc: FakeBdrc;
let nonces = 0;

beforeEach(() => {
  clock = START;
});
afterEach(() => bdrc.close());

/** Starts the service of a test, on a clock that stands still. */
async function start(options: FakeBdrcOptions = {}): Promise<void> {
  bdrc = await startFakeBdrc({ now: () => clock, ...options });
}

interface Ask {
  readonly action?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly credentials?: Acs3Credentials;
  readonly nonce?: string;
  readonly at?: number;
  /** Changes made after signing; undefined takes a header away. */
  readonly tamper?: Readonly<Record<string, string | undefined>>;
  /** The body that is sent instead of the one that was signed. */
  readonly sentBody?: string;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** Makes one signed call over real HTTP; rejects when the line fails, also in the middle of a body. */
function ask(call: Ask = {}): Promise<Answered> {
  const { host } = new URL(bdrc.endpoint);
  const method = call.method ?? "GET";
  const path = call.path ?? "/api/v1/tasks/t-1";
  const query = Object.entries(call.query ?? {});
  const encode = (pairs: [string, string][]) => pairs.map(([k, v]) => `${k}=${percentEncode(v)}`).join("&");
  const body = call.form === undefined ? undefined : encode(Object.entries(call.form));
  const signed = acs3Headers(
    {
      method,
      host,
      path,
      query,
      action: call.action ?? "DescribeTask",
      version: "2023-08-08",
      at: call.at ?? clock,
      nonce: call.nonce ?? `nonce-${++nonces}`,
      ...(body === undefined ? {} : { body, contentType: "application/x-www-form-urlencoded" }),
    },
    call.credentials ?? { accessKeyId: "FakeKeyId", accessKeySecret: "FakeKeySecret" },
  );
  const headers = Object.entries({ ...signed, "user-agent": "a-test/1", ...call.tamper });
  const url = `${bdrc.endpoint}${path}${query.length > 0 ? `?${encode(query)}` : ""}`;
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method,
      agent: false,
      headers: Object.fromEntries(headers.filter(([, value]) => value !== undefined)),
    });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(text) }),
      );
    });
    request.end(call.sentBody ?? body);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the faults of a task make of one look. */
async function askFaulty(fault: Fault): Promise<Answered> {
  await start({ tasks: { "t-1": { counts: COUNTS, faults: [fault] } } });
  return ask();
}

describe("a task", () => {
  test("is answered in the API's shape", async () => {
    await start({ tasks: { "t-1": { seconds: 10, counts: COUNTS } } });
    clock += 2_500;

    const { status, headers, json } = await ask();

    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json;charset=utf-8");
    expect(headers.date).toBe("Mon, 30 Mar 2026 08:00:02 GMT");
    expect(json.RequestId).toMatch(UUID);
    expect(json.Data).toMatchObject({
      TaskId: "t-1",
      TaskStatus: "RUNNING",
      Progress: 2_500,
      StartTime: START / 1000,
    });
    expect(json.Data.RequestId).not.toBe(json.RequestId);
  });

  test("goes on as the clock goes on, and says the same for ever once it has ended", async () => {
    await start({ tasks: { "t-1": { createdSeconds: 1, seconds: 2, counts: COUNTS } } });
    const data = [];
    for (const step of [0, 1_000, 2_000, 60_000]) {
      clock += step;
      data.push((await ask()).json.Data);
    }

    expect(data.map((each) => each.TaskStatus)).toEqual(["CREATED", "RUNNING", "COMPLETE", "COMPLETE"]);
    expect(data[3]).toEqual(data[2]);
  });

  test("can start its clock at the first look", async () => {
    await start({ tasks: { "t-1": { seconds: 5, startsAtFirstLook: true } } });
    clock += 60_000;
    const first = await ask();
    clock += 5_000;

    expect(first.json.Data).toMatchObject({ TaskStatus: "RUNNING", StartTime: START / 1000 + 60 });
    expect((await ask()).json.Data.TaskStatus).toBe("COMPLETE");
  });

  test("that is not known is answered with 404 and a code that ends in NotFound", async () => {
    await start();

    const { status, json } = await ask({ path: "/api/v1/tasks/t-other" });

    expect(status).toBe(404);
    expect(json).toEqual({
      RequestId: expect.stringMatching(UUID),
      HostId: new URL(bdrc.endpoint).host,
      Code: "TaskNotFound",
      Message: "The specified task t-other does not exist.",
      Recommend: expect.stringContaining(json.RequestId),
    });
  });

  test("can come, go, and come again with its looks counted anew", async () => {
    await start();
    bdrc.addTask("t-1", {});
    await ask();
    bdrc.removeTask("t-1");
    const gone = await ask();
    bdrc.addTask("t-1", { ends: "FAILED" });
    const again = await ask();

    expect(gone.status).toBe(404);
    expect(again.json.Data.TaskStatus).toBe("FAILED");
    expect(bdrc.calls.map(({ look }) => look)).toEqual([1, 2, 1]);
  });

  test("whose record expires is not found from then on", async () => {
    await start({ tasks: { "t-1": { goneAfterSeconds: 10 } } });
    const before = await ask();
    clock += 10_000;

    expect([before.status, (await ask()).status]).toEqual([200, 404]);
  });

  test("may have any id that fits a path, percent-encoded", async () => {
    await start({ tasks: { "t 1/ä": {} } });

    expect((await ask({ path: `/api/v1/tasks/${percentEncode("t 1/ä")}` })).json.Data.TaskId).toBe("t 1/ä");
  });
});

describe("the gate", () => {
  beforeEach(() => start({ tasks: { "t-1": {} } }));

  test.each<[rule: string, ask: Ask, status: number, code: string]>([
    ["an unknown path", { path: "/api/v1/task/t-1" }, 404, "InvalidApi.NotFound"],
    ["a path without the id", { path: "/api/v1/tasks/" }, 404, "InvalidApi.NotFound"],
    ["another method", { method: "DELETE" }, 400, "UnsupportedHTTPMethod"],
    ["another version", { tamper: { "x-acs-version": "2017-09-08" } }, 404, "NoSuchVersion"],
    ["no version", { tamper: { "x-acs-version": undefined } }, 400, "MissingVersion"],
    ["an action that is not at the path", { action: "DescribeTasks" }, 404, "InvalidAction.NotFound"],
    ["no action", { tamper: { "x-acs-action": undefined } }, 400, "MissingAction"],
    ["a date over 15 minutes back", { at: START - 901_000 }, 400, "InvalidTimeStamp.Expired"],
    ["a date over 15 minutes ahead", { at: START + 901_000 }, 400, "InvalidTimeStamp.Expired"],
    ["a date in another form", { tamper: { "x-acs-date": "yesterday" } }, 400, "InvalidTimeStamp.Format"],
    ["no date", { tamper: { "x-acs-date": undefined } }, 400, "MissingTimestamp"],
    ["no nonce", { nonce: "" }, 400, "MissingSignatureNonce"],
    ["no signature", { tamper: { authorization: undefined } }, 400, "MissingAccessKeyId"],
    ["a signature of another kind", { tamper: { authorization: "acs id:x" } }, 400, "IncompleteSignature"],
    [
      "a hash of another body",
      { ...UPDATE, form: { a: "b" }, sentBody: "a=c" },
      400,
      "SignatureDoesNotMatch",
    ],
    [
      "a header changed after signing",
      { tamper: { "x-acs-signature-nonce": "x" } },
      400,
      "SignatureDoesNotMatch",
    ],
    [
      "an unknown key, with the 404 that is not a missing task",
      { credentials: { accessKeyId: "Other", accessKeySecret: "s" } },
      404,
      "InvalidAccessKeyId.NotFound",
    ],
    [
      "another secret",
      { credentials: { accessKeyId: "FakeKeyId", accessKeySecret: "s" } },
      400,
      "SignatureDoesNotMatch",
    ],
    [
      "a token that does not belong to the key",
      { credentials: { accessKeyId: "FakeKeyId", accessKeySecret: "FakeKeySecret", securityToken: "t" } },
      400,
      "InvalidSecurityToken.MismatchWithAccessKey",
    ],
  ])("refuses %s", async (_rule, call, status, code) => {
    const answer = await ask(call);

    expect([answer.status, answer.json.Code]).toEqual([status, code]);
    expect(bdrc.calls[0]).toMatchObject({ status, code });
  });

  test("accepts a date up to 15 minutes off", async () => {
    expect((await ask({ at: START - 900_000 })).status).toBe(200);
    expect((await ask({ at: START + 900_000 })).status).toBe(200);
  });

  test("refuses a nonce that was used before, but one of a call that was refused may come again", async () => {
    await ask({ nonce: "once", tamper: { authorization: "acs id:x" } });
    const first = await ask({ nonce: "once" });
    const second = await ask({ nonce: "once" });

    expect([first.status, second.status]).toEqual([200, 400]);
    expect(second.json.Code).toBe("SignatureNonceUsed");
  });

  test("tells a signer what it computed, but never a token", async () => {
    await bdrc.close();
    await start({ securityToken: "SecretToken" });

    const { json } = await ask({
      credentials: { accessKeyId: "FakeKeyId", accessKeySecret: "wrong", securityToken: "SecretToken" },
    });

    expect(json.Message).toContain("x-acs-action:DescribeTask");
    expect(json.Message).not.toContain("SecretToken");
  });
});

describe("credentials", () => {
  const credentials = { accessKeyId: "STS.Id", accessKeySecret: "s", securityToken: "t==" };

  test("with a token are accepted with that token only", async () => {
    await start({ ...credentials, tasks: { "t-1": {} } });
    const answers = [
      await ask({ credentials }),
      await ask({ credentials: { accessKeyId: "STS.Id", accessKeySecret: "s" } }),
      await ask({ credentials: { ...credentials, securityToken: "other" } }),
    ];

    expect(answers.map(({ json }) => json.Code)).toEqual([
      undefined,
      "MissingSecurityToken",
      "InvalidSecurityToken.Malformed",
    ]);
  });

  test("are handed over as environment, where an empty token hides an inherited one", async () => {
    await start();

    expect(bdrc.environment).toEqual({
      ALIBABA_CLOUD_ACCESS_KEY_ID: "FakeKeyId",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "FakeKeySecret",
      ALIBABA_CLOUD_SECURITY_TOKEN: "",
    });
  });

  test("are not looked at when the check is off", async () => {
    await start({ checkSignature: false, tasks: { "t-1": {} } });
    const tamper = { authorization: undefined, "x-acs-date": undefined, "x-acs-signature-nonce": undefined };

    expect((await ask({ tamper })).status).toBe(200);
  });
});

describe("the quota", () => {
  const times = async (count: number) => {
    const answers = [];
    for (let index = 0; index < count; index++) answers.push(await ask());
    return answers;
  };

  test("a call over the quota is told to come back later, and how much later", async () => {
    await start({ tasks: { "t-1": {} } });
    await times(10);
    clock += 300;

    const { status, headers, json } = await ask();

    expect([status, json.Code, headers["x-acs-retry-after"]]).toEqual([400, "Throttling.User", "700"]);
  });

  test("who comes back then is let in", async () => {
    await start({ tasks: { "t-1": {} } });
    await times(11);
    clock += 1_000;

    expect((await ask()).status).toBe(200);
  });

  test("each operation has its own, and tasks share one", async () => {
    await start({ quotaPerSecond: 1, tasks: { "t-1": {}, "t-2": {} } });
    const statuses = [
      (await ask()).status,
      (await ask({ action: "DescribeTasks", path: "/api/v1/tasks" })).status,
      (await ask({ path: "/api/v1/tasks/t-2" })).status,
    ];

    expect(statuses).toEqual([200, 200, 400]);
  });

  test("0 sets no limit", async () => {
    await start({ quotaPerSecond: 0, tasks: { "t-1": {} } });

    expect((await times(25)).every(({ status }) => status === 200)).toBe(true);
  });
});

describe("faults", () => {
  test.each<[Fault, number, string | undefined]>([
    [{ kind: "throttle" }, 400, "Throttling.User"],
    [{ kind: "throttle", status: 429, code: "Throttling.Api" }, 429, "Throttling.Api"],
    [{ kind: "internal-error" }, 500, "InternalError"],
    [{ kind: "unavailable" }, 503, "ServiceUnavailable"],
    [{ kind: "not-found" }, 404, "TaskNotFound"],
    [{ kind: "not-found", code: "TaskNotExist" }, 404, "TaskNotExist"],
    [{ kind: "forbidden" }, 403, "Forbidden.RAM"],
    [{ kind: "token-expired" }, 400, "InvalidSecurityToken.Expired"],
    [{ kind: "nonce-used" }, 400, "SignatureNonceUsed"],
    [{ kind: "clock-skew" }, 400, "InvalidTimeStamp.Expired"],
    [{ kind: "answer", status: 418, code: "Teapot", message: "m" }, 418, "Teapot"],
    [{ kind: "no-code" }, 500, undefined],
    [{ kind: "no-data" }, 200, undefined],
  ])("%j is an answer in JSON", async (fault, status, code) => {
    const answer = await askFaulty(fault);

    expect(answer.status).toBe(status);
    expect(answer.json.Code).toBe(code);
    expect(answer.json.RequestId).toMatch(UUID);
    expect(bdrc.calls[0]).toMatchObject({ status, code, fault: fault.kind, look: 1 });
  });

  test("a throttled call can be told when to come back, in both headers", async () => {
    const { headers } = await askFaulty({ kind: "throttle", retryAfterMs: 1_500, retryAfter: 2 });

    expect(headers).toMatchObject({ "x-acs-retry-after": "1500", "retry-after": "2" });
  });

  test("a refusal of RAM names the action that was refused", async () => {
    const { json } = await askFaulty({ kind: "forbidden" });

    expect(json.AccessDeniedDetail).toMatchObject({
      AuthAction: "bdrc:DescribeTask",
      NoPermissionType: "ImplicitDeny",
    });
  });

  test("a server whose clock is off shows so in its Date header", async () => {
    const { headers } = await askFaulty({ kind: "clock-skew", skewSeconds: -1_800 });

    expect(headers.date).toBe("Mon, 30 Mar 2026 07:30:00 GMT");
  });

  test("keys in lower case come from some gateways", async () => {
    const { status, json } = await askFaulty({ kind: "lower-case", status: 400, code: "Throttling" });

    expect(status).toBe(400);
    expect(json).toEqual({
      requestId: expect.stringMatching(UUID),
      code: "Throttling",
      message: expect.any(String),
    });
  });

  test("an error can come in XML", async () => {
    const { headers, text } = await askFaulty({ kind: "xml", message: "a < b" });

    expect(headers["content-type"]).toBe("text/xml;charset=utf-8");
    expect(text).toMatch(
      /<Error><RequestId>.*<Code>InternalError<\/Code><Message>a &#60; b<\/Message><\/Error>$/,
    );
  });

  test.each([undefined, 200])("a proxy answers HTML, with status %p", async (status) => {
    const answer = await askFaulty({ kind: "html", ...(status === undefined ? {} : { status }) });

    expect([answer.status, answer.headers["content-type"]]).toEqual([status ?? 502, "text/html"]);
    expect(answer.text).toContain("<html>");
  });

  test("an answer can have no body", async () => {
    const { status, text } = await askFaulty({ kind: "empty" });

    expect([status, text]).toEqual([503, ""]);
  });

  test("a redirect leads away", async () => {
    const { status, headers } = await askFaulty({ kind: "redirect", location: "http://127.0.0.1:1/" });

    expect([status, headers.location]).toEqual([302, "http://127.0.0.1:1/"]);
  });

  test("a huge body has the size asked for", async () => {
    const { text, json } = await askFaulty({ kind: "huge", bytes: 100_000 });

    expect(text).toHaveLength(100_000);
    expect(json.Data.TaskDescription).toMatch(/^x+$/);
  });

  test("an answer can be anything", async () => {
    const answer = await askFaulty({ kind: "answer", status: 207, headers: { "X-A": "b" }, body: [1] });

    expect([answer.status, answer.headers["x-a"], answer.json]).toEqual([207, "b", [1]]);
  });

  test("a connection is reset before any byte", async () => {
    await expect(askFaulty({ kind: "reset" })).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(bdrc.calls[0]).toMatchObject({ fault: "reset", status: undefined });
  });

  test.each([undefined, 0, 1, 1e6])("an answer is cut off after %p bytes, and never whole", async (bytes) => {
    const fault: Fault = { kind: "cut", ...(bytes === undefined ? {} : { bytes }) };

    await expect(askFaulty(fault)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(bdrc.calls[0]).toMatchObject({ fault: "cut", status: 200 });
  });

  test("an answer drips", async () => {
    expect((await askFaulty({ kind: "drip", everyMs: 1 })).json.Data.TaskStatus).toBe("COMPLETE");
  });

  test.each<Fault>([
    { kind: "hang" },
    { kind: "hang", headersFirst: true },
    { kind: "drip", everyMs: 60_000 },
  ])("%j lasts until the service closes", async (fault) => {
    await start({ tasks: { "t-1": { faults: [fault] } } });
    const pending = expect(ask()).rejects.toMatchObject({ code: "ECONNRESET" });
    while (bdrc.calls.length === 0) await new Promise(setImmediate);
    await bdrc.close();

    await pending;
  });

  test("only the looks that a fault names meet it", async () => {
    await start({ tasks: { "t-1": { faults: [{ look: [1, 3], kind: "internal-error" }] } } });

    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([500, 200, 500]);
  });

  test("a call that the gate refuses does not meet the fault", async () => {
    await start({ tasks: { "t-1": { faults: [{ kind: "reset" }] } } });

    expect((await ask({ at: 0 })).json.Code).toBe("InvalidTimeStamp.Expired");
  });

  test("every call can be made to fail, also one that would be refused, until it is called off", async () => {
    await start({ tasks: { "t-1": {} } });
    bdrc.failEveryCall({ kind: "unavailable" });
    const down = [await ask(), await ask({ path: "/nowhere" })];
    bdrc.failEveryCall(undefined);

    expect(down.map(({ status }) => status)).toEqual([503, 503]);
    expect((await ask()).status).toBe(200);
  });

  test("an outage lasts from its beginning to its end", async () => {
    const fault = { kind: "empty" } as const;
    await start({ tasks: { "t-1": {} }, outages: [{ fromSeconds: 1, toSeconds: 2, fault }] });
    const statuses = [];
    for (const seconds of [0, 1, 1.9, 2]) {
      clock = START + seconds * 1000;
      statuses.push((await ask()).status);
    }

    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  test("an operation that fails has not started a task, and one whose answer was cut has", async () => {
    const update = { ...UPDATE, form: {} };
    await start();
    bdrc.failEveryCall({ kind: "internal-error" });
    await ask(update);
    bdrc.failEveryCall({ kind: "cut" });
    await expect(ask(update)).rejects.toThrow();
    bdrc.failEveryCall(undefined);

    expect((await list()).json.Data.Content).toHaveLength(1);
  });

  test("every kind can be played", async () => {
    const lineFails: FaultKind[] = ["reset", "cut", "hang", "drip"];
    await start({ quotaPerSecond: 0, tasks: { "t-1": {} } });
    for (const kind of Object.keys(FAULT_KINDS) as FaultKind[]) {
      bdrc.failEveryCall({ kind, ...(kind === "huge" ? { bytes: 100 } : {}) });
      if (!lineFails.includes(kind)) await ask();
    }

    expect(bdrc.calls).toHaveLength(Object.keys(FAULT_KINDS).length - lineFails.length);
  });
});

describe("operations that start tasks", () => {
  const matchers = (Operator: string, Values: string[]) => JSON.stringify([{ Key: "k", Operator, Values }]);
  const operations: Record<string, Pick<Ask, "method" | "path">> = {
    UpdateResources: { method: "POST", path: "/api/v1/resources/update" },
    CheckRules: { method: "POST", path: "/api/v1/rules/check" },
    PrecheckResourceCount: { method: "POST", path: "/api/v1/resources/precheck-count" },
  };

  test.each<[string, Record<string, string>, string, Record<string, number>]>([
    ["UpdateResources", {}, "UPDATE_RESOURCES", { "ACS::ECS::Instance": 12, "ACS::OSS::Bucket": 3 }],
    ["UpdateResources", { ResourceType: "ACS::OSS::Bucket" }, "UPDATE_RESOURCES", { "ACS::OSS::Bucket": 3 }],
    [
      "CheckRules",
      { ResourceArn: "acs:oss:*:1:b (x)*'" },
      "CHECK_RULES",
      { "ACS::ECS::Instance": 12, "ACS::OSS::Bucket": 3 },
    ],
    [
      "PrecheckResourceCount",
      { TagResourceMatchers: matchers("EQUAL", ["ä b"]), ResourceType: "ACS::NAS::FileSystem" },
      "PRECHECK_RESOURCE_COUNT",
      { "ACS::NAS::FileSystem": 0 },
    ],
  ])("%s with %j starts a task that completes after 5 seconds", async (action, form, type, counts) => {
    await start();
    const started = await ask({ action, form, ...operations[action] });
    const taskId: string = started.json.Data.TaskId;
    const running = await ask({ path: `/api/v1/tasks/${taskId}` });
    clock += 5_000;
    const { Data } = (await ask({ path: `/api/v1/tasks/${taskId}` })).json;

    expect(taskId).toMatch(/^t-[0-9a-z]{20}$/);
    expect(running.json.Data).toMatchObject({
      TaskStatus: "RUNNING",
      TaskType: type,
      RequestId: started.json.RequestId,
    });
    expect(Data.TaskStatus).toBe("COMPLETE");
    expect(JSON.parse(Data.TaskResult)).toEqual({
      resourceCounts: Object.entries(counts).map(([resourceType, count]) => ({ resourceType, count })),
    });
  });

  test.each<[string, Record<string, string>, string, string]>([
    ["UpdateResources", { ResourceType: "Bucket" }, "InvalidParameter", "ResourceType"],
    ["CheckRules", {}, "MissingParameter", "ResourceArn"],
    ["CheckRules", { ResourceArn: "bucket" }, "InvalidParameter", "ResourceArn"],
    ["PrecheckResourceCount", {}, "MissingParameter", "TagResourceMatchers"],
    ["PrecheckResourceCount", { TagResourceMatchers: "{" }, "InvalidParameter", "TagResourceMatchers"],
    ["PrecheckResourceCount", { TagResourceMatchers: "[]" }, "InvalidParameter", "TagResourceMatchers"],
    ["PrecheckResourceCount", { TagResourceMatchers: matchers("EQUAL", []) }, "InvalidParameter", "EQUAL"],
    [
      "PrecheckResourceCount",
      { TagResourceMatchers: matchers("KEY_EXIST", ["v"]) },
      "InvalidParameter",
      "KEY_EXIST",
    ],
  ])("%s refuses %j", async (action, form, code, name) => {
    await start();

    const { status, json } = await ask({ action, form, ...operations[action] });

    expect([status, json.Code]).toEqual([400, code]);
    expect(json.Message).toContain(name);
  });

  test("a parameter in JSON is not seen, since the API takes forms only", async () => {
    await start();

    const tamper = { "content-type": "application/json" };
    await bdrc.close();
    await start({ checkSignature: false });
    const answer = await ask({
      action: "CheckRules",
      form: { ResourceArn: "acs:x" },
      tamper,
      ...operations["CheckRules"],
    });

    expect(answer.json.Code).toBe("MissingParameter");
  });

  test("what a started task does can be scripted", async () => {
    await start({ newTask: { ends: "FAILED", errorMessage: "no" } });
    const { json } = await ask({ action: "UpdateResources", form: {}, ...operations["UpdateResources"] });

    expect((await ask({ path: `/api/v1/tasks/${json.Data.TaskId}` })).json.Data.ErrorMessage).toBe("no");
  });
});

function list(query: Record<string, string> = {}): Promise<Answered> {
  return ask({ action: "DescribeTasks", path: "/api/v1/tasks", query });
}

describe("DescribeTasks", () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`t-${index}`, { seconds: index % 2 }]));

  test("filters by status and by type", async () => {
    await start({
      tasks: { "t-1": {}, "t-2": { seconds: 9 }, "t-3": { seconds: 9, taskType: "CHECK_RULES" } },
    });
    const ids = async (query: Record<string, string>) =>
      (await list(query)).json.Data.Content.map((task: { TaskId: string }) => task.TaskId);

    expect(await ids({})).toEqual(["t-3", "t-2", "t-1"]);
    expect(await ids({ TaskStatus: "RUNNING" })).toEqual(["t-3", "t-2"]);
    expect(await ids({ TaskStatus: "RUNNING", TaskType: "UPDATE_RESOURCES" })).toEqual(["t-2"]);
    expect(await ids({ TaskStatus: "EXPIRED" })).toEqual([]);
  });

  test.each([
    [undefined, 10],
    ["1", 10],
    ["11", 11],
    ["500", 500],
    ["9999", 500],
  ])("MaxResults %p means %p", async (asked, taken) => {
    await start({ tasks: many(12) });

    const { json } = await list(asked === undefined ? {} : { MaxResults: asked });

    expect(json.Data.MaxResults).toBe(taken);
    expect(json.Data.Content).toHaveLength(Math.min(12, taken));
  });

  test("pages follow one another until the token is empty", async () => {
    await start({ tasks: many(25) });
    const sizes: number[] = [];
    let token = "";
    do {
      const { Data } = (await list({ NextToken: token })).json;
      sizes.push(Data.Content.length);
      token = Data.NextToken;
    } while (token !== "");

    expect(sizes).toEqual([10, 10, 5]);
  });

  test.each<Record<string, string>>([
    { TaskStatus: "COMPLETED" },
    { MaxResults: "ten" },
    { NextToken: "a+b/c=* ~(1)'" },
  ])("refuses %j", async (query) => {
    await start();

    const { status, json } = await list(query);

    expect([status, json.Code]).toEqual([400, "InvalidParameter"]);
    expect(json.Message).toContain(Object.keys(query)[0]);
  });

  test("does not start the clock of a task that waits for its first look, nor count as a look", async () => {
    await start({ tasks: { "t-1": { seconds: 5, startsAtFirstLook: true } } });
    await list();
    clock += 60_000;

    expect((await ask()).json.Data.TaskStatus).toBe("RUNNING");
    expect(bdrc.calls.map(({ look }) => look)).toEqual([undefined, 1]);
  });
});

test("GetBdrcService says that the service is open, since a fixed time", async () => {
  await start();
  const service = () => ask({ action: "GetBdrcService", path: "/api/v1/service" });
  const first = (await service()).json.Data;
  clock += 60_000;

  expect(first).toMatchObject({ ServiceStatus: "OPENED", ServiceInitializeStatus: "SUCCESS" });
  expect((await service()).json.Data).toEqual(first);
});

test("every call is remembered, without what signs it", async () => {
  await start({ securityToken: "SecretToken", tasks: { "t-1": {} } });
  clock += 1_234;
  await ask({
    credentials: { accessKeyId: "FakeKeyId", accessKeySecret: "FakeKeySecret", securityToken: "SecretToken" },
  });

  expect(bdrc.calls).toEqual([
    {
      at: 1_234,
      operation: "DescribeTask",
      method: "GET",
      path: "/api/v1/tasks/t-1",
      taskId: "t-1",
      look: 1,
      status: 200,
      code: undefined,
      fault: undefined,
      accessKeyId: "FakeKeyId",
      userAgent: "a-test/1",
      headers: expect.objectContaining({ "x-acs-action": "DescribeTask", "x-acs-security-token": "***" }),
    },
  ]);
  expect(JSON.stringify(bdrc.calls)).not.toMatch(/SecretToken|Signature=/);
});

test("a service may be closed twice", async () => {
  await start();
  await bdrc.close();

  await expect(bdrc.close()).resolves.toBeUndefined();
});

test("a port that is taken is an error", async () => {
  await start();
  const port = Number(new URL(bdrc.endpoint).port);

  await expect(startFakeBdrc({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
