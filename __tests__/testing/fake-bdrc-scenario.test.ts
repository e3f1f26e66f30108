import { type FakeBdrc, parseScenario, scenarioSchema, startFakeBdrc } from "../../lib/testing/fake-bdrc";

const COUNTS = { "ACS::OSS::Bucket": 3 };

describe("a scenario", () => {
  let bdrc: FakeBdrc;

  beforeEach(async () => {
    bdrc = await startFakeBdrc();
  });
  afterEach(() => bdrc.close());

  test("from JSON is what the service takes", async () => {
    const scenario = {
      quotaPerSecond: 5,
      tasks: {
        "t-1": {
          seconds: 5,
          progress: [[0, 0], [5, 9_000]], // prettier-ignore
          counts: COUNTS,
          taskDetail: null,
          data: { any: ["thing"] },
          faults: [
            { look: { from: 2, to: 3 }, kind: "throttle", retryAfterMs: 100, retryAfter: "soon" },
            { look: [4, 5], kind: "answer", body: null },
            { kind: "drip", everyMs: 5, headers: { "X-A": "b" } },
          ],
        },
      },
      newTask: { ends: "FAILED" },
      outages: [{ fromSeconds: 1, fault: { kind: "html" } }],
    };

    const parsed = parseScenario(JSON.parse(JSON.stringify(scenario)));

    expect(parsed).toEqual(scenario);
    await (await startFakeBdrc(parsed)).close();
  });

  test.each<[unknown, string]>([
    [[], "the whole is []; expected a scenario, an object"],
    [{ port: 70_000 }, "port is 70000; expected a whole number, 0 to 65535"],
    [{ task: {} }, "task is not known; allowed are port, accessKeyId,"],
    [{ accessKeyId: "a,b" }, 'accessKeyId is "a,b"; expected a text without spaces and commas'],
    [
      { tasks: { "t-1": { seconds: "5" } } },
      'tasks.t-1.seconds is "5"; expected a number of seconds, 0 or more',
    ],
    [
      { tasks: { "t 1": { seconds: -1 } } },
      'tasks["t 1"].seconds is -1; expected a number of seconds, 0 or more',
    ],
    [{ tasks: { "": {} } }, 'a key of tasks is ""; expected a task id'],
    [
      { tasks: { t: { counts: { "ACS::X": 0.5 } } } },
      'tasks.t.counts["ACS::X"] is 0.5; expected a whole number, 0 or',
    ],
    [
      { tasks: { t: { progress: "fast" } } },
      'tasks.t.progress is "fast"; expected one of "linear", "slow-start",',
    ],
    [{ tasks: { t: { progress: [[5, 1], [4, 2]] } } }, "tasks.t.progress goes back in time; expected points in the"], // prettier-ignore
    [
      { tasks: { t: { progress: [[5, 1, 2]] } } },
      "tasks.t.progress[0] has more than two numbers; expected [seconds,",
    ],
    [{ tasks: { t: { progress: [[5, "1"]] } } }, 'tasks.t.progress[0][1] is "1"; expected a number'],
    [{ tasks: { t: { taskResult: 1 } } }, "tasks.t.taskResult is 1; expected a text, or null"],
    [{ newTask: { faults: {} } }, "newTask.faults is {}; expected a list of faults"],
    [
      { newTask: { faults: [{}] } },
      'newTask.faults[0].kind is missing; expected one of "throttle", "internal-error"',
    ],
    [
      { newTask: { faults: [{ kind: "boom" }] } },
      'newTask.faults[0].kind is "boom"; expected one of "throttle",',
    ],
    [
      { newTask: { faults: [{ kind: "hang", status: 500 }] } },
      'newTask.faults[0].status means nothing for the kind "hang"; allowed are kind, look, headers, headersFirst',
    ],
    [
      { newTask: { faults: [{ kind: "reset", look: 0 }] } },
      "newTask.faults[0].look is 0; expected a whole number, 1 or",
    ],
    [
      { newTask: { faults: [{ kind: "reset", look: { till: 2 } }] } },
      "newTask.faults[0].look.till is not known; allowed",
    ],
    [
      { newTask: { faults: [{ kind: "empty", headers: { "a b": "c" } }] } },
      'headers is "a b"; expected a header name',
    ],
    [
      { outages: [{ fault: { kind: "empty", headers: { a: "\n" } } }] },
      'outages[0].fault.headers.a is "\\n"; expected',
    ],
    [{ outages: [{}] }, "outages[0].fault is missing; expected a fault, an object with a kind"],
  ])("%j is refused: %s", (json, problem) => {
    expect(() => parseScenario(json)).toThrow(problem);
  });

  test("is refused with all its problems at once", () => {
    expect(() => parseScenario({ port: -1, tasks: { "t-1": { ends: "" } } })).toThrow(
      "This is not a scenario for the fake BDRC service.\n\n" +
        "  port is -1; expected a whole number, 0 to 65535\n" +
        '  tasks.t-1.ends is ""; expected a text that is not empty',
    );
  });

  test("is held against the same rules in TypeScript, at every door", async () => {
    const wrong = "5" as unknown as number;

    await expect(startFakeBdrc({ quotaPerSecond: wrong })).rejects.toThrow('quotaPerSecond is "5"; expected');
    expect(() => bdrc.addTask("t-1", { seconds: wrong })).toThrow('tasks.t-1.seconds is "5"; expected');
    expect(() => bdrc.failEveryCall({ kind: "empty", status: wrong })).toThrow(
      'fault.status is "5"; expected',
    );
  });

  test("may leave a field undefined", () => {
    expect(() => bdrc.addTask("t-1", { seconds: undefined })).not.toThrow();
  });

  test("has a JSON Schema that is plain JSON", () => {
    const schema = scenarioSchema();

    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema).toMatchObject({ type: "object", additionalProperties: false, properties: { tasks: {} } });
  });
});
