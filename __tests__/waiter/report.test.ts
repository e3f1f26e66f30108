import * as fc from "fast-check";
import { duration, percent } from "../../lib/waiter/report";
import type { Ending } from "../../lib/waiter/wait";
import { problem, refused, task, TEXTS } from "./report-texts";

test("a complete task whose result was understood is no problem", () => {
  expect(problem({ task: task({ status: "COMPLETE" }) })).toBe("");
});

test.each(TEXTS)("%s is said in full", (_, shape, text) => {
  expect(problem(shape)).toBe(text);
});

test.each([
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
  ["SignatureNonceUsed", undefined, "run this again; if it repeats, look for a proxy that sends calls twice"],
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
] as const)("a refusal with code %s and HTTP %p says what to do", (code, status, next) => {
  const text = problem(refused({ ...(code ? { code } : {}), ...(status ? { status } : {}) }));
  expect(text.split("\n").at(-1)).toBe(`  Next:     ${next}`);
});

test("answers about another task send nobody to look at the network", () => {
  const text = problem({
    ending: "outage",
    fault: { class: "transient", message: "the answer (HTTP 200) is about another task", code: "OTHER_TASK" },
  });
  expect(text.split("\n").at(-1)).toBe(
    "  Next:       look for a proxy, cache or gateway: something between this machine and BDRC answers for another task",
  );
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
  [86_400_000, "1d"],
])("%i ms is said as %s", (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

test.each([
  [0, "0 %"],
  [99, "0 %"],
  [9999, "99 %"],
  [10_000, "100 %"],
])("progress %i is said as %s", (progress, text) => expect(percent(progress)).toBe(text));
