import * as fc from "fast-check";
import type { TaskRequest } from "../../lib/protocol/start";
import { readTask, type BdrcTaskRecord } from "../../lib/waiter/bdrc/task";
import {
  insteadText,
  isSame,
  latestTask,
  newestFirst,
  reusableTask,
  stateText,
} from "../../lib/waiter/choose-task";
import { listTasks } from "../../lib/waiter/task-list";

const NOW = Date.UTC(2026, 10, 28);
const HOUR = 3_600_000;
const ALL: TaskRequest = { action: "UpdateResources", form: {} };
const BUCKETS: TaskRequest = { action: "UpdateResources", form: { ResourceType: "ACS::OSS::Bucket" } };
const EVERY_TYPE = '{"resourceTypes":["ACS::ECS::Instance","ACS::OSS::Bucket"]}';
const ONE_TYPE = '{"resourceTypes":["ACS::OSS::Bucket"]}';

/** A task that began and ended so many hours ago; undefined leaves a time out. */
function task(
  taskId: string,
  TaskStatus: string,
  began: number | undefined,
  ended: number | undefined,
  more: Record<string, unknown> = {},
): BdrcTaskRecord {
  const at = (hours: number): number => (NOW - hours * HOUR) / 1000;
  const read = readTask({
    TaskId: taskId,
    TaskStatus,
    TaskType: "UPDATE_RESOURCES",
    TaskDetail: EVERY_TYPE,
    ...(began === undefined ? {} : { StartTime: at(began) }),
    ...(ended === undefined ? {} : { CompleteTime: at(ended) }),
    ...more,
  });
  if (!read) throw new TypeError("no task");
  return read;
}

const choice = (tasks: readonly BdrcTaskRecord[], request = ALL, hours = 6) => ({
  request,
  tasks,
  within: hours * HOUR,
  now: NOW,
});

/** Any task at all: of this request and of others, of any status, with times or without, some of nonsense. */
const anyTask = fc
  .record({
    id: fc.integer({ min: 1, max: 1_000_000 }),
    status: fc.constantFrom("CREATED", "RUNNING", "COMPLETE", "FAILED", "EXPIRED", "CANCELED", "PAUSED"),
    began: fc.option(fc.integer({ min: -2, max: 40 }), { nil: undefined }),
    took: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    type: fc.constantFrom("UPDATE_RESOURCES", "UPDATE_RESOURCES", "CHECK_RULES", ""),
    detail: fc.constantFrom(EVERY_TYPE, EVERY_TYPE, ONE_TYPE, "", "nonsense"),
  })
  .map(({ id, status, began, took, type, detail }) => {
    const isOver = !["CREATED", "RUNNING", "PAUSED"].includes(status);
    const ended = isOver && began !== undefined && took !== undefined ? began - took : undefined;
    return task(`t-${id}`, status, status === "CREATED" ? undefined : began, ended, {
      TaskType: type,
      TaskDetail: detail,
    });
  });
const lists = fc.uniqueArray(anyTask, { maxLength: 30, selector: ({ taskId }) => taskId });
const request = fc.constantFrom(ALL, BUCKETS);

describe("whatever the list holds", () => {
  test("the choice is the same in every order of the list", () => {
    fc.assert(
      fc.property(
        lists,
        request,
        fc.integer({ min: 1, max: 30 }),
        fc.infiniteStream(fc.nat()),
        (tasks, asked, hours, keys) => {
          const other = tasks
            .map((one) => [keys.next().value as number, one] as const)
            .sort(([one], [two]) => one - two)
            .map(([, one]) => one);
          const [one, two] = [choice(tasks, asked, hours), choice(other, asked, hours)];
          expect(latestTask(one)?.taskId).toBe(latestTask(two)?.taskId);
          expect(reusableTask(one)?.taskId).toBe(reusableTask(two)?.taskId);
          expect(insteadText(one)).toBe(insteadText(two));
        },
      ),
    );
  });

  test("the choice is the same however the list is cut into pages", async () => {
    await fc.assert(
      fc.asyncProperty(lists, fc.array(fc.nat({ max: 7 }), { minLength: 1 }), async (tasks, sizes) => {
        let from = 0;
        let page = 0;
        const listed = await listTasks(() => {
          const end = from + (sizes[page % sizes.length] ?? 1);
          page += 1;
          // An empty page with a token is no end, and must not be one for ever.
          const to = page > 40 ? tasks.length : end;
          const Content = tasks.slice(from, to).map((one) => ({ ...raw(one) }));
          from = to;
          const document = new Map<string, unknown>([
            ["Data", { Content, NextToken: from < tasks.length ? `page ${page}` : "" }],
          ]);
          return Promise.resolve({ document, date: NOW });
        }, {});
        expect(listed.fault).toBeUndefined();
        expect(latestTask(choice(listed.tasks))?.taskId).toBe(latestTask(choice(tasks))?.taskId);
        expect(reusableTask(choice(listed.tasks))?.taskId).toBe(reusableTask(choice(tasks))?.taskId);
      }),
    );
  });

  test("what is found is of the request and recent, and nothing that is both is newer", () => {
    fc.assert(
      fc.property(lists, request, fc.integer({ min: 1, max: 30 }), (tasks, asked, hours) => {
        const isRecent = ({ status, startTime, completeTime }: BdrcTaskRecord): boolean => {
          if (["CREATED", "RUNNING", "PAUSED"].includes(status)) return true;
          const age = NOW / 1000 - (completeTime ?? startTime ?? -Infinity);
          return age <= hours * 3600 && age >= -300;
        };
        const eligible = tasks.filter((one) => isSame(asked, one) && isRecent(one));
        const found = latestTask(choice(tasks, asked, hours));
        expect(found === undefined).toBe(eligible.length === 0);
        if (!found) return;
        expect(eligible).toContain(found);
        for (const one of eligible) {
          if (one.startTime && found.startTime) expect(one.startTime).toBeLessThanOrEqual(found.startTime);
        }
      }),
    );
  });

  test("what is reused is under way or complete, and never the one whose end is known", () => {
    fc.assert(
      fc.property(lists, request, (tasks, asked) => {
        const first = reusableTask(choice(tasks, asked));
        if (!first) return;
        expect(["CREATED", "RUNNING", "COMPLETE"]).toContain(first.status);
        expect(isSame(asked, first)).toBe(true);
        expect(reusableTask(choice(tasks, asked), first.taskId)?.taskId).not.toBe(first.taskId);
      }),
    );
  });
});

/** A task as DescribeTasks writes it. */
function raw(one: BdrcTaskRecord): Record<string, unknown> {
  return {
    TaskId: one.taskId,
    TaskStatus: one.status,
    TaskType: one.taskType,
    TaskDetail: one.taskDetail,
    StartTime: one.startTime,
    CompleteTime: one.completeTime,
  };
}

test("a failed task that is the newest is found, since a success before it is not the latest, but never reused", () => {
  const tasks = [task("t-good", "COMPLETE", 3, 2), task("t-bad", "FAILED", 1.5, 1)];
  expect(latestTask(choice(tasks))?.taskId).toBe("t-bad");
  expect(reusableTask(choice(tasks))?.taskId).toBe("t-good");
});

test("a task that waits for its turn is newer than one that runs", () => {
  const tasks = [task("t-runs", "RUNNING", 1, undefined), task("t-waits", "CREATED", undefined, undefined)];
  expect([...tasks].sort(newestFirst)[0]?.taskId).toBe("t-waits");
});

test.each<[string, BdrcTaskRecord]>([
  ["completed before the time", task("t-1", "COMPLETE", 8, 6.1)],
  ["ended without saying when", task("t-1", "COMPLETE", undefined, undefined)],
  ["ended tomorrow", task("t-1", "COMPLETE", -20, -24)],
  ["is of another type", task("t-1", "COMPLETE", 2, 1, { TaskType: "CHECK_RULES" })],
  ["does not say its type", task("t-1", "COMPLETE", 2, 1, { TaskType: "" })],
  ["does not say what it looked at", task("t-1", "COMPLETE", 2, 1, { TaskDetail: "" })],
  ["looked at one type alone", task("t-1", "COMPLETE", 2, 1, { TaskDetail: ONE_TYPE })],
  ["has no id", task("", "COMPLETE", 2, 1)],
  ["has an id that cannot be asked for", task("t-1/../2", "COMPLETE", 2, 1)],
])("a task that %s is neither found nor reused", (_, one) => {
  expect(latestTask(choice([one]))).toBeUndefined();
  expect(reusableTask(choice([one]))).toBeUndefined();
});

test("a long task counts from its end, and one that says only its begin from that", () => {
  expect(latestTask(choice([task("t-1", "COMPLETE", 30, 5)]))?.taskId).toBe("t-1");
  expect(latestTask(choice([task("t-1", "COMPLETE", 5, undefined)]))?.taskId).toBe("t-1");
});

test("a status that nobody documents is found, as a task under way, but not reused", () => {
  const odd = task("t-1", "PAUSED", 1, undefined);
  expect(latestTask(choice([odd]))?.taskId).toBe("t-1");
  expect(reusableTask(choice([odd]))).toBeUndefined();
});

describe("a rule check is the same", () => {
  const arn = "acs:ecs:cn-hangzhou:1:instance/i-1";
  const check = (ResourceArn: string, RuleId?: string): TaskRequest => ({
    action: "CheckRules",
    form: { ResourceArn, ...(RuleId ? { RuleId } : {}) },
  });
  const checked = (detail: object) =>
    task("t-1", "COMPLETE", 2, 1, { TaskType: "CHECK_RULES", TaskDetail: JSON.stringify(detail) });
  test.each<[string, boolean, TaskRequest, object]>([
    ["of this resource", true, check(arn), { resourceArn: arn }],
    ["with no rule named", true, check(arn), { resourceArn: arn, ruleId: "", ruleIds: [] }],
    ["not of a resource whose name begins like it", false, check(arn), { resourceArn: `${arn}2` }],
    ["not of one rule alone", false, check(arn), { resourceArn: arn, ruleId: "r-1" }],
    ["not of a list of rules", false, check(arn), { resourceArn: arn, ruleIds: ["r-1"] }],
    ["of the rule that is asked for", true, check(arn, "r-1"), { resourceArn: arn, ruleId: "r-1" }],
    ["not of another rule", false, check(arn, "r-1"), { resourceArn: arn, ruleId: "r-2" }],
  ])("%s", (_, same, asked, detail) => expect(isSame(asked, checked(detail))).toBe(same));
});

test("the texts say of each task what it came to, and of what it is when that is why it is not taken", () => {
  const tasks = [
    task("t-old", "COMPLETE", 50, 49),
    task("t-one", "COMPLETE", 2, 1, { TaskDetail: ONE_TYPE }),
    task("t-x", "FAILED", 60, 58),
    task("t-y", "FAILED", 61, 60),
  ];
  expect(insteadText(choice(tasks))).toBe(
    "t-one COMPLETE 1h ago of ACS::OSS::Bucket; t-old COMPLETE 2d 1h ago; t-x FAILED 2d 10h ago; 1 more",
  );
  expect(insteadText(choice([]))).toBe("no UPDATE_RESOURCES task");
  expect(stateText(task("t-1", "COMPLETE", 2, 1))).toBe("COMPLETE at 2026-11-27T23:00:00Z");
  expect(stateText(task("t-1", "RUNNING", 2, undefined))).toBe("RUNNING since 2026-11-27T22:00:00Z");
});
