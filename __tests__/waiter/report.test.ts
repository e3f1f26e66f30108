import * as fc from "fast-check";
import { PROBLEMS, type ProblemCode } from "../../lib/protocol/problem";
import type { Fault, FaultClass } from "../../lib/waiter/failure";
import { duration, percent } from "../../lib/waiter/report";
import type { Ending } from "../../lib/waiter/wait";
import { found, problem, refused, type Shape, task, TEXTS } from "./report-texts";

test("a complete task whose result was understood is no problem", () => {
  expect(problem({ task: task({ status: "COMPLETE" }) })).toBe("");
});

test.each(TEXTS)("%s is said in full", (_, shape, text) => {
  expect(problem(shape)).toBe(text);
});

test.each<[string | undefined, number | undefined, string, FaultClass?]>([
  [
    "SignatureDoesNotMatch",
    undefined,
    "check the access key, its secret and, with temporary credentials, the security token",
  ],
  [
    "InvalidAccessKeyId.NotFound",
    404,
    "check the access key, its secret and, with temporary credentials, the security token",
  ],
  [
    "InvalidSecurityToken.Expired",
    undefined,
    "check the access key, its secret and, with temporary credentials, the security token",
  ],
  [
    "SignatureNonceUsed",
    undefined,
    "run Terraform again; if it repeats, look for a proxy that sends calls twice",
    "stale",
  ],
  [
    "NoPermission",
    403,
    "grant bdrc:DescribeTask on * (or AliyunBDRCReadOnlyAccess) to the identity whose keys are used",
  ],
  ["InvalidApi.NotFound", 404, "check the endpoint: it is not BDRC's"],
  ["NoSuchVersion", 404, "check the endpoint: it is not BDRC's"],
  [
    "CERT_HAS_EXPIRED",
    undefined,
    "check the endpoint; a certificate authority of your own is named by NODE_EXTRA_CA_CERTS",
  ],
  ["BAD_PROXY", undefined, "check HTTPS_PROXY; name hosts that are reached without a proxy in NO_PROXY"],
  [undefined, 407, "check HTTPS_PROXY; name hosts that are reached without a proxy in NO_PROXY"],
  [undefined, 401, "check the endpoint, the region and the account; see the message"],
] as const)(
  "a refusal with code %s and HTTP %p says what to do",
  (code, status, next, faultClass = "refused") => {
    const fault = { class: faultClass, ...(code ? { code } : {}), ...(status ? { status } : {}) };
    const text = problem(refused(fault));
    expect(text.split("\n").at(-1)).toBe(`  Next:     ${next}`);
  },
);

test("answers about another task send nobody to look at the network", () => {
  const text = problem({
    ending: "outage",
    fault: { class: "transient", message: "the answer (HTTP 200) is about another task", code: "OTHER_TASK" },
  });
  expect(text.split("\n").at(-1)).toBe(
    "  Next:       look for a proxy, cache or gateway: something between this machine and BDRC answers for another task",
  );
});

const ending = (end: Ending, fault: Partial<Fault>): Shape => ({
  ending: end,
  fault: { class: "transient", message: "m", ...fault },
});

test.each<[ProblemCode, Shape]>([
  ["TASK_FAILED", { task: task({ status: "FAILED" }) }],
  ["TASK_EXPIRED", { task: task({ status: "EXPIRED" }) }],
  ["TASK_CANCELED", { task: task({ status: "CANCELED" }) }],
  ["BAD_RESULT", { task: task({ status: "COMPLETE" }), unread: "it is absent" }],
  ["NOT_ENDED", { ending: "looked", task: task({}) }],
  ["DEADLINE", { ending: "deadline", task: task({}) }],
  ["DEADLINE", ending("deadline", { class: "throttled" })],
  ["NOT_FOUND", ending("deadline", { class: "missing" })],
  ["NOT_FOUND", ending("missing", { class: "missing" })],
  ["GONE", ending("gone", { class: "missing" })],
  ["NO_CREDENTIALS", refused({ code: "NoCredentials" })],
  ["NO_CREDENTIALS", ending("outage", { code: "NoCredentials" })],
  ["BAD_CREDENTIALS", refused({ code: "SignatureDoesNotMatch" })],
  ["BAD_CREDENTIALS", refused({ code: "InvalidAccessKeyId.NotFound", status: 404 })],
  ["BAD_CREDENTIALS", refused({ class: "stale", code: "InvalidSecurityToken.Expired" })],
  ["NO_PERMISSION", refused({ code: "Forbidden.RAM" })],
  ["NO_PERMISSION", refused({ code: "NoPermission" })],
  ["CLOCK", refused({ class: "clock", code: "InvalidTimeStamp.Expired" })],
  ["CERTIFICATE", refused({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" })],
  ["CERTIFICATE", refused({ code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" })],
  ["PROXY", refused({ status: 407 })],
  ["PROXY", refused({ code: "BAD_PROXY" })],
  ["UNKNOWN_HOST", ending("outage", { code: "ENOTFOUND" })],
  ["WRONG_ENDPOINT", refused({ code: "InvalidAction.NotFound", status: 404 })],
  ["BAD_PARAMETER", refused({ code: "InvalidParameter.TaskId" })],
  ["REFUSED", refused({ status: 401 })],
  ["REFUSED", refused({ class: "stale", code: "SignatureNonceUsed" })],
  ["OTHER_TASK", ending("outage", { code: "OTHER_TASK" })],
  ["OUTAGE", ending("outage", { status: 503 })],
  ["OUTAGE", ending("outage", { class: "throttled", status: 429 })],
])("a problem has the code of its cause, %s, and its text says it, too", (code, shape) => {
  expect(found(shape)?.code).toBe(code);
  expect(problem(shape).split("\n")[2]).toMatch(new RegExp(`^  Code: +${code}$`));
});

test("the codes are stable: none that was published is renamed or taken away", () => {
  expect(Object.keys(PROBLEMS)).toEqual(
    expect.arrayContaining([
      ..."TASK_FAILED TASK_EXPIRED TASK_CANCELED BAD_RESULT NOT_ENDED DEADLINE NOT_FOUND GONE".split(" "),
      ..."NO_CREDENTIALS BAD_CREDENTIALS NO_PERMISSION CLOCK CERTIFICATE PROXY UNKNOWN_HOST".split(" "),
      ..."WRONG_ENDPOINT BAD_PARAMETER REFUSED OTHER_TASK BAD_ANSWER OUTAGE SEVERAL".split(" "),
      ..."REQUIREMENT NO_RESULT OTHER_PLACE START_UNCLEAR NO_RECEIPT BAD_RECEIPT BAD_INPUT UNKNOWN".split(
        " ",
      ),
      ..."BAD_CONFIGURATION GATE_BROKEN NO_WAITER".split(" "),
    ]),
  );
});

test("a text speaks of what its reader can do: of props under Terraform, of flags to the command", () => {
  const late: Shape = { ending: "deadline", task: task({}) };
  expect(problem(late)).toMatch(/Next: +run Terraform again .* `timeout` \(at most 24h\)$/);
  expect(problem(late, { by: "command" })).toMatch(/Next: +run this again .* `--timeout` \(at most 24h\)$/);
  const silent = ending("outage", { status: 503 });
  expect(problem(silent)).toMatch(/then run Terraform again$/);
  expect(problem(silent, { by: "command" })).toMatch(/then run this again; bdrc-task doctor says which/);
});

test("nobody is told to allow more time than there is", () => {
  const text = problem({ ending: "deadline", task: task({}) }, { timeout: 86_400_000 });
  expect(text).toMatch(/^Task t-1 did not end within 24h: /);
  expect(text).toMatch(/Next: +run Terraform again to go on waiting \(`timeout` is at its most, 24h\)$/);
});

test.each<[string, Shape]>([
  ["a task under way", { ending: "looked", task: task({}) }],
  ["a task that is missing", ending("missing", { class: "missing" })],
  ["a service that does not answer", ending("outage", { status: 503 })],
])("a gate that BDRC_TASK_WAIT=never has closed names it as the reason: %s", (_, shape) => {
  expect(problem(shape, { neverWaits: true })).toMatch(
    /\n {2}Reason: +BDRC_TASK_WAIT=never is set: one look, no wait\n/,
  );
  expect(problem(shape)).not.toContain("BDRC_TASK_WAIT");
});

test("what to do about a gate that BDRC_TASK_WAIT=never has closed is to unset it", () => {
  expect(problem({ ending: "looked", task: task({}) }, { neverWaits: true })).toMatch(
    /Next: +unset BDRC_TASK_WAIT and run Terraform again, which waits; or let the task end first: bdrc-task wait t-1$/,
  );
});

test("more time is no advice for a status that BDRC does not document", () => {
  const text = problem({ ending: "deadline", task: task({ status: "COMPLETED" }) });
  expect(text).toMatch(/Note: +COMPLETED is not a status that BDRC documents/);
  expect(text).toMatch(
    /Next: +ask BDRC what COMPLETED means: the wait ends only with one of COMPLETE, FAILED/,
  );
});

test("a wrong secret brings one line of the server, not all that was to be signed", () => {
  const sentence = "Specified signature is not matched with our calculation";
  const quoted = `${sentence}. server string to sign is: ACS3-HMAC-SHA256 9f86d081, server canonical request is: GET /`;
  for (const serverMessage of [quoted, `${sentence}, server StringToSign is [GET&%2F&${"x".repeat(300)}]`]) {
    const text = problem(refused({ code: "SignatureDoesNotMatch", serverMessage }));
    expect(text).toContain(`\n  Server says: ${sentence}\n`);
    expect(text.split("\n").every((line) => line.length < 120)).toBe(true);
  }
  const odd = refused({ code: "SignatureDoesNotMatch", serverMessage: "server string to sign is: x" });
  expect(problem(odd)).toContain("Server says: server string to sign is: x");
});

test("a status that has the name of what every object has is a word like any other", () => {
  const text = problem({ ending: "terminal", task: task({ status: "toString" }) });
  expect(text).toMatch(/^Task t-1 ended as toString\.\n/);
  expect(text).toMatch(/ Next: +start the task again and use the new id$/);
});

test("a text of a task or a server can neither break the layout nor drive a terminal", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("a\nb\r\n  Next: evil", "\u001b[31mred\u202eoverturned", "x".repeat(9000)),
  );
  const anyTask = fc
    .record({ taskName: nasty, taskType: nasty, errorMessage: nasty, taskResult: nasty, status: nasty })
    .map(task);
  const anyFault = fc.record({
    class: fc.constant("refused" as const),
    message: nasty,
    serverMessage: nasty,
    requestId: nasty,
    code: nasty,
  });
  const ending = fc.constantFrom<Ending>(
    "terminal",
    "looked",
    "deadline",
    "outage",
    "missing",
    "gone",
    "refused",
  );
  fc.assert(
    fc.property(ending, anyTask, anyFault, nasty, (end, seen, fault, unread) => {
      const text = problem({ ending: end, task: seen, fault, unread, faults: { [fault.code]: 1 } });
      if (text === "") return;
      const [first = "", blank, ...facts] = text.split("\n");
      expect(first).toMatch(/^Task t-1 /);
      expect(blank).toBe("");
      for (const line of facts) expect(line).toMatch(/^ {2}[A-Z][A-Za-z ]*: +\S/);
      for (const line of [first, ...facts]) {
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
        expect(line.length).toBeLessThan(560);
      }
    }),
  );
});

test.each([
  [0, "0ms"],
  [80, "80ms"],
  [1500, "1.5s"],
  [12_345, "12s"],
  [190_000, "3m 10s"],
  [86_400_000, "24h"],
  [86_415_000, "1d 15s"],
])("%i ms is said as %s", (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

test.each([
  [0, "0 %"],
  [99, "0 %"],
  [9999, "99 %"],
  [10_000, "100 %"],
])("progress %i is said as %s", (progress, text) => expect(percent(progress)).toBe(text));
