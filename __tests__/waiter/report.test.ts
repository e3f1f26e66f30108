import * as fc from "fast-check";
import type { BdrcTaskRecord } from "../../lib/waiter/bdrc/task";
import type { Fault } from "../../lib/waiter/failure";
import { duration, percent, problemOf, type ReportFacts } from "../../lib/waiter/report";
import type { Ending, Outcome } from "../../lib/waiter/wait";

const FACTS: ReportFacts = { taskId: "t-1", endpoint: "bdrc.cn-shanghai.aliyuncs.com", timeout: 3_600_000 };
const TASK: BdrcTaskRecord = {
  taskId: "t-1",
  taskName: "nightly",
  taskDescription: "",
  taskType: "UPDATE_RESOURCES",
  taskPriority: "HIGH",
  status: "RUNNING",
  progress: 4219,
  startTime: 1,
  completeTime: 2,
  expireTime: 3,
  errorMessage: "",
  taskDetail: "",
  taskResult: "",
};
const task = (more: Partial<BdrcTaskRecord>): BdrcTaskRecord => ({ ...TASK, ...more });

type Shape = Partial<Outcome<BdrcTaskRecord>> & { unread?: string };

function problem({ unread, ...more }: Shape): string {
  const base = { ending: "terminal" as Ending, task: undefined, fault: undefined, faults: {} };
  return problemOf({ ...base, looks: 3, waited: 12_345, silent: 9000, ...more }, FACTS, unread);
}

const refused = (fault: Partial<Fault>): Shape => ({
  ending: "refused",
  looks: 1,
  waited: 80,
  fault: { class: "refused", message: `HTTP ${fault.status ?? 400} ${fault.code}`, ...fault },
});

test("a complete task whose result was understood is no problem", () => {
  expect(problem({ task: task({ status: "COMPLETE" }) })).toBe("");
});

const TABLE: readonly (readonly [string, Shape, string])[] = [
  [
    "a complete task whose result is not understood",
    {
      task: task({ status: "COMPLETE", progress: 10_000, taskResult: "nonsense" }),
      unread: "TaskResult is not a JSON object",
    },
    `Task t-1 is COMPLETE, but its result cannot be used: TaskResult is not a JSON object.

  Task:   t-1 (UPDATE_RESOURCES, nightly)
  Status: COMPLETE at 100 %
  Result: nonsense
  Next:   start the task again and use the new id; if it repeats, report it to BDRC with this text`,
  ],
  [
    "a failed task",
    { task: task({ status: "FAILED", errorMessage: "no quota" }) },
    `Task t-1 ended as FAILED.

  Task:    t-1 (UPDATE_RESOURCES, nightly)
  Status:  FAILED at 42 %
  Message: no quota
  Next:    see what the message names, start the task again and use the new id`,
  ],
  [
    "an expired task",
    { task: task({ status: "EXPIRED", taskName: "" }) },
    `Task t-1 ended as EXPIRED.

  Task:   t-1 (UPDATE_RESOURCES)
  Status: EXPIRED at 42 %
  Next:   start the task again and use the new id`,
  ],
  [
    "a canceled task",
    { task: task({ status: "CANCELED", progress: undefined }) },
    `Task t-1 ended as CANCELED.

  Task:   t-1 (UPDATE_RESOURCES, nightly)
  Status: CANCELED
  Next:   find out who canceled it, start the task again and use the new id`,
  ],
  [
    "one look at a task under way",
    { ending: "looked", task: TASK },
    `Task t-1 has not ended: it is RUNNING.

  Task:   t-1 (UPDATE_RESOURCES, nightly)
  Status: RUNNING at 42 %
  Next:   wait for the task and run this again`,
  ],
  [
    "one look at a task with an unknown status and little else",
    {
      ending: "looked",
      task: task({ status: "QUEUED", taskId: "", taskName: "", taskType: "", progress: undefined }),
    },
    `Task t-1 has not ended: it is QUEUED.

  Task:   (no id in the answer)
  Status: QUEUED
  Note:   QUEUED is not a status that BDRC documents; it was taken for a task under way
  Next:   wait for the task and run this again`,
  ],
  [
    "a deadline while the task is under way",
    { ending: "deadline", task: TASK },
    `Task t-1 did not end within 1h: it is RUNNING.

  Task:     t-1 (UPDATE_RESOURCES, nightly)
  Status:   RUNNING at 42 %
  Endpoint: bdrc.cn-shanghai.aliyuncs.com
  Looks:    3 in 12s
  Next:     run this again to go on waiting, or allow more time with \`timeout\` (at most 24 hours)`,
  ],
  [
    "a deadline with a last look that failed",
    {
      ending: "deadline",
      task: task({ errorMessage: "slow" }),
      fault: {
        class: "throttled",
        message: "HTTP 400 Throttling.User",
        code: "Throttling.User",
        serverMessage: "Too many calls.",
        requestId: "ABC",
      },
      faults: { "throttled (Throttling.User)": 2, transient: 1 },
    },
    `Task t-1 did not end within 1h: it is RUNNING.

  Task:        t-1 (UPDATE_RESOURCES, nightly)
  Status:      RUNNING at 42 %
  Message:     slow
  Last fault:  HTTP 400 Throttling.User
  Server says: Too many calls.
  Request id:  ABC
  Endpoint:    bdrc.cn-shanghai.aliyuncs.com
  Looks:       3 in 12s, faults: 2 × throttled (Throttling.User), 1 × transient
  Next:        run this again to go on waiting, or allow more time with \`timeout\` (at most 24 hours)`,
  ],
  [
    "a deadline before the task was ever seen",
    {
      ending: "deadline",
      fault: { class: "throttled", message: "HTTP 429 without a code" },
      faults: { throttled: 3 },
    },
    `Task t-1 did not end within 1h: it was never seen.

  Last fault: HTTP 429 without a code
  Endpoint:   bdrc.cn-shanghai.aliyuncs.com
  Looks:      3 in 12s, faults: 3 × throttled
  Next:       run this again to go on waiting, or allow more time with \`timeout\` (at most 24 hours)`,
  ],
  [
    "a task that is not found",
    {
      ending: "missing",
      fault: {
        class: "missing",
        message: "HTTP 404 TaskNotFound",
        serverMessage: "No such task.",
        requestId: "ABC",
      },
      faults: { "missing (TaskNotFound)": 3 },
    },
    `Task t-1 was not found: BDRC at bdrc.cn-shanghai.aliyuncs.com does not know it.

  Last fault:  HTTP 404 TaskNotFound
  Server says: No such task.
  Request id:  ABC
  Endpoint:    bdrc.cn-shanghai.aliyuncs.com
  Looks:       3 in 12s, faults: 3 × missing (TaskNotFound)
  Next:        check the id, the account whose keys are used, and the region: a task is known at one endpoint only`,
  ],
  [
    "a task that is gone",
    {
      ending: "gone",
      task: TASK,
      fault: { class: "missing", message: "the answer (HTTP 200) holds no task" },
      faults: { missing: 2 },
    },
    `Task t-1 is gone: BDRC knew it before and does not know it any more.

  Last fault: the answer (HTTP 200) holds no task
  Endpoint:   bdrc.cn-shanghai.aliyuncs.com
  Looks:      3 in 12s, faults: 2 × missing
  Next:       start the task again and use the new id`,
  ],
  [
    "an outage, which is as long as the silence and not as the wait",
    {
      ending: "outage",
      task: TASK,
      waited: 7_200_000,
      silent: 300_000,
      fault: { class: "transient", message: "nothing listens at 127.0.0.1:1", code: "ECONNREFUSED" },
      faults: { "transient (ECONNREFUSED)": 9 },
    },
    `Task t-1 cannot be read: no good answer from bdrc.cn-shanghai.aliyuncs.com for 5m.

  Last seen:  RUNNING at 42 %
  Last fault: nothing listens at 127.0.0.1:1
  Endpoint:   bdrc.cn-shanghai.aliyuncs.com
  Looks:      3 in 2h, faults: 9 × transient (ECONNREFUSED)
  Next:       check the network, proxy and endpoint, then run this again`,
  ],
  [
    "an outage of the name service",
    {
      ending: "outage",
      fault: { class: "transient", message: "DNS does not know the name in x", code: "ENOTFOUND" },
    },
    `Task t-1 cannot be read: no good answer from bdrc.cn-shanghai.aliyuncs.com for 9s.

  Last fault: DNS does not know the name in x
  Endpoint:   bdrc.cn-shanghai.aliyuncs.com
  Looks:      3 in 12s
  Next:       check the region or the endpoint: BDRC is documented in cn-shanghai, ap-southeast-1 and cn-shanghai-finance-1`,
  ],
  [
    "a missing permission",
    refused({
      status: 403,
      code: "Forbidden.RAM",
      serverMessage: "User not authorized.",
      requestId: "ABC",
      facts: [["Permission", "bdrc:DescribeTask on *"]],
    }),
    `Task t-1 cannot be read: HTTP 403 Forbidden.RAM.

  Server says: User not authorized.
  Request id:  ABC
  Permission:  bdrc:DescribeTask on *
  Endpoint:    bdrc.cn-shanghai.aliyuncs.com
  Looks:       1 in 80ms
  Next:        grant bdrc:DescribeTask on * (or AliyunBDRCReadOnlyAccess) to the identity whose keys are used`,
  ],
  [
    "a clock that is wrong",
    refused({ class: "clock", code: "InvalidTimeStamp.Expired", clockAhead: -3600 }),
    `Task t-1 cannot be read: HTTP 400 InvalidTimeStamp.Expired.

  Clock:    this machine is 1h behind the server
  Endpoint: bdrc.cn-shanghai.aliyuncs.com
  Looks:    1 in 80ms
  Next:     set this machine's clock; BDRC accepts at most 15 minutes of difference`,
  ],
  [
    "no credentials",
    refused({
      code: "NoCredentials",
      message: "no credentials were found",
      facts: [
        ["Tried", "A and B: not set"],
        ["Tried", "C: gave nothing"],
      ],
    }),
    `Task t-1 cannot be read: no credentials were found.

  Tried:    A and B: not set
  Tried:    C: gave nothing
  Endpoint: bdrc.cn-shanghai.aliyuncs.com
  Looks:    1 in 80ms
  Next:     set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or configure a profile or a role`,
  ],
];

test.each(TABLE)("%s is said in full", (_, shape, text) => {
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
