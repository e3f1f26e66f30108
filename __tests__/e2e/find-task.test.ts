import type { TerraformStack } from "cdktf";
import { BdrcTask, type BdrcTaskProps, Duration, FindTask, StartTask, TaskType, WaitAt } from "../../lib";
import { nextSecond, Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

const COUNTS = { "ACS::ECS::Instance": 2, "ACS::OSS::Bucket": 7 };
const LATEST = FindTask.latest({ type: TaskType.UPDATE_RESOURCES, within: Duration.days(1) });

function task(props: BdrcTaskProps) {
  return (stack: TerraformStack): void => {
    new BdrcTask(stack, "inventory", {
      endpoint: workspace.service.endpoint,
      timeout: Duration.minutes(1),
      ...props,
    });
  };
}
const starts = (): number =>
  workspace.service.calls.filter((call) => call.operation === "UpdateResources").length;

test("at plan the gate stays closed when no task is found, and the text says what there is instead", async () => {
  workspace = await Workspace.create({ tasks: { "t-old": { ageSeconds: 90_000, counts: COUNTS } } });
  workspace.synth({ gate: task({ find: LATEST }) });
  const closed = await workspace.terraform("gate", "plan");
  expect(closed.code).toBe(1);
  expect(closed.output).toMatch(/There is no task to wait for: the newest UPDATE_RESOURCES/);
  expect(closed.output).toMatch(/ {2}Found instead: t-old COMPLETE 1d 1h ago\n/);
});

test("at plan a task is found and nothing started, the plan says which, and later plans keep it whatever is newer", async () => {
  workspace = await Workspace.create({ tasks: { "t-first": { seconds: 1, counts: COUNTS } } });
  workspace.synth({ gate: task({ find: LATEST }) });
  const first = await workspace.terraform("gate", "apply");
  expect(first.code).toBe(0);
  expect(first.output).toMatch(
    /\+ inventory_choice += "t-first is the newest UPDATE_RESOURCES of all resource types within 24h: \w+ \w+ \S+Z"/,
  );
  expect(workspace.outputs("gate")).toMatchObject({ inventory_task_id: "t-first", inventory_total_count: 9 });

  await nextSecond();
  // It would hold a plan up for a minute, if that waited for it.
  workspace.service.addTask("t-newer", { ends: "NEVER", counts: COUNTS });
  expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
  workspace.service.failEveryCall({ kind: "forbidden" });
  expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
  workspace.service.failEveryCall(undefined);
  workspace.service.addTask("t-newest", { counts: { ...COUNTS, "ACS::OSS::Bucket": 8 } });

  // Another value of triggers looks again.
  workspace.synth({ gate: task({ find: LATEST, triggers: { week: "49" } }) });
  expect(await workspace.terraform("gate", "apply")).toMatchObject({ code: 0 });
  expect(workspace.outputs("gate")).toMatchObject({
    inventory_task_id: "t-newest",
    inventory_total_count: 10,
  });
  expect(await workspace.terraform("gate", "destroy")).toMatchObject({ code: 0 });
  expect(starts()).toBe(0);
});

test("at apply the task of the plan is waited for although a newer one has come, and one that failed makes way", async () => {
  workspace = await Workspace.create({
    tasks: { "t-bad": { ends: "FAILED", seconds: 8, startsAtFirstLook: true, partialCounts: COUNTS } },
  });
  workspace.synth({ gate: task({ find: LATEST, waitAt: WaitAt.APPLY }) });
  const failed = await workspace.terraform("gate", "apply");
  expect(failed.code).toBe(1);
  expect(failed.output).toMatch(/inventory: t-bad is the newest .*: RUNNING since/);
  expect(workspace.tainted("gate")).toEqual([expect.stringMatching(/inventory_wait_/)]);

  await nextSecond();
  workspace.service.addTask("t-good", { seconds: 8, startsAtFirstLook: true, counts: COUNTS });
  expect(await workspace.terraform("gate", "plan", "-out=plan")).toMatchObject({ code: 2 });
  await nextSecond();
  workspace.service.addTask("t-newer", { ends: "NEVER", counts: COUNTS });
  expect(await workspace.terraform("gate", "apply", "plan")).toMatchObject({ code: 0 });
  expect(workspace.outputs("gate")).toMatchObject({ inventory_task_id: "t-good", inventory_total_count: 9 });
  await nextSecond();
  expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
});

test("a fresh task is reused at apply and said so, and without one a task is started; both are kept", async () => {
  workspace = await Workspace.create({
    tasks: { "t-fresh": { ageSeconds: 7200, counts: COUNTS } },
    newTask: { counts: { ...COUNTS, "ACS::OSS::Bucket": 3 } },
  });
  const start = { start: StartTask.updateResources(), reuse: Duration.hours(6), waitAt: WaitAt.APPLY };
  workspace.synth({ gate: task(start) });
  const reused = await workspace.terraform("gate", "apply");
  expect(reused.code).toBe(0);
  expect(reused.output).toMatch(/inventory: t-fresh is taken instead of starting another one: the newest/);
  expect(starts()).toBe(0);
  expect(workspace.outputs("gate")).toMatchObject({
    inventory_task_id: "t-fresh",
    inventory_choice: expect.stringMatching(/^t-fresh is taken instead/) as string,
  });

  workspace.synth({ gate: task({ ...start, reuse: Duration.hours(1), triggers: { week: "49" } }) });
  const started = await workspace.terraform("gate", "apply");
  expect(started.code).toBe(0);
  expect(started.output).toMatch(
    /started with UpdateResources: there is no .* within 1h, but t-fresh COMPLETE 2h ago/,
  );
  expect(starts()).toBe(1);
  expect(workspace.outputs("gate")).toMatchObject({ inventory_total_count: 5 });
});

test("one stack starts a task without waiting, and another one waits for it", async () => {
  workspace = await Workspace.create({ newTask: { seconds: 6, counts: COUNTS } });
  let started: BdrcTask | undefined;
  workspace.synth({
    first: (stack) => {
      started = new BdrcTask(stack, "inventory", {
        start: StartTask.updateResources(),
        wait: false,
        endpoint: workspace.service.endpoint,
      });
    },
    second: (stack) => task({ taskId: started?.taskId ?? "" })(stack),
  });
  expect(await workspace.terraform("first", "apply")).toMatchObject({ code: 0 });
  expect(workspace.service.calls.map(({ operation }) => operation)).toEqual(["UpdateResources"]);
  const id = workspace.outputs("first")["inventory_task_id"];
  expect(id).toMatch(/^t-[0-9a-z]{20}$/);
  expect(await workspace.terraform("second", "apply")).toMatchObject({ code: 0 });
  expect(workspace.outputs("second")).toMatchObject({ inventory_task_id: id, inventory_total_count: 9 });
  await nextSecond();
  expect(await workspace.terraform("first", "plan")).toMatchObject({ code: 0 });
  expect(starts()).toBe(1);
  expect(await workspace.terraform("first", "destroy")).toMatchObject({ code: 0 });
});

test("what else gives a task: a protection policy at plan, and at apply a change of accounts, which a destroy leaves alone", async () => {
  workspace = await Workspace.create({
    protectionPolicies: { "p-1": { latestTaskId: "t-applied" } },
    tasks: { "t-applied": { taskType: "APPLY", taskResult: null } },
    newTask: { seconds: 1 },
  });
  const createTargets = [{ targetId: "1234567890123456", targetType: "ACCOUNT" }];
  workspace.synth({
    policy: task({ find: FindTask.ofProtectionPolicy("p-1") }),
    accounts: task({ start: StartTask.updateCrossAccounts({ createTargets }), waitAt: WaitAt.APPLY }),
  });
  expect(await workspace.terraform("policy", "apply")).toMatchObject({ code: 0 });
  expect(workspace.outputs("policy")).toMatchObject({
    inventory_task_id: "t-applied",
    inventory_choice: "t-applied is the latest task of protection policy p-1",
  });

  const accounts = await workspace.terraform("accounts", "apply");
  expect(accounts.output).toMatch(/inventory: t-\w{20} started with UpdateCrossAccounts/);
  expect(workspace.outputs("accounts")).toMatchObject({
    inventory_status: "COMPLETE",
    inventory_total_count: 0,
  });
  expect(await workspace.terraform("accounts", "destroy")).toMatchObject({ code: 0 });
  const changes = workspace.service.calls.filter(({ operation }) => operation === "UpdateCrossAccounts");
  expect(changes).toEqual([expect.objectContaining({ method: "PATCH", status: 200 })]);
});
