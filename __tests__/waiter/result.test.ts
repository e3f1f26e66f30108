import * as fc from "fast-check";
import { RESULT_KEYS } from "../../lib/protocol/result";
import { readTask, type BdrcTaskRecord } from "../../lib/waiter/bdrc/task";
import type { ReportFacts } from "../../lib/waiter/report";
import { resultOf } from "../../lib/waiter/result";
import type { Ending, Outcome } from "../../lib/waiter/wait";

const FACTS: ReportFacts = {
  taskId: "t-asked",
  endpoint: "bdrc.cn-shanghai.aliyuncs.com",
  place: "cn-shanghai",
  timeout: 60_000,
  by: "terraform",
};
const ENDINGS: readonly Ending[] = ["terminal", "looked", "deadline", "outage", "missing", "gone", "refused"];

const read = (data: unknown): BdrcTaskRecord | undefined => readTask(data);
const outcome = (more: Partial<Outcome<BdrcTaskRecord>>): Outcome<BdrcTaskRecord> => ({
  ending: "terminal",
  task: undefined,
  fault: undefined,
  looks: 1,
  waited: 5,
  silent: 5,
  faults: {},
  ...more,
});

const COMPLETE = read({
  TaskId: "t-asked",
  TaskName: "n",
  TaskDescription: "d",
  TaskType: "UPDATE_RESOURCES",
  TaskPriority: "HIGH",
  TaskStatus: "COMPLETE",
  Progress: 10_000,
  StartTime: 1_780_000_000,
  CompleteTime: 1_780_000_001,
  ExpireTime: 1_780_000_002,
  ErrorMessage: "",
  TaskDetail: '{"resourceTypes":["b","a"]}',
  TaskResult: '{"resourceCounts":[{"resourceType":"b","count":2},{"resourceType":"a","count":40}]}',
});

test("a complete task fills every key and has no problem", () => {
  expect(resultOf(outcome({ task: COMPLETE }), FACTS)).toEqual({
    status: "COMPLETE",
    problem: "",
    problem_code: "",
    place: "cn-shanghai",
    task_id: "t-asked",
    choice: "",
    task_name: "n",
    task_description: "d",
    task_type: "UPDATE_RESOURCES",
    task_priority: "HIGH",
    progress: "10000",
    start_time: "1780000000",
    complete_time: "1780000001",
    expire_time: "1780000002",
    error_message: "",
    task_detail: '{"resourceTypes":["b","a"]}',
    task_result: '{"resourceCounts":[{"resourceType":"b","count":2},{"resourceType":"a","count":40}]}',
    resource_types: '["a","b"]',
    resource_counts: '{"a":40,"b":2}',
    total_count: "42",
  });
});

test("a finished task gives the same bytes however often and however slowly it was looked at", () => {
  const once = JSON.stringify(resultOf(outcome({ task: COMPLETE }), FACTS));
  const later = outcome({ task: COMPLETE, looks: 900, waited: 9e6, silent: 7, faults: { transient: 4 } });
  expect(JSON.stringify(resultOf(later, FACTS))).toBe(once);
});

test("types that look like numbers or pollute prototypes keep their place among the counts", () => {
  const entries = ["b", "10", "9", "__proto__"].map((resourceType) => ({ resourceType, count: 1 }));
  const task = read({ TaskStatus: "COMPLETE", TaskResult: JSON.stringify({ resourceCounts: entries }) });
  const { resource_counts, total_count } = resultOf(outcome({ task }), FACTS);
  expect(resource_counts).toBe('{"10":1,"9":1,"__proto__":1,"b":1}');
  expect(total_count).toBe("4");
});

test.each([
  ["FAILED", undefined],
  ["EXPIRED", ""],
  ["CANCELED", "nonsense"],
])("a task that is %s has a problem of its own, whatever its result", (status, TaskResult) => {
  const { problem, resource_counts, total_count } = resultOf(
    outcome({ task: read({ TaskStatus: status, TaskResult }) }),
    FACTS,
  );
  expect(problem).toMatch(new RegExp(`^Task t-asked ended as ${status}\\.`));
  expect([resource_counts, total_count]).toEqual(["{}", "0"]);
});

test.each([
  [undefined, "TaskResult is absent or empty"],
  ["nonsense", "TaskResult is not a JSON object"],
])("a complete task with the result %p has a problem and no counts", (TaskResult, reason) => {
  const result = resultOf(outcome({ task: read({ TaskStatus: "COMPLETE", TaskResult }) }), FACTS);
  expect(result).toMatchObject({ status: "COMPLETE", resource_counts: "{}", total_count: "0" });
  expect(result.problem).toContain(`its result cannot be used: ${reason}.`);
});

test("a complete rule check without a result is no problem", () => {
  const task = read({ TaskStatus: "COMPLETE", TaskType: "CHECK_RULES" });
  expect(resultOf(outcome({ task }), FACTS)).toMatchObject({
    problem: "",
    resource_counts: "{}",
    total_count: "0",
  });
});

describe("the status", () => {
  const running = read({ TaskStatus: "RUNNING", TaskName: "n" });
  const missing = { class: "missing", message: "m" } as const;
  const transient = { class: "transient", message: "m" } as const;

  test.each([
    ["deadline", running, transient, "RUNNING", "n"],
    ["deadline", undefined, transient, "UNREADABLE", ""],
    ["deadline", undefined, missing, "NOT_FOUND", ""],
    ["looked", running, undefined, "RUNNING", "n"],
    ["missing", undefined, missing, "NOT_FOUND", ""],
    ["gone", running, missing, "NOT_FOUND", ""],
    ["outage", running, transient, "UNREADABLE", ""],
    ["outage", undefined, transient, "UNREADABLE", ""],
    ["refused", running, transient, "UNREADABLE", ""],
  ] as const)("%s with %p and %p is told as %s", (ending, task, fault, status, name) => {
    const result = resultOf(outcome({ ending, task, fault }), FACTS);
    expect(result).toMatchObject({ status, task_name: name, task_id: "t-asked" });
    expect(result.problem).not.toBe("");
  });
});

test("the keys are always the fixed set and always strings, whatever the task and the ending", () => {
  const field = fc.constantFrom(
    "TaskStatus",
    "TaskId",
    "Progress",
    "StartTime",
    "TaskResult",
    "TaskDetail",
    "__proto__",
  );
  const data = fc.dictionary(field, fc.oneof(fc.jsonValue(), fc.json()));
  fc.assert(
    fc.property(
      fc.constantFrom(...ENDINGS),
      data,
      fc.constantFrom("COMPLETE", "FAILED", "ODD"),
      (ending, given, status) => {
        const task = read({ TaskStatus: status, ...given });
        const fault = { class: "transient", message: "m" } as const;
        const result = resultOf(outcome({ ending: task ? ending : "outage", task, fault }), FACTS);
        expect(Object.keys(result)).toEqual([...RESULT_KEYS]);
        for (const value of Object.values(result)) expect(typeof value).toBe("string");
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
        for (const key of ["progress", "start_time", "complete_time", "expire_time"] as const) {
          expect(result[key]).toMatch(/^(-?\d+)?$/);
        }
        expect(result.total_count).toMatch(/^\d+$/);
        JSON.parse(result.resource_counts);
        if (result.problem === "") expect(result.status).toBe("COMPLETE");
      },
    ),
  );
});
