import * as fc from "fast-check";
import { MANY_RESULT_KEYS, RESULT_KEYS, type ResultMap } from "../../lib/protocol/result";
import { manyResultOf as resultOfMany } from "../../lib/waiter/many-result";
import { unreadableResult } from "../../lib/waiter/result";

const result = (more: Partial<ResultMap> = {}): ResultMap => ({
  ...unreadableResult({ code: "UNKNOWN", text: "" }, "cn-shanghai"),
  problem_code: "",
  task_id: "t-1",
  status: "COMPLETE",
  ...more,
});
const counted = (counts: Record<string, number>): ResultMap =>
  result({
    resource_counts: JSON.stringify(counts),
    resource_types: JSON.stringify(Object.keys(counts)),
    total_count: String(Object.values(counts).reduce((sum, count) => sum + count, 0)),
  });

const manyResultOf = (ids: readonly string[], results: readonly ResultMap[]) =>
  resultOfMany(ids, results, "cn-shanghai");

test("the keys are always the same, every value is a text, and each task has all of its own", () => {
  const statuses = fc.constantFrom("COMPLETE", "FAILED", "RUNNING", "NOT_FOUND", "UNREADABLE", "PAUSED");
  fc.assert(
    fc.property(fc.array(statuses, { minLength: 1, maxLength: 200 }), (all) => {
      const ids = all.map((_, index) => `t-${index}`);
      const results = all.map((status) =>
        result({ status, problem: status === "COMPLETE" ? "" : `It is ${status}.` }),
      );
      const many = manyResultOf(ids, results);
      expect(Object.keys(many)).toEqual([...MANY_RESULT_KEYS]);
      expect(Object.values(many).every((value) => typeof value === "string")).toBe(true);
      const tasks = JSON.parse(many.tasks) as Record<string, object>;
      expect(Object.keys(tasks).sort()).toEqual([...ids].sort());
      for (const task of Object.values(tasks)) {
        expect(Object.keys(task).sort()).toEqual([...RESULT_KEYS, "succeeded"].sort());
      }
      expect(many.problem === "").toBe(all.every((status) => status === "COMPLETE"));
    }),
    { numRuns: 50 },
  );
});

test.each<[string[], string]>([
  [["COMPLETE", "COMPLETE"], "COMPLETE"],
  [["COMPLETE", "FAILED"], "FAILED"],
  [["EXPIRED", "CANCELED"], "FAILED"],
  [["FAILED", "RUNNING"], "RUNNING"],
  [["COMPLETE", "PAUSED"], "RUNNING"],
  [["RUNNING", "NOT_FOUND"], "NOT_FOUND"],
  [["NOT_FOUND", "UNREADABLE"], "UNREADABLE"],
])("%j together are %s", (statuses, status) => {
  const results = statuses.map((one) => result({ status: one, problem: one === "COMPLETE" ? "" : "x" }));
  expect(manyResultOf(["t-1", "t-2"], results).status).toBe(status);
});

test("a complete task whose result was not understood makes the whole FAILED", () => {
  expect(manyResultOf(["t-1"], [result({ problem: "its result cannot be used" })]).status).toBe("FAILED");
});

test("counts are added up by type, with sorted keys, and the total with them", () => {
  const many = manyResultOf(["t-1", "t-2"], [counted({ b: 1, a: 2 }), counted({ c: 4, a: 3 })]);
  expect(many).toMatchObject({
    resource_counts: '{"a":5,"b":1,"c":4}',
    resource_types: '["a","b","c"]',
    total_count: "10",
    task_count: "2",
  });
});

test("what a failed task found is counted, too; whoever lets it pass wants to see it", () => {
  const failed = { ...counted({ a: 1 }), status: "FAILED", problem: "It failed." };
  expect(manyResultOf(["t-1", "t-2"], [counted({ a: 2 }), failed])).toMatchObject({
    total_count: "3",
    failed_task_ids: '["t-2"]',
  });
});

test("the problem of one failed task is told as it is", () => {
  const problem = "Task t-2 ended as FAILED.\n\n  Next: x";
  expect(manyResultOf(["t-1", "t-2"], [result(), result({ problem })]).problem).toBe(problem);
});

test("numbers are numbers, and null where the API gave none", () => {
  const many = manyResultOf(["t-1"], [result({ progress: "10000", start_time: "" })]);
  expect((JSON.parse(many.tasks) as Record<string, object>)["t-1"]).toMatchObject({
    progress: 10_000,
    start_time: null,
    total_count: 0,
    resource_counts: {},
  });
});

test("sums beyond 2^53 keep their last digit", () => {
  const most = Number.MAX_SAFE_INTEGER;
  const count = fc.integer({ min: most - 1000, max: most });
  fc.assert(
    fc.property(fc.array(count, { minLength: 1, maxLength: 20 }), (all) => {
      const many = manyResultOf(
        all.map((_, index) => `t-${index}`),
        all.map((one) => counted({ a: one })),
      );
      const sum = String(all.reduce((before, one) => before + BigInt(one), 0n));
      expect(many).toMatchObject({ resource_counts: `{"a":${sum}}`, total_count: sum, problem: "" });
    }),
  );
});

test("many tasks have the code that all of theirs are, and SEVERAL when they differ", () => {
  const failed = (problem_code: string): ResultMap =>
    result({ status: "FAILED", problem: `It is ${problem_code}.`, problem_code });
  const codeOf = (...results: ResultMap[]): string =>
    manyResultOf(
      results.map((_, index) => `t-${index}`),
      results,
    ).problem_code;
  expect(codeOf(result(), result())).toBe("");
  expect(codeOf(failed("TASK_FAILED"), result())).toBe("TASK_FAILED");
  expect(codeOf(failed("OUTAGE"), failed("OUTAGE"))).toBe("OUTAGE");
  expect(codeOf(failed("OUTAGE"), failed("TASK_FAILED"), result())).toBe("SEVERAL");
  const { problem } = manyResultOf(["t-1", "t-2"], [failed("OUTAGE"), failed("TASK_FAILED")]);
  expect(problem).toMatch(/^2 of 2 tasks did not succeed\.\n\n {2}Code: SEVERAL\n/);
});
