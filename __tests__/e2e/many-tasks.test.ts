import { DataResource, TerraformOutput, type TerraformStack, Token } from "cdktf";
import { BdrcTasks, type BdrcTasksProps, Duration, FailureMode, WaitAt } from "../../lib";
import { Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

const BUCKETS = (count: number) => ({ counts: { "ACS::OSS::Bucket": count } });

function allOf(props: Partial<BdrcTasksProps> = {}) {
  return (stack: TerraformStack): void => {
    const all = new BdrcTasks(stack, "all", {
      taskIds: ["t-1", "t-2", "t-3"],
      endpoint: workspace.service.endpoint,
      looksPerSecond: 10,
      // The last looks fall before it.
      timeout: Duration.seconds(5),
      ...props,
    });
    const out = (name: string, value: unknown) => new TerraformOutput(stack, name, { value, staticId: true });
    out("second", all.task("t-2").count("ACS::OSS::Bucket"));
    out("second_status", all.task("t-2").status);
    out("second_progress", all.task("t-2").progress);
    out("second_ended", all.task("t-2").completedAt);
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
      second_ended: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/) as string,
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

test.each([WaitAt.PLAN, WaitAt.APPLY])(
  "a first apply at %s that fails can be destroyed, though values of single tasks are used",
  async (waitAt) => {
    workspace = await Workspace.create({
      tasks: { "t-1": BUCKETS(1), "t-2": { ends: "FAILED" }, "t-3": BUCKETS(3) },
    });
    workspace.synth({
      gate: (stack) => {
        const source = new DataResource(stack, "source", { input: { id: "t-2" } });
        // Unknown until apply, so that the apply gets as far as it can.
        const taskIds = ["t-1", source.output.lookup("id") as string, "t-3"];
        const all = new BdrcTasks(stack, "all", { taskIds, endpoint: workspace.service.endpoint, waitAt });
        const value = { buckets: all.task("t-3").count("ACS::OSS::Bucket"), status: all.task("t-3").status };
        new DataResource(stack, "behind", { input: value });
        new TerraformOutput(stack, "third", { value: all.task("t-3").totalCount, staticId: true });
      },
    });
    const apply = await workspace.terraform("gate", "apply");
    expect(apply.code).toBe(1);
    expect(apply.output).toContain("Task t-2 ended as FAILED.");
    expect(workspace.resources("gate")).toContain("terraform_data.source");
    expect(workspace.resources("gate")).not.toContain("terraform_data.behind");

    const destroy = await workspace.terraform("gate", "destroy");
    expect(destroy.output).toContain("Destroy complete!");
    expect(workspace.resources("gate")).toEqual([]);
  },
);

test("a list of ids that is unknown until apply is waited for, and gives each task's values", async () => {
  workspace = await Workspace.create({
    tasks: { "t-1": BUCKETS(1), "t-2": { seconds: 1, startsAtFirstLook: true, ...BUCKETS(2) } },
  });
  workspace.synth({
    gate: (stack) => {
      const source = new DataResource(stack, "source", { input: { ids: ["t-1", "t-2"] } });
      const all = new BdrcTasks(stack, "all", {
        taskIds: Token.asList(source.output.lookup("ids")),
        endpoint: workspace.service.endpoint,
        waitAt: WaitAt.APPLY,
        timeout: Duration.seconds(5),
      });
      new TerraformOutput(stack, "second", { value: all.task("t-2").totalCount, staticId: true });
    },
  });
  expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
  expect(workspace.outputs("gate")).toMatchObject({ second: 2, all_total_count: 3 });
  expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
});
