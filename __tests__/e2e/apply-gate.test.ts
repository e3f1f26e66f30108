import { DataResource, type TerraformStack } from "cdktf";
import { BdrcTask, Duration, WaitAt } from "../../lib";
import { Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

function gate(stack: TerraformStack): void {
  const task = new BdrcTask(stack, "inventory", {
    taskId: "t-1",
    endpoint: workspace.service.endpoint,
    waitAt: WaitAt.APPLY,
    // The last look falls on it.
    timeout: Duration.seconds(7),
  });
  new DataResource(stack, "behind", { input: { total: task.totalCount } });
}

test("an apply prints a line whenever the task's progress has changed, and one for its end", async () => {
  workspace = await Workspace.create({
    tasks: { "t-1": { seconds: 6, startsAtFirstLook: true, counts: { "ACS::OSS::Bucket": 3 } } },
  });
  workspace.synth({ gate });
  const apply = await workspace.terraform("gate", "apply");
  expect(apply.output).toContain("Apply complete! Resources: 4 added");
  const lines = apply.output.split("\n").filter((line) => line.includes("(local-exec): inventory:"));
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/: inventory: t-1 RUNNING \d+ % · \d/);
  expect(lines.at(-1)).toMatch(/: inventory: t-1 COMPLETE · \d/);
});
