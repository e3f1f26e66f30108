import * as fc from "fast-check";
import { readCounts, readResourceTypes, readTask, taskAge } from "../../lib/waiter/bdrc/task";

const result = (entries: unknown): string => JSON.stringify({ resourceCounts: entries });
const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

test("a TaskResult and a TaskDetail that come as objects instead of texts are read", () => {
  const read = readTask({
    TaskStatus: "COMPLETE",
    TaskResult: { resourceCounts: [{ resourceType: "ACS::OSS::Bucket", count: 2 }] },
    TaskDetail: { resourceTypes: ["ACS::OSS::Bucket"] },
  });
  expect(readCounts(read?.taskResult ?? "", "UPDATE_RESOURCES")).toEqual({
    counts: new Map([["ACS::OSS::Bucket", 2]]),
  });
  expect(readResourceTypes(read?.taskDetail ?? "")).toEqual(["ACS::OSS::Bucket"]);
});

test("a resource type that would steer a terminal is no name of one", () => {
  const result = JSON.stringify({ resourceCounts: [{ resourceType: "ACS\u001b[2J::X", count: 1 }] });
  expect(readCounts(result, "UPDATE_RESOURCES")).toEqual({
    problem: "entry 0 of resourceCounts has a resourceType with control characters",
  });
  expect(readResourceTypes(JSON.stringify({ resourceTypes: ["a\u0007", "b"] }))).toEqual(["b"]);
});

test("a TaskResult that is nested too deeply to be written is no defect of our own", () => {
  const deep = JSON.parse(`${'{"a":'.repeat(60_000)}1${"}".repeat(60_000)}`) as object;
  expect(readTask({ TaskStatus: "COMPLETE", TaskResult: deep })?.taskResult).toBe("");
});

describe("the age of a task", () => {
  const DATE = "Mon, 30 Mar 2026 08:00:00 GMT";
  const now = Date.parse(DATE) / 1000;
  const ageOf = (fields: object, date: string | undefined = DATE) => {
    const task = readTask({ TaskStatus: "RUNNING", ...fields });
    return task && taskAge(task, date);
  };

  test("is the time from its StartTime to the date of the answer, whatever this machine's clock says", () => {
    expect(ageOf({ StartTime: now - 90 })).toBe(90_000);
    expect(ageOf({ StartTime: now })).toBe(0);
  });

  test.each<[string, object, string?]>([
    ["without a StartTime", {}],
    ["with a StartTime of 0", { StartTime: 0 }],
    ["with one in the future", { StartTime: now + 1 }],
    ["with one in milliseconds", { StartTime: now * 1000 }],
    ["with one of last month", { StartTime: now - 30 * 86_400 }],
    ["when the answer has a date that is none", { StartTime: now - 90 }, "yesterday"],
    ["when the task has ended", { StartTime: now - 90, TaskStatus: "COMPLETE" }],
  ])("is unknown %s", (_, fields, date) => {
    expect(ageOf(fields, date)).toBeUndefined();
  });
});

describe("Data of an answer", () => {
  test("every field is taken as given", () => {
    expect(
      readTask({
        TaskId: "t-1",
        TaskName: "n",
        TaskDescription: "d",
        TaskType: "UPDATE_RESOURCES",
        TaskPriority: "HIGH",
        TaskStatus: "RUNNING",
        Progress: 4200,
        StartTime: 1_780_000_000,
        CompleteTime: 1_780_000_001,
        ExpireTime: "1780000002",
        ErrorMessage: "e",
        TaskDetail: "{}",
        TaskResult: "{}",
        RequestId: "ignored",
      }),
    ).toEqual({
      taskId: "t-1",
      taskName: "n",
      taskDescription: "d",
      taskType: "UPDATE_RESOURCES",
      taskPriority: "HIGH",
      status: "RUNNING",
      progress: 4200,
      startTime: 1_780_000_000,
      completeTime: 1_780_000_001,
      expireTime: 1_780_000_002,
      errorMessage: "e",
      taskDetail: "{}",
      taskResult: "{}",
    });
  });

  test("a status alone makes a task, since every other field is optional", () => {
    expect(readTask({ TaskStatus: " COMPLETE " })).toMatchObject({
      status: "COMPLETE",
      taskId: "",
      progress: undefined,
    });
  });

  test.each([
    undefined,
    null,
    [],
    ["COMPLETE"],
    "COMPLETE",
    7,
    true,
    {},
    { TaskStatus: "" },
    { TaskStatus: "  " },
    { TaskStatus: null },
    { TaskStatus: {} },
    { TaskStatus: "x".repeat(65) },
    { TaskStatus: "RUN\nNING" },
    { taskStatus: "COMPLETE" },
  ])("%p holds no task", (data) => expect(readTask(data)).toBeUndefined());

  test("an inherited or a polluting key is no field", () => {
    expect(readTask(JSON.parse('{"__proto__":{"TaskStatus":"COMPLETE"}}'))).toBeUndefined();
    expect(readTask(JSON.parse('{"TaskStatus":"RUNNING","__proto__":{"TaskName":"evil"}}'))).toMatchObject({
      taskName: "",
    });
  });

  test.each([
    [0, 0],
    [10_000, 10_000],
    [-1, -1],
    ["5000", 5000],
    [1e20, undefined],
    [42.5, undefined],
    ["42.5", undefined],
    ["9".repeat(40), undefined],
    ["", undefined],
    [null, undefined],
    [true, undefined],
    [[5000], undefined],
  ])("Progress %p is read as %p", (given, expected) => {
    expect(readTask({ TaskStatus: "RUNNING", Progress: given })?.progress).toBe(expected);
  });
});

describe("the resource types in TaskDetail", () => {
  test("they are sorted, each once", () => {
    expect(readResourceTypes('{"resourceTypes":["b","a","b","B"]}')).toEqual(["B", "a", "b"]);
  });

  test.each([
    "",
    "null",
    "[]",
    "{}",
    "nonsense",
    '{"resourceTypes":"a"}',
    '{"resourceTypes":{"a":1}}',
    deep(50_000),
  ])("a TaskDetail that says nothing gives none", (detail) => expect(readResourceTypes(detail)).toEqual([]));

  test("what is no text among them is left out", () => {
    expect(readResourceTypes('{"resourceTypes":["a",1,null,["b"],{"c":1}]}')).toEqual(["a"]);
  });
});

describe("the counts in TaskResult", () => {
  const read = (text: string, type = "UPDATE_RESOURCES"): unknown => {
    const found = readCounts(text, type);
    return "problem" in found ? found.problem : [...found.counts];
  };

  test("types are sorted and several entries of one type are added up", () => {
    const entries = [
      { resourceType: "ACS::OSS::Bucket", count: 2 },
      { resourceType: "ACS::ECS::Instance", count: 0 },
      { resourceType: "ACS::OSS::Bucket", count: "3" },
    ];
    expect(read(result(entries))).toEqual([
      ["ACS::ECS::Instance", 0],
      ["ACS::OSS::Bucket", 5],
    ]);
  });

  test("an empty list is no counts, and no problem", () => expect(read(result([]))).toEqual([]));

  test("keys that pollute prototypes are types like any other", () => {
    const entries = [
      { resourceType: "__proto__", count: 1 },
      { resourceType: "constructor", count: 2 },
    ];
    expect(read(result(entries))).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
    ]);
    expect(read('{"__proto__":{"resourceCounts":[]}}')).toBe("TaskResult has no list resourceCounts");
    expect(read('{"resourceCounts":[{"__proto__":{"resourceType":"a","count":1}}]}')).toBe(
      "entry 0 of resourceCounts has no resourceType",
    );
    expect(({} as Record<string, unknown>)["resourceType"]).toBeUndefined();
  });

  test.each([
    ["", "TaskResult is absent or empty"],
    ["  ", "TaskResult is absent or empty"],
    ["nonsense", "TaskResult is not a JSON object"],
    ["null", "TaskResult is not a JSON object"],
    ["[]", "TaskResult is not a JSON object"],
    ["7", "TaskResult is not a JSON object"],
    [deep(100_000), "TaskResult is not a JSON object"],
    ["{}", "TaskResult has no list resourceCounts"],
    ['{"resourceCounts":null}', "TaskResult has a malformed list resourceCounts"],
    ['{"resourceCounts":{"a":1}}', "TaskResult has a malformed list resourceCounts"],
    [result([null]), "entry 0 of resourceCounts has no resourceType"],
    [result([{ resourceType: "a", count: 1 }, "b"]), "entry 1 of resourceCounts has no resourceType"],
    [result([{ resourceType: "", count: 1 }]), "entry 0 of resourceCounts has no resourceType"],
    [result([{ resourceType: 1, count: 1 }]), "entry 0 of resourceCounts has no resourceType"],
    [result([{ resourceType: "a" }]), 'the count of "a" is absent, not a whole number from 0'],
    [result([{ resourceType: "a", count: null }]), 'the count of "a" is null, not a whole number from 0'],
    [result([{ resourceType: "a", count: -1 }]), 'the count of "a" is -1, not a whole number from 0'],
    [result([{ resourceType: "a", count: 1.5 }]), 'the count of "a" is 1.5, not a whole number from 0'],
    [result([{ resourceType: "a", count: "-1" }]), 'the count of "a" is "-1", not a whole number from 0'],
    [result([{ resourceType: "a", count: "many" }]), 'the count of "a" is "many", not a whole number from 0'],
    [result([{ resourceType: "a", count: "" }]), 'the count of "a" is "", not a whole number from 0'],
    [result([{ resourceType: "a", count: 1e300 }]), 'the count of "a" is 1e+300, not a whole number from 0'],
    [
      result([{ resourceType: "a", count: 2 ** 53 }]),
      'the count of "a" is 9007199254740992, not a whole number from 0',
    ],
    [result([{ resourceType: "a", count: [1] }]), 'the count of "a" is a list, not a whole number from 0'],
    [
      result([{ resourceType: "a", count: { b: 1 } }]),
      'the count of "a" is an object, not a whole number from 0',
    ],
    [
      result([
        { resourceType: "a", count: Number.MAX_SAFE_INTEGER },
        { resourceType: "b", count: 1 },
      ]),
      "the counts are too large to add up",
    ],
  ])("%.60p: %s", (text, problem) => expect(read(text)).toBe(problem));

  test("a count nested too deeply for JSON.stringify is a problem, not a defect", () => {
    const text = `{"resourceCounts":[{"resourceType":"a","count":${deep(100_000)}}]}`;
    expect(read(text)).toBe('the count of "a" is a list, not a whole number from 0');
  });

  test("a rule check has no counts, so that an absent result is none", () => {
    expect(read("", "CHECK_RULES")).toEqual([]);
    expect(read('{"checked":true}', "CHECK_RULES")).toEqual([]);
    expect(read("nonsense", "CHECK_RULES")).toBe("TaskResult is not a JSON object");
    expect(read(result([{ resourceType: "a", count: -1 }]), "CHECK_RULES")).toContain("is -1");
  });

  test("a result of a mebibyte is read", () => {
    const entries = Array.from({ length: 20_000 }, (_, index) => ({
      resourceType: `ACS::X::Type${index % 5000}`,
      count: 1,
    }));
    const text = result(entries);
    expect(text.length).toBeGreaterThan(2 ** 20 * 0.8);
    const found = readCounts(text.padEnd(2 ** 20), "UPDATE_RESOURCES");
    expect("counts" in found && found.counts.size).toBe(5000);
  });
});

test("reading never throws, whatever the JSON", () => {
  const anyEntry = fc.record({ resourceType: fc.jsonValue(), count: fc.jsonValue() }, { requiredKeys: [] });
  const anyText = fc.oneof(fc.string(), fc.json(), fc.array(fc.oneof(anyEntry, fc.jsonValue())).map(result));
  fc.assert(
    fc.property(anyText, fc.string(), (text, type) => {
      const found = readCounts(text, type);
      if ("counts" in found) {
        for (const count of found.counts.values())
          expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
        expect([...found.counts.keys()]).toEqual([...found.counts.keys()].sort());
      } else expect(found.problem).not.toBe("");
      readResourceTypes(text);
    }),
  );
  const field = fc.constantFrom("TaskStatus", "Progress", "TaskResult", "StartTime", "TaskId", "__proto__");
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(field, fc.jsonValue())), (data) => {
      const read = readTask(data);
      if (read) expect(read.status).not.toBe("");
    }),
  );
});
