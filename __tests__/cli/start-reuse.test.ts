import type { FakeBdrc, FakeBdrcOptions, TaskScript } from "../../lib/testing";
import { bdrcTask, rehearsal, type Ran } from "./fake-terminal";

const COUNTS = { "ACS::OSS::Bucket": 3, "ACS::ECS::Instance": 12 };
const BUCKETS = { "ACS::OSS::Bucket": 3 };
const ARN = "acs:ecs:cn-hangzhou:1:instance/i-1";

let service: FakeBdrc | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function start(
  line: string,
  tasks: FakeBdrcOptions["tasks"],
  more: FakeBdrcOptions = {},
): Promise<Ran> {
  const made = await rehearsal({ tasks, newTask: { seconds: 30, counts: COUNTS }, ...more });
  service = made.service;
  return bdrcTask(`start ${line}`, made.terminal);
}

/** A task that completed some hours ago. */
const ago = (hours: number, script: TaskScript = {}): TaskScript => ({
  ageSeconds: hours * 3600,
  counts: COUNTS,
  ...script,
});
const operations = (): (string | undefined)[] => service?.calls.map((call) => call.operation) ?? [];

const TAKEN =
  /^t-fresh is taken instead of starting another one: the newest UPDATE_RESOURCES of all resource types under way or completed within 6h, COMPLETE at 2026-03-30T\d\d:03:12Z\.\n$/;

describe("a task that completed within the time", () => {
  const tasks = { "t-fresh": ago(2), "t-older": ago(4), "t-bad": ago(1, { ends: "FAILED" }) };

  test("is taken: its id on stdout, which it was and why on stderr, and nothing is started", async () => {
    const { code, out, err } = await start("update-resources --reuse 6h", tasks);
    expect([code, out]).toEqual([0, "Task t-fresh.\n"]);
    expect(err).toMatch(TAKEN);
    expect(operations()).toEqual(["DescribeTasks"]);
  });

  test("is a bare id with --quiet, for a pipeline", async () => {
    const { code, out, err } = await start("update-resources --reuse 6h --quiet", tasks);
    expect([code, out]).toEqual([0, "t-fresh\n"]);
    expect(err).toMatch(TAKEN);
  });

  test("is an object with the choice with --json", async () => {
    const { code, terminal } = await start("update-resources --reuse 6h --json", tasks);
    expect(code).toBe(0);
    expect(terminal.json).toEqual({
      task_id: "t-fresh",
      reused: true,
      choice: expect.stringMatching(/^t-fresh is taken instead of starting another one: .*Z\.$/),
    });
  });

  test("is shown like one that was waited for with --wait", async () => {
    const { code, out } = await start("update-resources --reuse 6h --wait", tasks);
    expect(code).toBe(0);
    expect(out).toBe(
      "RESOURCE TYPE       COUNT\nACS::ECS::Instance     12\nACS::OSS::Bucket        3\nTotal                  15\n",
    );
    expect(operations()).toEqual(["DescribeTasks", "DescribeTask"]);
  });

  test("is one of the same resource types only", async () => {
    const { out } = await start("update-resources --reuse 6h --resource-type ACS::OSS::Bucket --quiet", {
      "t-all": ago(1),
      "t-buckets": ago(2, { counts: BUCKETS }),
    });
    expect(out).toBe("t-buckets\n");
  });

  test("is one of the same resource only", async () => {
    const detail = (resourceArn: string): string => JSON.stringify({ resourceArn });
    const { out } = await start(`check-rules --reuse 6h --resource-arn ${ARN} --quiet`, {
      "t-other": ago(1, { taskType: "CHECK_RULES", taskDetail: detail(`${ARN}0`) }),
      "t-same": ago(2, { taskType: "CHECK_RULES", taskDetail: detail(ARN) }),
    });
    expect(out).toBe("t-same\n");
  });
});

describe("a task that is under way", () => {
  const tasks = { "t-runs": { seconds: 30, counts: COUNTS }, "t-fresh": ago(1) };

  test("is taken before one that is complete, and waited for with --wait", async () => {
    const { code, out, err } = await start("update-resources --reuse 6h --wait --quiet", tasks);
    expect([code, out]).toEqual([0, "t-runs\n"]);
    expect(err).toContain("under way or completed within 6h, RUNNING since 2026-03-30T06:03:12Z.\n");
    expect(operations()).not.toContain("UpdateResources");
  });

  test("that then fails ends the command as any wait for it does", async () => {
    const runs = { "t-runs": { seconds: 5, ends: "FAILED", partialCounts: COUNTS } };
    expect((await start("update-resources --reuse 6h --wait", runs)).code).toBe(1);
    expect(operations()).not.toContain("UpdateResources");
  });
});

describe("without a task that is fresh enough", () => {
  test.each<[string, Record<string, TaskScript>, string]>([
    ["none at all", {}, "but no UPDATE_RESOURCES task"],
    ["one that is too old", { "t-old": ago(7) }, "but t-old COMPLETE 7h ago"],
    ["one that failed", { "t-bad": ago(1, { ends: "FAILED" }) }, "but t-bad FAILED 1h ago"],
    [
      "one of other types",
      { "t-buckets": ago(1, { counts: BUCKETS }) },
      "but t-buckets COMPLETE 1h ago of ACS::OSS::Bucket",
    ],
    [
      "one of another kind",
      { "t-check": ago(1, { taskType: "CHECK_RULES" }) },
      "but no UPDATE_RESOURCES task",
    ],
  ])("(%s) one is started, and a line says what there was instead", async (_, tasks, instead) => {
    const { code, out, err } = await start("update-resources --reuse 6h", tasks);
    expect(code).toBe(0);
    expect(out).toMatch(/^Started task t-\w{20} with UpdateResources\.\n$/);
    expect(err).toBe(
      "There is no UPDATE_RESOURCES of all resource types under way or completed within 6h, " +
        `${instead}; one is started.\n`,
    );
    expect(operations()).toEqual(["DescribeTasks", "UpdateResources"]);
  });

  test("--json says that it is a new one", async () => {
    const { terminal } = await start("update-resources --reuse 6h --json", {});
    expect(terminal.json).toMatchObject({ task_id: expect.stringMatching(/^t-/), reused: false });
  });
});

describe("nothing is started", () => {
  test.each([
    [5, "forbidden", "grant bdrc:DescribeTasks on *", "NO_PERMISSION"],
    [6, "internal-error", "bdrc-task doctor", "OUTAGE"],
  ] as const)("while the list cannot be read: %i for %s", async (expected, kind, next, problem) => {
    const { code, out, err } = await start(
      "update-resources --reuse 6h",
      {},
      { outages: [{ fault: { kind } }] },
    );
    expect([code, out]).toEqual([expected, ""]);
    expect(err).toMatch(/^No task was started, since the tasks cannot be listed: HTTP /);
    expect(err).toContain(next);
    expect(err).toMatch(new RegExp(`^ {2}Code: +${problem}$`, "m"));
    expect(operations()).not.toContain("UpdateResources");
  });

  test.each([
    ["precheck-count --tag env=prod", "PrecheckResourceCount"],
    ["update-cross-accounts --create 1234567890123456", "UpdateCrossAccounts"],
  ])("for %s, whose tasks cannot be told from others: 2", async (kind, action) => {
    const { code, out, err } = await start(`${kind} --reuse 6h`, {});
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe(
      `--reuse cannot be used: BDRC documents no type for the tasks of ${action}, so that one cannot be told from others.\n\n` +
        "  Code: BAD_INPUT\n  Next: leave it out\n",
    );
    expect(operations()).toEqual([]);
  });

  test.each(["31d", "0s", "999ms", "6", "soon"])("for --reuse %s: 2", async (reuse) => {
    const { code, out, err } = await start(`update-resources --reuse ${reuse}`, {});
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`--reuse is "${reuse}", which is not a length of time that can be used.`);
    expect(err).toContain("Expected: a number with a unit, from 1s to 30d");
    expect(operations()).toEqual([]);
  });
});
