import { DataResource, TerraformOutput, type TerraformStack } from "cdktf";
import { BdrcTask, type BdrcTaskProps, Duration, WaitAt } from "../../lib";
import type { TaskScript } from "../../lib/testing";
import { nextSecond, Workspace } from "../support/workspace";

const COUNTS = { "ACS::OSS::Bucket": 3, "ACS::NAS::FileSystem": 2 };
const RUNNING: TaskScript = { seconds: 6, startsAtFirstLook: true, counts: COUNTS };

let workspace: Workspace;
afterEach(() => workspace.remove());

function gateOf(taskId: string, props: Partial<BdrcTaskProps> = {}) {
  return (stack: TerraformStack): void => {
    const task = new BdrcTask(stack, "inventory", {
      taskId,
      endpoint: workspace.service.endpoint,
      waitAt: WaitAt.APPLY,
      timeout: Duration.minutes(1),
      ...props,
    });
    new DataResource(stack, "behind", { input: { total: task.totalCount } });
    task.gate(new DataResource(stack, "gated", {}));
  };
}

test("a plan does not wait, an apply does and prints the progress, and the result is kept", async () => {
  workspace = await Workspace.create({ tasks: { "t-1": RUNNING } });
  workspace.synth({ gate: gateOf("t-1") });
  const plan = await workspace.terraform("gate", "plan");
  expect(plan.code).toBe(2);
  expect(plan.milliseconds).toBeLessThan(5000);

  const apply = await workspace.terraform("gate", "apply");
  expect(apply.output).toContain("Apply complete! Resources: 5 added");
  expect(apply.output).toMatch(/\(local-exec\): inventory: t-1 RUNNING \d+ % · \d/);
  expect(apply.output).toMatch(/\(local-exec\): inventory: t-1 COMPLETE · \d/);
  expect(workspace.outputs("gate")).toMatchObject({ inventory_total_count: 5, inventory_status: "COMPLETE" });

  await nextSecond();
  workspace.service.removeTask("t-1");
  const second = await workspace.terraform("gate", "plan");
  expect(second.output).toContain("No changes.");
  expect(second.code).toBe(0);
});

test("a task that has ended badly stops the plan", async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { ends: "FAILED", errorMessage: "no access" } } });
  workspace.synth({ gate: gateOf("t-1") });
  const plan = await workspace.terraform("gate", "plan");
  expect(plan.code).toBe(1);
  expect(plan.output).toContain("Task t-1 ended as FAILED.");
});

test("a task that fails while it is waited for closes the gate with its text and taints nothing", async () => {
  workspace = await Workspace.create({
    tasks: { "t-1": { seconds: 3, startsAtFirstLook: true, ends: "FAILED", errorMessage: "no access" } },
  });
  workspace.synth({ gate: gateOf("t-1") });
  const apply = await workspace.terraform("gate", "apply");
  expect(apply.code).toBe(1);
  expect(apply.output).toContain("Task t-1 ended as FAILED.");
  expect(apply.output).toContain("no access");
  expect(workspace.resources("gate")).toEqual([
    expect.stringContaining("inventory_stamp"),
    expect.stringContaining("inventory_wait"),
  ]);
  expect(workspace.tainted("gate")).toEqual([]);
});

test("a wait that comes to its deadline is tainted, says so, and is made again by the next apply", async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { ...RUNNING, seconds: 8 } } });
  workspace.synth({ gate: gateOf("t-1", { timeout: Duration.seconds(3) }) });
  const first = await workspace.terraform("gate", "apply");
  expect(first.code).toBe(1);
  expect(first.output).toContain("Task t-1 did not end within 3s: it is RUNNING.");
  expect(workspace.tainted("gate")).toEqual([expect.stringContaining("inventory_wait")]);

  workspace.synth({ gate: gateOf("t-1") });
  const second = await workspace.terraform("gate", "apply");
  expect(second.output).toContain("Apply complete!");
  expect(workspace.outputs("gate")).toMatchObject({ inventory_total_count: 5 });
});

test("a task id that is unknown until apply is waited for", async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { ...RUNNING, seconds: 2 } } });
  workspace.synth({
    gate: (stack) => {
      const source = new DataResource(stack, "source", { input: { id: "t-1" } });
      const task = new BdrcTask(stack, "inventory", {
        taskId: source.output.lookup("id") as string,
        endpoint: workspace.service.endpoint,
        waitAt: WaitAt.APPLY,
      });
      new TerraformOutput(stack, "buckets", { value: task.count("ACS::OSS::Bucket"), staticId: true });
    },
  });
  expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
  expect(workspace.outputs("gate")).toMatchObject({ buckets: 3 });
  expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
});
