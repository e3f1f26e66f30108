import fc from "fast-check";
import { type ProgressCurve, PROGRESS_SHAPES } from "../../lib/testing/progress-curve";
import { type TaskScript, meets, taskAt } from "../../lib/testing/task-script";

const STARTED_AT = Date.UTC(2026, 2, 30, 8, 0, 0, 250);
const START = Math.floor(STARTED_AT / 1000);
const IDENTITY = { taskId: "t-1", requestId: "REQUEST", startedAt: STARTED_AT };

type Data = Record<string, unknown>;

function at(script: TaskScript, seconds: number, look = 1) {
  return taskAt(script, seconds * 1000, look, IDENTITY);
}

function dataAt(script: TaskScript, seconds: number): Data {
  return at(script, seconds).data as Data;
}

function progressOf(progress: ProgressCurve, times: readonly number[], script: TaskScript = {}): unknown[] {
  return times.map((seconds) => dataAt({ seconds: 100, progress, ...script }, seconds)["Progress"]);
}

describe("status", () => {
  test("an empty script is a task that has completed already, with empty results", () => {
    expect(dataAt({}, 0)).toEqual({
      TaskId: "t-1",
      TaskName: "update-resources",
      TaskDescription: "",
      TaskType: "UPDATE_RESOURCES",
      TaskPriority: "HIGH",
      TaskStatus: "COMPLETE",
      Progress: 10_000,
      StartTime: START,
      CompleteTime: START,
      ExpireTime: START + 604_800,
      RequestId: "REQUEST",
      ExecutionId: "",
      ErrorMessage: "",
      TaskDetail: '{"resourceTypes":[]}',
      TaskResult: '{"resourceCounts":[]}',
    });
  });

  test("a task is CREATED, then RUNNING, then what it ends as", () => {
    const script = { createdSeconds: 2, seconds: 3 };

    expect([0, 1.999, 2, 4.999, 5, 99].map((seconds) => at(script, seconds).status)).toEqual([
      "CREATED",
      "CREATED",
      "RUNNING",
      "RUNNING",
      "COMPLETE",
      "COMPLETE",
    ]);
  });

  test.each(["COMPLETE", "FAILED", "EXPIRED", "CANCELED", "PAUSED"])("a task can end as %s", (ends) => {
    expect(at({ ends, seconds: 1 }, 1).status).toBe(ends);
  });

  test("a task that ends NEVER runs for good, and never looks done", () => {
    expect(dataAt({ ends: "NEVER" }, 1e6)).toMatchObject({ TaskStatus: "RUNNING", Progress: 9_900 });
  });

  test("a task that is to fail does so at its time, whatever else its script says", () => {
    const script = { seconds: 10, failsAfterSeconds: 4, ends: "COMPLETE" };

    expect(dataAt(script, 3.9)).toMatchObject({ TaskStatus: "RUNNING" });
    expect(dataAt(script, 60)).toMatchObject({
      TaskStatus: "FAILED",
      CompleteTime: START + 4,
      Progress: 4_000,
    });
  });

  test("a task that is to fail needs no duration", () => {
    expect(at({ failsAfterSeconds: 4 }, 3).status).toBe("RUNNING");
  });

  test("a record is there only between its appearing and its going", () => {
    const script = { appearsAfterSeconds: 1, goneAfterSeconds: 3 };

    expect([0, 1, 2.9, 3].map((seconds) => at(script, seconds).exists)).toEqual([false, true, true, false]);
    expect(at(script, 3).data).toBeUndefined();
  });
});

describe("data", () => {
  test("times are Unix seconds, and are given once they are known", () => {
    const script = { createdSeconds: 5, seconds: 10, expireSeconds: 100 };

    expect(dataAt(script, 0)).not.toHaveProperty("StartTime");
    expect(dataAt(script, 6)).toMatchObject({ StartTime: START + 5, ExpireTime: START + 100 });
    expect(dataAt(script, 6)).not.toHaveProperty("CompleteTime");
    expect(dataAt(script, 60)).toMatchObject({ StartTime: START + 5, CompleteTime: START + 15 });
  });

  test("a finished task says the same at every later moment", () => {
    const script = { seconds: 5, counts: { "ACS::OSS::Bucket": 3 } };

    expect(dataAt(script, 5)).toEqual(dataAt(script, 5_000));
  });

  test("counts show when the task is complete, their types from the start, in the order given", () => {
    const script = { seconds: 5, counts: { "ACS::OSS::Bucket": 3, "ACS::ECS::Instance": 12 } };

    expect(dataAt(script, 1)).not.toHaveProperty("TaskResult");
    expect(dataAt(script, 1)).toHaveProperty(
      "TaskDetail",
      '{"resourceTypes":["ACS::OSS::Bucket","ACS::ECS::Instance"]}',
    );
    expect(dataAt(script, 5)).toHaveProperty(
      "TaskResult",
      '{"resourceCounts":[{"resourceType":"ACS::OSS::Bucket","count":3},{"resourceType":"ACS::ECS::Instance","count":12}]}',
    );
  });

  test("a task that failed has an error message, and counts only when some are given for that case", () => {
    const counts = { "ACS::OSS::Bucket": 3 };

    expect(dataAt({ ends: "FAILED", counts }, 0)).toHaveProperty("ErrorMessage", "The task ended as FAILED.");
    expect(dataAt({ ends: "FAILED", counts }, 0)).not.toHaveProperty("TaskResult");
    expect(dataAt({ ends: "FAILED", partialCounts: counts, errorMessage: "no" }, 0)).toMatchObject({
      ErrorMessage: "no",
      TaskResult: '{"resourceCounts":[{"resourceType":"ACS::OSS::Bucket","count":3}]}',
    });
  });

  test("raw texts are passed on as they are, and null leaves a field out", () => {
    const data = dataAt({ seconds: 9, taskResult: "{not json", taskDetail: null }, 0);

    expect(data["TaskResult"]).toBe("{not json");
    expect(data).not.toHaveProperty("TaskDetail");
  });

  test.each([null, [], "text", { TaskStatus: "COMPLETE" }])(
    "the whole of Data can be replaced by %j",
    (data) => {
      expect(at({ data }, 0).data).toEqual(data);
    },
  );

  test("names and kinds are those of the script", () => {
    const script = { taskName: "n", taskDescription: "d", taskType: "CHECK_RULES", taskPriority: "LOW" };

    expect(dataAt(script, 0)).toMatchObject({
      TaskName: "n",
      TaskDescription: "d",
      TaskType: "CHECK_RULES",
      TaskPriority: "LOW",
    });
  });
});

describe("progress", () => {
  const quarters = [0, 25, 50, 75, 99.99, 100];

  test.each<[ProgressCurve, unknown[]]>([
    ["linear", [0, 2_500, 5_000, 7_500, 9_900, 10_000]],
    ["slow-start", [0, 625, 2_500, 5_625, 9_900, 10_000]],
    ["steps", [0, 2_500, 5_000, 7_500, 7_500, 10_000]],
    ["never", [0, 0, 0, 0, 0, 0]],
    ["stuck", [0, 2_500, 5_000, 5_000, 5_000, 10_000]],
    ["full", [10_000, 10_000, 10_000, 10_000, 10_000, 10_000]],
    ["absent", [undefined, undefined, undefined, undefined, undefined, undefined]],
  ])("the curve %j goes %j", (curve, expected) => {
    expect(progressOf(curve, quarters)).toEqual(expected);
  });

  test("the curve backwards falls, and then gets to the end all the same", () => {
    expect(progressOf("backwards", [25, 50, 60, 80, 100])).toEqual([4_000, 8_000, 2_000, 6_000, 10_000]);
  });

  test("points are joined by straight lines, and the last one holds until the end", () => {
    const points = [[10, 1_000], [20, 5_000], [20, 6_000], [30, 400]] as const; // prettier-ignore

    expect(progressOf(points, [0, 10, 15, 20, 25, 30, 99, 100])).toEqual([
      1_000, 1_000, 3_000, 6_000, 3_200, 400, 400, 10_000,
    ]);
  });

  test("one point is a progress that stands still", () => {
    expect(progressOf([[0, 1_234]], [0, 50, 99])).toEqual([1_234, 1_234, 1_234]);
  });

  test("progress begins when the task runs, not when it is created", () => {
    expect(progressOf("linear", [5, 10, 60], { createdSeconds: 10 })).toEqual([0, 0, 5_000]);
  });

  test("a named curve stays in 0–10000, and full only at the end", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PROGRESS_SHAPES.filter((shape) => shape !== "absent" && shape !== "full")),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        fc.constantFrom("COMPLETE", "FAILED", "NEVER"),
        (progress, seconds, elapsed, ends) => {
          const data = dataAt({ progress, seconds, ends }, elapsed);

          expect(data["Progress"]).toBeGreaterThanOrEqual(0);
          expect(data["Progress"]).toBeLessThanOrEqual(data["TaskStatus"] === "COMPLETE" ? 10_000 : 9_900);
          expect(Number.isInteger(data["Progress"])).toBe(true);
        },
      ),
    );
  });
});

describe("faults", () => {
  test.each([
    [3, [3]],
    [
      [1, 4],
      [1, 4],
    ],
    [{ from: 2, to: 3 }, [2, 3]],
    [{ from: 4 }, [4, 5]],
    [{ to: 2 }, [1, 2]],
    [{}, [1, 2, 3, 4, 5]],
    ["every", [1, 2, 3, 4, 5]],
  ] as const)("the selector %j means the looks %j of five", (selector, expected) => {
    expect([1, 2, 3, 4, 5].filter((look) => meets(selector, look))).toEqual(expected);
  });

  test("a fault that names no look is met by every one", () => {
    expect(at({ faults: [{ kind: "reset" }] }, 0, 7).fault).toEqual({ kind: "reset" });
  });

  test("the first fault that claims a look wins", () => {
    const script: TaskScript = { faults: [{ look: 2, kind: "reset" }, { kind: "hang" }] };

    expect([1, 2, 3].map((look) => at(script, 0, look).fault?.kind)).toEqual(["hang", "reset", "hang"]);
  });

  test("a fault hides the task, which goes on behind it", () => {
    expect(at({ faults: [{ kind: "empty" }] }, 0)).toMatchObject({ status: "COMPLETE", exists: true });
  });
});
