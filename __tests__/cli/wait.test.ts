import type { FakeBdrc, FakeBdrcOptions } from "../../lib/testing";
import { bdrcTask, rehearsal, FakeTerminal, type FakeTerminalOptions, type Ran } from "./fake-terminal";
import { run } from "../../lib/cli/program";

const ID = "t-0004d9ctt1iiabcdefgh";
const OTHER = "t-0004d9ctt1iiijklmnop";
const COUNTS = { "ACS::OSS::Bucket": 3, "ACS::ECS::Instance": 12 };

let service: FakeBdrc | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function waitOn(
  options: FakeBdrcOptions,
  flags = "",
  more: FakeTerminalOptions = {},
  ids = ID,
): Promise<Ran> {
  const made = await rehearsal(options);
  service = made.service;
  return bdrcTask(`wait ${ids} ${flags}`, {
    ...made.terminal,
    ...more,
    environment: { ...made.terminal.environment, ...more.environment },
  });
}

describe("the end of a wait", () => {
  test("a complete task ends it with 0 and a table of counts, sorted, with their sum", async () => {
    const { code, out } = await waitOn({ tasks: { [ID]: { seconds: 60, counts: COUNTS } } });
    expect(code).toBe(0);
    expect(out).toBe(
      "RESOURCE TYPE       COUNT\n" +
        "ACS::ECS::Instance     12\n" +
        "ACS::OSS::Bucket        3\n" +
        "Total                  15\n",
    );
  });

  test.each(["FAILED", "EXPIRED", "CANCELED"])("a task that ends as %s ends it with 1", async (ends) => {
    const { code, out, err } = await waitOn({
      tasks: { [ID]: { ends, errorMessage: "the account is locked" } },
    });
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toContain(`Task ${ID} ended as ${ends}.\n\n`);
    expect(err).toContain("the account is locked");
  });

  test("a complete task whose result cannot be used ends it with 1", async () => {
    const { code, err } = await waitOn({ tasks: { [ID]: { taskResult: "no JSON" } } });
    expect(code).toBe(1);
    expect(err).toContain("its result cannot be used: TaskResult is not a JSON object");
  });

  test("the deadline of --timeout ends it with 3", async () => {
    const { code, err } = await waitOn({ tasks: { [ID]: { seconds: 600 } } }, "--timeout 90s");
    expect(code).toBe(3);
    expect(err).toContain(`Task ${ID} did not end within 1m 30s: it is RUNNING.`);
  });

  test("the deadline is an hour when nothing is said", async () => {
    const { code, err } = await waitOn({ tasks: { [ID]: { ends: "NEVER" } } });
    expect(code).toBe(3);
    expect(err).toContain("did not end within 1h: it is RUNNING");
  });

  test("a task that BDRC does not know ends it with 4", async () => {
    const { code, err } = await waitOn({});
    expect(code).toBe(4);
    expect(err).toContain(`Task ${ID} was not found`);
  });

  test("so does a deadline before it is believed, as its text says that it was not found", async () => {
    const { code, err } = await waitOn({}, "--timeout 2s");
    expect(code).toBe(4);
    expect(err).toContain(`Task ${ID} was not found`);
  });

  test("a refusal ends it with 5 at once", async () => {
    const { code, err } = await waitOn({ tasks: { [ID]: { faults: [{ kind: "forbidden" }] } } });
    expect(code).toBe(5);
    expect(err).toContain("bdrc:DescribeTask on *");
    expect(service?.calls).toHaveLength(1);
  });

  test("no answer for as long as --max-outage ends it with 6", async () => {
    const { code, err } = await waitOn(
      { outages: [{ fault: { kind: "unavailable" } }] },
      "--max-outage 20s --timeout 10m",
    );
    expect(code).toBe(6);
    expect(err).toMatch(/no good answer from 127.0.0.1:\d+ for 2\ds/);
  });

  test("Ctrl-C ends it with 130 and prints no result", async () => {
    const {
      service: fake,
      clock,
      terminal: options,
    } = await rehearsal({ tasks: { [ID]: { ends: "NEVER" } } });
    service = fake;
    const terminal = new FakeTerminal(options);
    clock.onJump = () => terminal.pressControlC();
    expect(await run(["wait", ID], terminal)).toBe(130);
    expect(terminal.out).toBe("");
  });
});

describe("several tasks", () => {
  const both = {
    [ID]: { seconds: 30, counts: COUNTS },
    [OTHER]: { seconds: 40, counts: { "ACS::OSS::Bucket": 1 } },
  };

  test("are all waited for, and the table says whose counts they are", async () => {
    const { code, out } = await waitOn({ tasks: both }, "", {}, `${ID} ${OTHER}`);
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      "TASK                    RESOURCE TYPE       COUNT",
      `${ID}  ACS::ECS::Instance     12`,
      `${ID}  ACS::OSS::Bucket        3`,
      `${OTHER}  ACS::OSS::Bucket        1`,
      "                        Total                  16",
      "",
    ]);
  });

  test("end the command with the highest of their codes", async () => {
    const { code } = await waitOn({ tasks: { [ID]: { ends: "FAILED" } } }, "", {}, `${ID} ${OTHER}`);
    expect(code).toBe(4);
  });

  test("share one limit of five looks a second", async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `t-${index}`);
    const tasks = Object.fromEntries(ids.map((id) => [id, {}]));
    // Without a quota: a busy machine may let looks that waited come together.
    const { code, out } = await waitOn({ tasks, quotaPerSecond: 0 }, "--json", {}, ids.join(" "));
    expect(code).toBe(0);
    const waits = (JSON.parse(out) as { tasks: { waited_seconds: number }[] }).tasks;
    const seen = waits.map((task) => task.waited_seconds).sort((one, other) => one - other);
    // Each is seen at its turn or later, however late a busy machine brings the answers on the clock that jumps.
    seen.forEach((at, turn) => expect(at).toBeGreaterThanOrEqual((turn - 1) / 5));
    expect(seen).toHaveLength(12);
  });

  test("share the limit that BDRC_TASK_LOOKS_PER_SECOND names", async () => {
    const ids = ["t-0", "t-1", "t-2"];
    const tasks = Object.fromEntries(ids.map((id) => [id, {}]));
    const environment = { BDRC_TASK_LOOKS_PER_SECOND: "0.5" };
    const { out } = await waitOn({ tasks }, "--json", { environment }, ids.join(" "));
    const waits = (JSON.parse(out) as { tasks: { waited_seconds: number }[] }).tasks;
    expect(Math.max(...waits.map((task) => task.waited_seconds))).toBeGreaterThanOrEqual(2);
  });

  test("are each waited for once when an id is given twice", async () => {
    const { out } = await waitOn({ tasks: both }, "--json", {}, `${ID} ${ID}`);
    expect((JSON.parse(out) as { tasks: unknown[] }).tasks).toHaveLength(1);
  });
});

describe("what is seen while it goes on", () => {
  const tasks = { [ID]: { seconds: 60, counts: COUNTS } };

  test("is one line for each change where nothing can be written over", async () => {
    const { err, terminal } = await waitOn({ tasks });
    const lines = err.trimEnd().split("\n");
    expect(lines[0]).toBe(`${ID} RUNNING 0 % · 0ms`);
    expect(lines[3]).toMatch(/RUNNING \d+ % · \d+s · about \d+s left$/);
    expect(lines.at(-1)).toMatch(/ COMPLETE · 1m( [\d.]+s)?$/);
    expect(terminal.stderr.raw).not.toContain("\u001b");
  });

  test("is a bar on a terminal, which stays as it ended", async () => {
    const { err, terminal } = await waitOn({ tasks }, "", { tty: true });
    expect(err).toMatch(new RegExp(`${ID} █{16} 100 % COMPLETE ended after 1m( \\d+s)? · \\d+ looks`));
    // The cursor is shown again.
    expect(terminal.stderr.raw.lastIndexOf("\u001b[?25h")).toBeGreaterThan(
      terminal.stderr.raw.lastIndexOf("\u001b[?25l"),
    );
  });

  test("has colours on a terminal, and none with NO_COLOR", async () => {
    const painted = await waitOn({ tasks }, "", { tty: true });
    expect(painted.terminal.stderr.raw).toContain("\u001b[32m█");
    await service?.close();
    const plain = await waitOn({ tasks }, "", { tty: true, environment: { NO_COLOR: "1" } });
    expect(plain.terminal.stderr.raw).not.toContain("\u001b[32m");
    expect(plain.err).toContain("█");
  });

  test("is lines on a terminal that cannot move its cursor, or has less lines than tasks", async () => {
    const dumb = await waitOn({ tasks }, "", { tty: true, environment: { TERM: "dumb" } });
    expect(dumb.err).toContain("RUNNING 0 % · 0ms");
    await service?.close();
    const low = await waitOn({ tasks }, "", { tty: true, rows: 1 });
    expect(low.err).toContain("RUNNING 0 % · 0ms");
  });

  test("says what a look met that brought no task", async () => {
    const faults = [{ kind: "throttle", look: { from: 1, to: 2 } }] as const;
    const { code, err } = await waitOn({ tasks: { [ID]: { faults } } });
    expect(code).toBe(0);
    expect(err).toContain("throttled: HTTP 400 Throttling.User");
  });
});

describe("wait --json", () => {
  test("prints the task as data on stdout, and nothing else anywhere", async () => {
    const { code, out, err } = await waitOn({ tasks: { [ID]: { seconds: 60, counts: COUNTS } } }, "--json");
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(JSON.parse(out)).toEqual({
      tasks: [
        {
          task_id: ID,
          task_name: "update-resources",
          task_description: "",
          task_type: "UPDATE_RESOURCES",
          task_priority: "HIGH",
          status: "COMPLETE",
          progress: 10_000,
          started_at: "2026-03-30T06:03:12.000Z",
          completed_at: "2026-03-30T06:04:12.000Z",
          expires_at: "2026-04-06T06:03:12.000Z",
          run_seconds: 60,
          resource_types: ["ACS::ECS::Instance", "ACS::OSS::Bucket"],
          resource_counts: { "ACS::ECS::Instance": 12, "ACS::OSS::Bucket": 3 },
          total_count: 15,
          error_message: "",
          problem: "",
          problem_code: "",
          exit_code: 0,
          looks: expect.any(Number),
          waited_seconds: expect.any(Number),
        },
      ],
    });
  });

  test("says of a task that was not found what it says of any other, with the problem", async () => {
    const { code, out } = await waitOn({}, "--json");
    const [task] = (JSON.parse(out) as { tasks: Record<string, unknown>[] }).tasks;
    expect(code).toBe(4);
    expect(task).toMatchObject({ task_id: ID, status: "NOT_FOUND", progress: null, exit_code: 4 });
    expect(task?.["problem"]).toContain("was not found");
  });
});

describe("a command line that is wrong ends with 2 and says what to do", () => {
  test.each([
    ["wait", {}, "missing required argument 'task-id'"],
    ["wait t-1**", {}, '"t-1**" is no task id: it holds an asterisk'],
    ["wait t-1 --timeout 90", {}, '--timeout is "90", which is not a length of time that can be used.'],
    ["wait t-1 --timeout 25h", {}, "a number with a unit, from 1s to 24h"],
    ["wait t-1 --max-outage 0s", {}, '--max-outage is "0s"'],
    ["wait t-1", {}, "Nothing says where BDRC is."],
    ["wait t-1 --region Shanghai", {}, '--region is "Shanghai": a region id is lower-case words'],
    [
      "wait t-1 --region a-b --endpoint h",
      {},
      "'--region <id>' cannot be used with option '--endpoint <host>'",
    ],
    ["wait t-1 --endpoint http://example.com", {}, "plain http is only for a loopback address"],
    ["wait t-1 --endpoint https://me:secret@host", {}, '--endpoint is "(hidden)@host"'],
    ["wait t-1", { BDRC_REGION: "Shanghai" }, 'BDRC_REGION is "Shanghai"'],
    ["wait t-1", { BDRC_ENDPOINT: "ftp://host" }, 'BDRC_ENDPOINT is "ftp://host"'],
    [
      "wait t-1 --region a-b",
      { BDRC_TASK_LOOKS_PER_SECOND: "50" },
      "Expected: a number of looks a second from 0.1 to 10, or not set",
    ],
    ["wait t-1 --jsn", {}, "unknown option '--jsn'"],
    ["waits", {}, "unknown command 'waits'"],
  ])("%s %j", async (line, environment, text) => {
    const { code, out, err } = await bdrcTask(line, { environment: environment });
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(text);
    expect(err).not.toContain("    at ");
  });
});

describe("where to ask", () => {
  test("a flag goes before a variable", async () => {
    const made = await rehearsal({ tasks: { [ID]: {} } });
    service = made.service;
    const environment = {
      ...service.environment,
      BDRC_ENDPOINT: "http://127.0.0.1:9",
      BDRC_REGION: "nowhere-1",
    };
    const { code } = await bdrcTask(`wait ${ID} --endpoint ${service.endpoint}`, {
      ...made.terminal,
      environment,
    });
    expect(code).toBe(0);
  });

  test("a profile that gives no credentials ends it with 5 and says what was looked at", async () => {
    const { code, err } = await waitOn({ tasks: { [ID]: {} } }, "--profile nobody");
    expect(code).toBe(5);
    expect(err).toContain("cannot be read: there is no profile nobody.");
    expect(err).toContain("profile nobody: not there");
  });
});
