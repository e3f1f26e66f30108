import {
  DataResource,
  DataTerraformRemoteStateLocal,
  Fn,
  Op,
  TerraformCount,
  TerraformOutput,
  type TerraformStack,
} from "cdktf";
import * as path from "node:path";
import { BdrcTask, Duration, type BdrcTaskProps } from "../../lib";
import type { TaskScript } from "../../lib/testing";
import { nextSecond, Workspace } from "../support/workspace";

const COUNTS = { "ACS::OSS::Bucket": 3, "ACS::NAS::FileSystem": 2 };
const RUNNING: TaskScript = { seconds: 4, startsAtFirstLook: true, counts: COUNTS };
const DONE: TaskScript = { counts: COUNTS };

let workspace: Workspace;
afterEach(() => workspace?.remove());

/** A gate with things behind it: one sized by a count, one gated, one independent. */
function gateOf(taskId: string, props: Partial<BdrcTaskProps> = {}) {
  return (stack: TerraformStack): void => {
    const task = new BdrcTask(stack, "inventory", {
      taskId,
      endpoint: workspace.service.endpoint,
      // The last look falls on it; a task of the tests has ended by then.
      timeout: Duration.seconds(6),
      ...props,
    });
    const slots = TerraformCount.of(task.count("ACS::OSS::Bucket"));
    new DataResource(stack, "sized", { count: slots, input: { slot: slots.index, of: task.totalCount } });
    task.gate(new DataResource(stack, "gated", {}));
  };
}

async function started(tasks: Record<string, TaskScript>, id = "t-1"): Promise<void> {
  workspace = await Workspace.create({ tasks });
  workspace.synth({ gate: gateOf(id) });
}

describe("the first apply", () => {
  test("looks at the task until it ends, sizes a resource by its count on the very first plan, and leaves typed outputs", async () => {
    await started({ "t-1": RUNNING });
    const apply = await workspace.terraform("gate", "apply");
    expect(apply.output).toContain("Apply complete! Resources: 6 added");
    expect(workspace.outputs("gate")).toMatchObject({
      inventory_resource_counts: COUNTS,
      inventory_total_count: 5,
      inventory_status: "COMPLETE",
      inventory_task_id: "t-1",
    });
    // Some 25 lines in every apply, for nobody who did not ask for them.
    expect(Object.keys(workspace.outputs("gate"))).not.toContain("inventory_result");
    const statuses = workspace.events().flatMap((event) => (event.type === "look" ? [event.status] : []));
    expect(statuses.length).toBeGreaterThan(1);
    expect(statuses).toEqual([...Array<string>(statuses.length - 1).fill("RUNNING"), "COMPLETE"]);
  });

  test("types every result: numbers in outputs, in texts, through Op and Fn", async () => {
    workspace = await Workspace.create({ tasks: { "t-1": { ...DONE, taskName: "nightly" } } });
    workspace.synth({
      gate: (stack) => {
        const task = new BdrcTask(stack, "inventory", {
          taskId: "t-1",
          endpoint: workspace.service.endpoint,
        });
        const out = (name: string, value: unknown) =>
          new TerraformOutput(stack, name, { value, staticId: true });
        out("buckets", task.count("ACS::OSS::Bucket"));
        out("absent", task.count("ACS::ECS::Instance"));
        out("text", `${task.count("ACS::OSS::Bucket")} of ${task.totalCount}, ${task.taskName}`);
        out("sum", Op.add(task.totalCount, 1));
        out("most", Fn.max([task.count("ACS::OSS::Bucket"), 100]));
        out("types", task.resourceTypes);
        out("keys", Fn.keys(task.counts));
        out("succeeded", task.succeeded);
        out("either", Fn.conditional(task.succeeded, "yes", "no"));
        out("progress", task.progress);
        out("lasted", Op.sub(task.completeTime, task.startTime));
        out("kind", task.taskType);
        out("start", task.startTime);
        out("started", task.startedAt);
      },
    });
    expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
    expect(workspace.outputs("gate")).toMatchObject({
      buckets: 3,
      absent: 0,
      text: "3 of 5, nightly",
      sum: 6,
      most: 100,
      types: ["ACS::NAS::FileSystem", "ACS::OSS::Bucket"],
      keys: ["ACS::NAS::FileSystem", "ACS::OSS::Bucket"],
      succeeded: true,
      either: "yes",
      progress: 10000,
      lasted: expect.any(Number) as number,
      kind: "UPDATE_RESOURCES",
    });
    const { start, started: startedAt } = workspace.outputs("gate");
    expect(startedAt).toBe(new Date(Number(start) * 1000).toISOString().replace(".000Z", "Z"));
  });

  test("of a task that found nothing is fine: counts are empty, not missing", async () => {
    workspace = await Workspace.create({ tasks: { "t-1": { counts: {} } } });
    workspace.synth({ gate: gateOf("t-1") });
    const apply = await workspace.terraform("gate", "apply");
    expect(apply.output).toContain("Apply complete! Resources: 3 added");
    expect(workspace.outputs("gate")).toMatchObject({
      inventory_resource_counts: {},
      inventory_total_count: 0,
    });
    expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
  });
});

test("another configuration is told which output to turn on for what it reads, and gets it then", async () => {
  await started({ "t-1": DONE });
  await workspace.terraform("gate", "apply");
  workspace.synth({
    reader: (stack) => {
      const state = new DataTerraformRemoteStateLocal(stack, "state", {
        path: path.join(workspace.folder, "gate.tfstate"),
      });
      const inventory = BdrcTask.fromRemoteState(stack, "inventory", { state });
      new TerraformOutput(stack, "total", { value: inventory.totalCount });
      new TerraformOutput(stack, "ended", { value: inventory.completedAt });
    },
  });
  const { output } = await workspace.terraform("reader", "plan");
  expect(output).toContain(`A state that reader/inventory reads lacks outputs of its task.

  Code:    BAD_CONFIGURATION
  Missing: inventory_result
  Next:    give the task there outputs: { result: true }, and apply it
`);
  expect(output).not.toContain("Unsupported attribute");
  workspace.synth({ gate: gateOf("t-1", { outputs: { result: true } }) });
  await workspace.terraform("gate", "apply");
  await workspace.terraform("reader", "apply");
  expect(workspace.outputs("reader")).toEqual({
    total: 5,
    ended: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
  });
});

describe("a task that did not succeed", () => {
  test.each<[string, TaskScript, RegExp]>([
    [
      "FAILED",
      { ends: "FAILED", errorMessage: "scan of oss failed" },
      /Task t-1 ended as FAILED\.[^]*Message: +scan of oss failed/,
    ],
    ["EXPIRED", { ends: "EXPIRED" }, /Task t-1 ended as EXPIRED\./],
    ["CANCELED", { ends: "CANCELED" }, /Task t-1 ended as CANCELED\./],
    [
      "of a malformed result",
      { taskResult: "{oops" },
      /Task t-1 is COMPLETE, but its result cannot be used: TaskResult is not a JSON\s+object\./,
    ],
  ])(
    "stops the plan when it is %s, with our text, and nothing downstream exists",
    async (_, script, text) => {
      await started({ "t-1": script });
      const apply = await workspace.terraform("gate", "apply");
      expect(apply.code).toBe(1);
      expect(apply.output).toMatch(text);
      expect(apply.output).toMatch(/^\W* {2}Next: /m);
      expect(workspace.resources("gate")).toEqual([]);
    },
  );
});

test("with a BDRC that hangs after the first apply a plan is still clean, and back within 20 seconds", async () => {
  await started({ "t-1": DONE });
  await workspace.terraform("gate", "apply");
  await nextSecond();
  workspace.service.failEveryCall({ kind: "hang" });
  const hanging = await workspace.terraform("gate", "plan");
  expect(hanging.output).toContain("No changes.");
  expect(hanging.milliseconds).toBeLessThan(30_000);
});

/** Far below any wait of these tests, and room for Terraform itself on a busy machine, in milliseconds. */
const WITHOUT_A_WAIT = 25_000;

describe("destroy never waits and never fails because of a task", () => {
  test("when BDRC hangs", async () => {
    await started({ "t-1": DONE });
    await workspace.terraform("gate", "apply");
    await nextSecond();
    workspace.service.failEveryCall({ kind: "hang" });
    const destroy = await workspace.terraform("gate", "destroy");
    expect(destroy.output).toContain("Destroy complete! Resources: 6 destroyed.");
    expect(destroy.milliseconds).toBeLessThan(WITHOUT_A_WAIT);
    expect(workspace.resources("gate")).toEqual([]);
  });

  test("when a stack was never applied and its task runs", async () => {
    await started({ "t-1": { ends: "NEVER" } });
    const destroy = await workspace.terraform("gate", "destroy");
    expect(destroy.output).toContain("Destroy complete!");
    expect(destroy.milliseconds).toBeLessThan(WITHOUT_A_WAIT);
  });
});

test("an interrupt of Terraform alone during a plan ends at once, and leaves nothing", async () => {
  await started({ "t-1": { ends: "NEVER" } });
  await workspace.terraform("gate", "validate");
  const { child, ended } = workspace.start("gate", ["plan"]);
  while (workspace.events().length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGINT");
  const interrupted = await ended;
  expect(interrupted.code).toBe(1);
  expect(interrupted.milliseconds).toBeLessThan(WITHOUT_A_WAIT);
  expect(workspace.resources("gate")).toEqual([]);
});
