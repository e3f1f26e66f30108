import type { Problem } from "../../lib/protocol/problem";
import type { BdrcTaskRecord } from "../../lib/waiter/bdrc/task";
import type { Fault } from "../../lib/waiter/failure";
import { problemOf, type ReportFacts } from "../../lib/waiter/report";
import type { Ending, Outcome } from "../../lib/waiter/wait";

/** What the texts here are told: a wait under Terraform for an hour. */
export const FACTS: ReportFacts = {
  taskId: "t-1",
  endpoint: "bdrc.cn-shanghai.aliyuncs.com",
  place: "cn-shanghai",
  timeout: 3_600_000,
  by: "terraform",
};
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
/** A task under way, with changes. */
export const task = (more: Partial<BdrcTaskRecord>): BdrcTaskRecord => ({ ...TASK, ...more });

/** An outcome, and why the result of a complete task was not understood. */
export type Shape = Partial<Outcome<BdrcTaskRecord>> & { unread?: string };

/** The text of the problem with an outcome; empty when there is none. */
export function problem(shape: Shape, more: Partial<ReportFacts> = {}): string {
  return found(shape, more)?.text ?? "";
}

/** The problem with an outcome. */
export function found({ unread, ...shape }: Shape, more: Partial<ReportFacts> = {}): Problem | undefined {
  const base = { ending: "terminal" as Ending, task: undefined, fault: undefined, faults: {} };
  return problemOf(
    { ...base, looks: 3, waited: 12_345, silent: 9000, ...shape },
    { ...FACTS, ...more },
    unread,
  );
}

/** A look that was refused with this fault. */
export const refused = (fault: Partial<Fault>): Shape => ({
  ending: "refused",
  looks: 1,
  waited: 80,
  fault: { class: "refused", message: `HTTP ${fault.status ?? 400} ${fault.code}`, ...fault },
});

/** Every ending and the whole text that a person gets. */
export const TEXTS: readonly (readonly [string, Shape, string])[] = [
  [
    "a complete task whose result is not understood",
    {
      task: task({ status: "COMPLETE", progress: 10_000, taskResult: "nonsense" }),
      unread: "TaskResult is not a JSON object",
    },
    `Task t-1 is COMPLETE, but its result cannot be used: TaskResult is not a JSON object.

  Code:   BAD_RESULT
  Task:   t-1 (UPDATE_RESOURCES, nightly)
  Status: COMPLETE at 100 %
  Result: nonsense
  Next:   start the task again and use the new id; if it repeats, report it to BDRC with this text`,
  ],
  [
    "a failed task",
    { task: task({ status: "FAILED", errorMessage: "no quota" }) },
    `Task t-1 ended as FAILED.

  Code:    TASK_FAILED
  Task:    t-1 (UPDATE_RESOURCES, nightly)
  Status:  FAILED at 42 %
  Message: no quota
  Next:    see what the message names, start the task again and use the new id`,
  ],
  [
    "an expired task",
    { task: task({ status: "EXPIRED", taskName: "" }) },
    `Task t-1 ended as EXPIRED.

  Code:   TASK_EXPIRED
  Task:   t-1 (UPDATE_RESOURCES)
  Status: EXPIRED at 42 %
  Next:   start the task again and use the new id`,
  ],
  [
    "a canceled task",
    { task: task({ status: "CANCELED", progress: undefined }) },
    `Task t-1 ended as CANCELED.

  Code:   TASK_CANCELED
  Task:   t-1 (UPDATE_RESOURCES, nightly)
  Status: CANCELED
  Next:   find out who canceled it, start the task again and use the new id`,
  ],
  [
    "one look at a task under way",
    { ending: "looked", task: TASK },
    `Task t-1 has not ended: it is RUNNING.

  Code:   NOT_ENDED
  Task:   t-1 (UPDATE_RESOURCES, nightly)
  Status: RUNNING at 42 %
  Next:   wait for the task (bdrc-task wait t-1), then run Terraform again`,
  ],
  [
    "one look at a task with an unknown status and little else",
    {
      ending: "looked",
      task: task({ status: "QUEUED", taskId: "", taskName: "", taskType: "", progress: undefined }),
    },
    `Task t-1 has not ended: it is QUEUED.

  Code:   NOT_ENDED
  Task:   (no id in the answer)
  Status: QUEUED
  Note:   QUEUED is not a status that BDRC documents; it is taken for a task under way
  Next:   wait for the task (bdrc-task wait t-1), then run Terraform again`,
  ],
  [
    "a deadline while the task is under way",
    { ending: "deadline", task: TASK },
    `Task t-1 did not end within 1h: it is RUNNING.

  Code:     DEADLINE
  Task:     t-1 (UPDATE_RESOURCES, nightly)
  Status:   RUNNING at 42 %
  Endpoint: bdrc.cn-shanghai.aliyuncs.com
  Looks:    3 in 12s
  Next:     run Terraform again to go on waiting, or allow more time with \`timeout\` (at most 24h)`,
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

  Code:        DEADLINE
  Task:        t-1 (UPDATE_RESOURCES, nightly)
  Status:      RUNNING at 42 %
  Message:     slow
  Last fault:  HTTP 400 Throttling.User
  Server says: Too many calls.
  Request id:  ABC
  Endpoint:    bdrc.cn-shanghai.aliyuncs.com
  Looks:       3 in 12s, faults: 2 × throttled (Throttling.User), 1 × transient
  Next:        run Terraform again to go on waiting, or allow more time with \`timeout\` (at most 24h)`,
  ],
  [
    "a deadline before the task was ever seen",
    {
      ending: "deadline",
      fault: { class: "throttled", message: "HTTP 429 without a code" },
      faults: { throttled: 3 },
    },
    `Task t-1 did not end within 1h: it was never seen.

  Code:       DEADLINE
  Last fault: HTTP 429 without a code
  Endpoint:   bdrc.cn-shanghai.aliyuncs.com
  Looks:      3 in 12s, faults: 3 × throttled
  Next:       run Terraform again to go on waiting, or allow more time with \`timeout\` (at most 24h)`,
  ],
  [
    "a deadline before a task that is missing could appear, as a task that was not found,",
    {
      ending: "deadline",
      fault: { class: "missing", message: "HTTP 404 TaskNotFound" },
      faults: { "missing (TaskNotFound)": 2 },
    },
    `Task t-1 was not found: BDRC at bdrc.cn-shanghai.aliyuncs.com does not know it.

  Code:       NOT_FOUND
  Last fault: HTTP 404 TaskNotFound
  Endpoint:   bdrc.cn-shanghai.aliyuncs.com
  Looks:      3 in 12s, faults: 2 × missing (TaskNotFound)
  Next:       check the id, the account whose keys are used, and the region: a task is known at one endpoint only`,
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

  Code:        NOT_FOUND
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

  Code:       GONE
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

  Code:       OUTAGE
  Last seen:  RUNNING at 42 %
  Last fault: nothing listens at 127.0.0.1:1
  Endpoint:   bdrc.cn-shanghai.aliyuncs.com
  Looks:      3 in 2h, faults: 9 × transient (ECONNREFUSED)
  Next:       check the network, proxy and endpoint, then run Terraform again`,
  ],
  [
    "an outage of the name service",
    {
      ending: "outage",
      fault: { class: "transient", message: "DNS does not know the name in x", code: "ENOTFOUND" },
    },
    `Task t-1 cannot be read: no good answer from bdrc.cn-shanghai.aliyuncs.com for 9s.

  Code:       UNKNOWN_HOST
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

  Code:        NO_PERMISSION
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

  Code:     CLOCK
  Clock:    this machine is 1h behind the server
  Endpoint: bdrc.cn-shanghai.aliyuncs.com
  Looks:    1 in 80ms
  Next:     set this machine's clock; BDRC accepts at most 15 minutes of difference`,
  ],
  [
    "no credentials",
    refused({
      code: "NoCredentials",
      advice: "set ALIBABA_CLOUD_ACCESS_KEY_SECRET, too: ALIBABA_CLOUD_ACCESS_KEY_ID alone is no key",
      message: "no credentials were found",
      facts: [
        ["Tried", "A and B: not set"],
        ["Tried", "C: gave nothing"],
      ],
    }),
    `Task t-1 cannot be read: no credentials were found.

  Code:     NO_CREDENTIALS
  Tried:    A and B: not set
  Tried:    C: gave nothing
  Endpoint: bdrc.cn-shanghai.aliyuncs.com
  Looks:    1 in 80ms
  Next:     set ALIBABA_CLOUD_ACCESS_KEY_SECRET, too: ALIBABA_CLOUD_ACCESS_KEY_ID alone is no key`,
  ],
];
