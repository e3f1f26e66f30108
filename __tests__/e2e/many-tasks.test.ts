import { TerraformOutput, type TerraformStack } from "cdktf";
import { BdrcTasks, type BdrcTasksProps, FailureMode, WaitAt } from "../../lib";
import { Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace.remove());

const BUCKETS = (count: number) => ({ counts: { "ACS::OSS::Bucket": count } });

function allOf(props: Partial<BdrcTasksProps> = {}) {
  return (stack: TerraformStack): void => {
    const all = new BdrcTasks(stack, "all", {
      taskIds: ["t-1", "t-2", "t-3"],
      endpoint: workspace.service.endpoint,
      looksPerSecond: 10,
      ...props,
    });
    const out = (name: string, value: unknown) => new TerraformOutput(stack, name, { value, staticId: true });
    out("second", all.task("t-2").count("ACS::OSS::Bucket"));
    out("second_status", all.task("t-2").status);
    out("second_progress", all.task("t-2").progress);
    out("sum", all.count("ACS::OSS::Bucket"));
    out("absent", all.count("ACS::ECS::Instance"));
    out("succeeded", all.succeeded);
    out("tasks", all.taskCount);
  };
}

test.each([WaitAt.PLAN, WaitAt.APPLY])(
  "many tasks are waited for together at %s, and summed",
  async (waitAt) => {
    workspace = await Workspace.create({
      tasks: {
        "t-1": { seconds: 2, startsAtFirstLook: true, ...BUCKETS(1) },
        "t-2": BUCKETS(2),
        "t-3": { ...BUCKETS(3) },
      },
    });
    workspace.synth({ gate: allOf({ waitAt }) });
    const apply = await workspace.terraform("gate", "apply");
    expect(apply.output).toContain("Apply complete!");
    if (waitAt === WaitAt.APPLY) expect(apply.output).toMatch(/\(local-exec\): all: t-1 RUNNING \d+ %/);
    expect(workspace.outputs("gate")).toMatchObject({
      all_resource_counts: { "ACS::OSS::Bucket": 6 },
      all_total_count: 6,
      all_statuses: { "t-1": "COMPLETE", "t-2": "COMPLETE", "t-3": "COMPLETE" },
      all_failed_task_ids: [],
      second: 2,
      second_status: "COMPLETE",
      second_progress: 10000,
      sum: 6,
      absent: 0,
      succeeded: true,
      tasks: 3,
    });
    expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
  },
);

test("one failing task closes the gate with its text, and loses nothing of the others when failures are exposed", async () => {
  workspace = await Workspace.create({
    tasks: { "t-1": BUCKETS(1), "t-2": { ends: "FAILED", errorMessage: "no access" }, "t-3": BUCKETS(3) },
  });
  workspace.synth({ gate: allOf() });
  const closed = await workspace.terraform("gate", "apply");
  expect(closed.code).toBe(1);
  expect(closed.output).toContain("Task t-2 ended as FAILED.");

  workspace.synth({ gate: allOf({ onFailure: FailureMode.EXPOSE }) });
  expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
  expect(workspace.outputs("gate")).toMatchObject({
    all_failed_task_ids: ["t-2"],
    all_total_count: 4,
    succeeded: false,
    second_status: "FAILED",
    second: 0,
  });
});
