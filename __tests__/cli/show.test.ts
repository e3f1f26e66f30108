import type { FakeBdrc, FakeBdrcOptions } from "../../lib/testing";
import { bdrcTask, rehearsal, type Ran } from "./fake-terminal";

const ID = "t-0004d9ctt1iiabcdefgh";
const COUNTS = { "ACS::OSS::Bucket": 3, "ACS::ECS::Instance": 12 };

let service: FakeBdrc | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function show(options: FakeBdrcOptions, flags = "", later = 0): Promise<Ran> {
  const made = await rehearsal(options);
  service = made.service;
  made.clock.time += later * 1000;
  return bdrcTask(`show ${ID} ${flags}`, made.terminal);
}

test("everything that BDRC says is shown, with dates of the user's zone and computed durations", async () => {
  const { code, out } = await show(
    { tasks: { [ID]: { seconds: 190, counts: COUNTS, taskName: "Inventory", taskDescription: "of all" } } },
    "",
    4000,
  );
  expect(code).toBe(0);
  expect(out.replace(/[0-9A-F]{8}-[0-9A-F-]{27}/, "(request id)")).toBe(
    [
      `Task:               ${ID}`,
      "Name:               Inventory",
      "Description:        of all",
      "Type:               UPDATE_RESOURCES",
      "Priority:           HIGH",
      "Status:             COMPLETE",
      "Progress:           100 % (10000 of 10000)",
      "Started:            2026-03-30 14:03:12 GMT+8 (1h 6m ago)",
      "Completed:          2026-03-30 14:06:22 GMT+8 (1h 3m ago)",
      "Expires:            2026-04-06 14:03:12 GMT+8 (in 6d 22h)",
      "Took:               3m 10s",
      "Message:            –",
      "Created by request: (request id)",
      'Detail:             {"resourceTypes":["ACS::OSS::Bucket","ACS::ECS::Instance"]}',
      "",
      "RESOURCE TYPE       COUNT",
      "ACS::ECS::Instance     12",
      "ACS::OSS::Bucket        3",
      "Total                  15",
      "",
    ].join("\n"),
  );
});

test("a task that runs is shown with the time it has run, and ends the command with 0", async () => {
  const { code, out } = await show({ tasks: { [ID]: { seconds: 600 } } }, "", 42);
  expect(code).toBe(0);
  expect(out).toContain("Running for:        42s");
  expect(out).toContain("Progress:           7 % (700 of 10000)");
  expect(out).toContain("Completed:          –");
});

test("a failed task is shown with its message, and ends the command with 0 all the same", async () => {
  const { code, out } = await show({ tasks: { [ID]: { ends: "FAILED", errorMessage: "quota" } } });
  expect(code).toBe(0);
  expect(out).toContain("Message:            quota");
});

test("members that nobody knows yet are shown, and what would steer the terminal is not", async () => {
  const data = {
    TaskId: ID,
    TaskStatus: "PAUSED",
    TaskName: "a\u001b[31mred\u0007\nb",
    Owner: { Id: 7 },
    "x\u001b]0;title\u0007y\n": 1,
  };
  const { code, out } = await show({ tasks: { [ID]: { data } } });
  expect(code).toBe(0);
  expect(out).toContain('Owner:              {"Id":7}');
  expect(out).toContain("Name:               ared b");
  expect(out).toMatch(/^x \]0;title y: +1$/m);
  expect(out).not.toContain("\u001b");
});

test("--json prints the task and the answer's own data", async () => {
  const { code, terminal } = await show({ tasks: { [ID]: { seconds: 10 } } }, "--json", 4);
  expect(code).toBe(0);
  expect(terminal.json).toMatchObject({
    task_id: ID,
    status: "RUNNING",
    progress: 4000,
    run_seconds: 4,
    completed_at: null,
    data: { TaskId: ID, TaskStatus: "RUNNING", Progress: 4000, ExecutionId: "" },
  });
});

test.each([
  [4, {}, `Task ${ID} was not found`],
  [5, { outages: [{ fault: { kind: "forbidden" } }] }, "bdrc:DescribeTask on *"],
  [6, { outages: [{ fault: { kind: "unavailable" } }] }, "no good answer from"],
] as const)("it ends with %i when the task cannot be shown", async (expected, options, text) => {
  const { code, out, err } = await show(options);
  expect(code).toBe(expected);
  expect(out).toBe("");
  expect(err).toContain(text);
});

test("a wrong id ends it with 2", async () => {
  const { code, err } = await bdrcTask("show t/1");
  expect(code).toBe(2);
  expect(err).toContain('"t/1" is no task id: it may hold only letters');
});
