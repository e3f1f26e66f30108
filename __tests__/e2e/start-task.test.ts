import type { TerraformStack } from "cdktf";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { BdrcTask, type BdrcTaskProps, Duration, StartTask, TagOperator, WaitAt } from "../../lib";
import { nextSecond, pressKey, Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

function startOf(props: Partial<BdrcTaskProps> = {}) {
  return (stack: TerraformStack): void => {
    new BdrcTask(stack, "inventory", {
      start: StartTask.updateResources({ resourceType: "ACS::OSS::Bucket" }),
      endpoint: workspace.service.endpoint,
      waitAt: WaitAt.APPLY,
      timeout: Duration.minutes(1),
      ...props,
    });
  };
}

const dataFolder = (): string => path.join(workspace.folder, "cdktf.out", "stacks", "gate", ".terraform");
const starts = (): number =>
  workspace.service.calls.filter((call) => call.operation === "UpdateResources").length;

test("a task is started at apply and waited for, its id and result are kept, and later plans need no receipt", async () => {
  workspace = await Workspace.create({ newTask: { seconds: 2, counts: { "ACS::OSS::Bucket": 7 } } });
  workspace.synth({ gate: startOf() });
  expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 2 });
  expect(starts()).toBe(0);

  const apply = await workspace.terraform("gate", "apply");
  expect(apply.output).toMatch(/inventory: t-[0-9a-z]{20} started with UpdateResources/);
  expect(apply.output).toContain("Apply complete!");
  const { inventory_task_id: taskId, ...outputs } = workspace.outputs("gate");
  expect(taskId).toMatch(/^t-[0-9a-z]{20}$/);
  expect(outputs).toMatchObject({ inventory_total_count: 7, inventory_status: "COMPLETE" });

  await nextSecond();
  expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
  // As on another machine, or after the folder was cleaned.
  rmSync(path.join(dataFolder(), "bdrc-task"), { recursive: true });
  const elsewhere = await workspace.terraform("gate", "plan");
  expect(elsewhere.output).toContain("No changes.");
  expect(starts()).toBe(1);
});

test("other triggers start the task anew", async () => {
  workspace = await Workspace.create({ newTask: { counts: { "ACS::OSS::Bucket": 7 } } });
  workspace.synth({ gate: startOf({ triggers: { week: "47" } }) });
  await workspace.terraform("gate", "apply");
  const first = workspace.outputs("gate")["inventory_task_id"];
  workspace.synth({ gate: startOf({ triggers: { week: "48" } }) });
  expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
  expect(workspace.outputs("gate")["inventory_task_id"]).not.toBe(first);
  expect(starts()).toBe(2);
  expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
});

test("a started task whose wait was interrupted is picked up again by the next apply", async () => {
  workspace = await Workspace.create({ newTask: { seconds: 6, counts: { "ACS::OSS::Bucket": 7 } } });
  workspace.synth({ gate: startOf() });
  await workspace.terraform("gate", "validate");
  const { child, ended } = workspace.start("gate", ["apply"]);
  while (workspace.events().length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  pressKey(child);
  expect(await ended).toMatchObject({ code: 1 });
  const again = await workspace.terraform("gate", "apply");
  expect(again.output).toMatch(/inventory: t-\w+ was started at \S+ and is picked up again/);
  expect(again.output).toContain("Apply complete!");
  expect(starts()).toBe(1);
});

test("a start that is refused says why, taints only the wait, and leaves no receipt", async () => {
  workspace = await Workspace.create();
  workspace.service.failEveryCall({ kind: "forbidden" });
  workspace.synth({ gate: startOf() });
  const apply = await workspace.terraform("gate", "apply");
  expect(apply.code).toBe(1);
  expect(apply.output).toContain("No task was started: HTTP 403 Forbidden.RAM.");
  expect(apply.output).toContain("bdrc:UpdateResources");
  expect(workspace.tainted("gate")).toEqual([expect.stringContaining("inventory_wait")]);
  expect(() => readdirSync(path.join(dataFolder(), "bdrc-task"))).toThrow();
  workspace.service.failEveryCall(undefined);
  expect((await workspace.terraform("gate", "destroy")).output).toContain("Destroy complete!");
});

test("a destroy needs neither task nor receipt", async () => {
  workspace = await Workspace.create({ newTask: { counts: {} } });
  workspace.synth({ gate: startOf() });
  await workspace.terraform("gate", "apply");
  rmSync(path.join(dataFolder(), "bdrc-task"), { recursive: true });
  const destroy = await workspace.terraform("gate", "destroy");
  expect(destroy.output).toContain("Destroy complete!");
  expect(destroy.milliseconds).toBeLessThan(25_000);
});

test("parameters that are JSON themselves reach the API as they were given", async () => {
  workspace = await Workspace.create({ newTask: { counts: { "ACS::OSS::Bucket": 7 } } });
  const tagMatchers = [{ key: "env", operator: TagOperator.EQUAL, values: ["prod"] }];
  workspace.synth({ gate: startOf({ start: StartTask.precheckResourceCount({ tagMatchers }) }) });
  expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
  expect(workspace.outputs("gate")).toMatchObject({ inventory_total_count: 7 });
});

test("a receipt belongs to one state: another workspace of the same folder starts a task of its own", async () => {
  workspace = await Workspace.create({ newTask: { ends: "FAILED", errorMessage: "no access" } });
  workspace.synth({ gate: startOf() });
  expect((await workspace.terraform("gate", "apply")).output).toContain("no access");
  expect(workspace.tainted("gate")).toEqual([expect.stringContaining("inventory_wait")]);
  await workspace.terraform("gate", "workspace", "new", "other");
  await workspace.terraform("gate", "apply");
  await workspace.terraform("gate", "workspace", "select", "default");
  await workspace.terraform("gate", "apply");
  expect(starts()).toBe(3);
});

test("a started task that failed is followed by another one at the next apply, also without its receipt", async () => {
  workspace = await Workspace.create({ newTask: { ends: "FAILED" } });
  workspace.synth({ gate: startOf() });
  expect((await workspace.terraform("gate", "apply")).output).toContain(
    "apply again: that starts another task",
  );
  rmSync(path.join(dataFolder(), "bdrc-task"), { recursive: true });
  await workspace.terraform("gate", "apply");
  expect(starts()).toBe(2);
});

test("what cannot be remembered is not started: the apply says where and what to do, and starts nothing", async () => {
  workspace = await Workspace.create({ newTask: { counts: { "ACS::OSS::Bucket": 7 } } });
  workspace.synth({ gate: startOf() });
  await workspace.terraform("gate", "plan");
  writeFileSync(path.join(dataFolder(), "bdrc-task"), "in the way");
  for (let apply = 0; apply < 2; apply += 1) {
    const { code, output } = await workspace.terraform("gate", "apply");
    expect(code).toBe(1);
    expect(output).toMatch(
      /The receipt of a (?:started )?task cannot be (?:kept|read)[^]*File: +[^]*bdrc-task[^]*Next: /,
    );
    expect(output).toMatch(/exit\s+status 73/);
  }
  expect(starts()).toBe(0);
});
