import * as fc from "fast-check";
import { readTask, type BdrcTaskRecord } from "../../lib/waiter/bdrc/task";
import { startedTask } from "../../lib/waiter/find-started";
import type { StartRequest } from "../../lib/protocol/start";

const AFTER = Date.UTC(2026, 2, 30);
const ALL: StartRequest = { action: "UpdateResources", form: {}, triggers: {} };
const BUCKETS: StartRequest = { ...ALL, form: { ResourceType: "ACS::OSS::Bucket" } };

/** A task that began so many seconds after the intent. */
function task(
  taskId: string,
  seconds: number | undefined,
  more: Record<string, unknown> = {},
): BdrcTaskRecord {
  const read = readTask({
    TaskId: taskId,
    TaskStatus: "RUNNING",
    TaskType: "UPDATE_RESOURCES",
    TaskDetail: '{"resourceTypes":["ACS::OSS::Bucket"]}',
    ...(seconds === undefined ? {} : { StartTime: AFTER / 1000 + seconds }),
    ...more,
  });
  if (!read) throw new TypeError("no task");
  return read;
}
const found = (request: StartRequest, ...tasks: BdrcTaskRecord[]): string => {
  const answer = startedTask(request, tasks, AFTER, "t-before");
  return answer.kind === "task" ? answer.task.taskId : answer.kind;
};

test("wherever it stands in the list, the task of a start is found and no other one is started", () => {
  const foreign = fc.oneof(
    fc.integer({ min: -100_000, max: -1 }).map((at) => task("t-old", at)),
    fc.integer({ min: 0, max: 1000 }).map((at) => task("t-rules", at, { TaskType: "CHECK_RULES" })),
    fc
      .integer({ min: 0, max: 1000 })
      .map((at) => task("t-ecs", at, { TaskDetail: '{"resourceTypes":["ACS::ECS::Instance"]}' })),
    fc.constant(task("t-before", 5)),
    fc.constant(task("t-done", undefined, { TaskStatus: "COMPLETE" })),
  );
  const status = fc.constantFrom("CREATED", "RUNNING", "COMPLETE", "FAILED");
  fc.assert(
    fc.property(
      fc.array(foreign),
      fc.array(foreign),
      fc.integer({ min: 0, max: 1000 }),
      status,
      (one, other, at, TaskStatus) => {
        const begun = TaskStatus === "CREATED" ? undefined : at;
        expect(found(BUCKETS, ...one, task("t-mine", begun, { TaskStatus }), ...other)).toBe("t-mine");
        expect(found(BUCKETS, ...one, ...other)).toBe("none");
      },
    ),
  );
});

test("of several tasks of one detail the newest is taken", () => {
  expect(found(BUCKETS, task("t-1", 1), task("t-3", 3), task("t-2", 2))).toBe("t-3");
});

test("one task that says nothing of its detail is taken, several are left to a person", () => {
  const silent = { TaskDetail: "" };
  expect(found(BUCKETS, task("t-1", 1, silent))).toBe("t-1");
  expect(found(BUCKETS, task("t-1", 1, silent), task("t-2", 2, silent))).toBe("unsure");
  expect(found(BUCKETS, task("t-1", 1, silent), task("t-2", 2), task("t-3", 3, silent))).toBe("t-2");
});

test("a start of all types prefers a task of several types to one of a single type", () => {
  const several = { TaskDetail: '{"resourceTypes":["ACS::ECS::Instance","ACS::OSS::Bucket"]}' };
  expect(found(ALL, task("t-1", 1, several), task("t-2", 2))).toBe("t-1");
});

test("a rule check is known by the resource in its detail", () => {
  const request = { action: "CheckRules", form: { ResourceArn: "acs:ecs:cn:1:instance/i-1" }, triggers: {} };
  const of = (arn: string) => ({ TaskType: "CHECK_RULES", TaskDetail: JSON.stringify({ resourceArn: arn }) });
  expect(found(request, task("t-2", 2, of("acs:ecs:cn:1:instance/i-2")))).toBe("none");
  expect(
    found(
      request,
      task("t-2", 2, of("acs:ecs:cn:1:instance/i-2")),
      task("t-1", 1, of("acs:ecs:cn:1:instance/i-1")),
    ),
  ).toBe("t-1");
});

test("an operation whose task type nobody documents may be of any type but the known ones", () => {
  const request = { action: "PrecheckResourceCount", form: { TagResourceMatchers: "[]" }, triggers: {} };
  expect(found(request, task("t-1", 1), task("t-2", 2, { TaskType: "PRECHECK" }))).toBe("t-2");
});
