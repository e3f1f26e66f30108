import { TerraformStack, TerraformVariable } from "cdktf";
import {
  BdrcTask,
  type BdrcTaskProps,
  Duration,
  FindTask,
  StartTask,
  TagOperator,
  TaskType,
  WaitAt,
} from "../../lib";
import { only, synthStack, type SynthesizedStack } from "../support/synth";

const LATEST = FindTask.latest({ type: TaskType.UPDATE_RESOURCES, within: Duration.days(1) });
const START = StartTask.updateResources();

function synth(props: BdrcTaskProps, use: (task: BdrcTask) => void = () => undefined): SynthesizedStack {
  return synthStack((stack) => use(new BdrcTask(stack, "inventory", { regionId: "cn-shanghai", ...props })));
}
const refusal = (props: BdrcTaskProps, use?: (task: BdrcTask) => void): string => {
  try {
    synth(props, use);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};
const queriesOf = (stack: SynthesizedStack): Record<string, Record<string, string>> =>
  Object.fromEntries(
    Object.entries(stack.data?.["external"] ?? {}).map(([name, block]) => [
      name.replace(/^inventory_([a-z]+)_\w+$/, "$1"),
      block["query"] as Record<string, string>,
    ]),
  );

/** A part of the gate, by its name. */
function blockOf(stack: SynthesizedStack, name: string): Record<string, unknown> {
  const blocks = Object.entries(stack.resource?.["terraform_data"] ?? {});
  return blocks.find(([id]) => id.startsWith(`inventory_${name}`))?.[1] ?? {};
}

test("what is to be found stands in the query and is what the snapshot is made for, whatever is found", () => {
  const stack = synth({ find: LATEST, triggers: { week: "48" } });
  const { read } = queriesOf(stack);
  expect(JSON.parse(read?.["find"] ?? "")).toEqual({
    action: "UpdateResources",
    form: {},
    within: 86_400,
    triggers: { week: "48" },
  });
  // A later plan, in which a newer task may run, must not wait for it.
  expect(read?.["wait"]).toMatch(/inventory_remembered/);
  expect(blockOf(stack, "snapshot")["triggers_replace"]).toEqual([read?.["find"]]);
  expect(stack.output?.["inventory_choice"]?.value).toMatch(/choice/);
});

test("at apply the wait and the read go for the task that the plan has found", () => {
  const stack = synth({ find: LATEST, waitAt: WaitAt.APPLY });
  const { peek, read } = queriesOf(stack);
  expect(peek).not.toHaveProperty("task_id");
  expect(read?.["task_id"]).toMatch(
    /^\$\{lookup\(data\.external\.inventory_peek_\w+\.result, "task_id", ""\)\}$/,
  );
  const [, query] =
    Object.entries(stack.locals ?? {}).find(([name]) => name.startsWith("inventory_query")) ?? [];
  expect(query).toMatchObject({
    task_id: read?.["task_id"],
    find: peek?.["find"],
  });
});

test("a policy whose id is a token goes through a local, and is not refused before it is known", () => {
  const stack = synthStack((scope) => {
    const id = new TerraformVariable(scope, "policy", { type: "string" });
    new BdrcTask(scope, "inventory", {
      find: FindTask.ofProtectionPolicy(id.stringValue),
      regionId: "cn-shanghai",
      waitAt: WaitAt.APPLY,
    });
  });
  expect(queriesOf(stack)["peek"]?.["find"]).toMatch(/^\$\{jsonencode\(local\.inventory_request_\w+\)\}$/);
  expect(blockOf(stack, "wait")["lifecycle"]).not.toHaveProperty("postcondition");
});

test("reuse stands beside the request, so that another time is not another task", () => {
  const stacks = [1, 6].map((hours) =>
    synth({ start: START, reuse: Duration.hours(hours), waitAt: WaitAt.APPLY }),
  );
  expect(stacks.map((stack) => only(queriesOf(stack))["reuse_seconds"])).toEqual(["3600", "21600"]);
  const identities = stacks.map((stack) => blockOf(stack, "stamp")["triggers_replace"]);
  expect(identities[0]).toEqual(identities[1]);
});

describe("a start that is not waited for", () => {
  test("has its id as a value and an output, and nothing else", () => {
    const stack = synth({ start: START, wait: false });
    expect(Object.keys(stack.output ?? {}).sort()).toEqual(["inventory_choice", "inventory_task_id"]);
    expect(only(queriesOf(stack))).toMatchObject({ start_only: "true" });
  });

  test.each<[string, (task: BdrcTask) => unknown, string]>([
    ["counts", (task) => task.count("ACS::OSS::Bucket"), "resource_counts"],
    ["the sum of them", (task) => task.totalCount, "total_count"],
    ["success", (task) => task.succeeded, "succeeded"],
    ["a gate", (task) => task.gate(), "gate"],
    ["a gate for stacks", (task) => task.gateStack(TerraformStack.of(task)), "gateStack"],
  ])("has not %s, since nobody has seen its end", (_, use, name) => {
    const message = refusal({ start: START, wait: false }, (task) => void use(task));
    expect(message).toContain(`[gate/inventory] ${name} is not there with wait: false.`);
    expect(message).toMatch(/Next: +give its taskId to another BdrcTask/);
  });
});

describe("props that do not go together", () => {
  test.each<[BdrcTaskProps, string]>([
    [{ taskId: "t-1", find: LATEST }, "Both taskId and find are given."],
    [{ taskId: "t-1", start: START }, "Both taskId and start are given."],
    [{ find: LATEST, start: START }, "Both find and start are given."],
    [{ taskId: "t-1", find: LATEST, start: START }, "taskId, find, start are given."],
    [{ find: LATEST, reuse: Duration.hours(1) }, "reuse does nothing without start."],
    [{ taskId: "t-1", reuse: Duration.hours(1) }, "reuse does nothing without start."],
    [{ taskId: "t-1", wait: false }, "wait does nothing without start."],
    [{ start: START, wait: false, timeout: Duration.hours(1) }, "timeout does nothing with wait: false."],
    [{ start: START, wait: false, require: { total: { min: 1 } } }, "require does nothing with wait: false."],
    [{ taskId: "t-1", triggers: { a: "b" } }, "triggers does nothing without start or find."],
    [{ start: START, reuse: Duration.days(31), waitAt: WaitAt.APPLY }, "reuse is 31 days."],
    [{ start: START, reuse: Duration.seconds(0), waitAt: WaitAt.APPLY }, "reuse is 0 seconds."],
    [{ start: START, reuse: 6 as never, waitAt: WaitAt.APPLY }, "reuse is 6."],
    [{ start: START, reuse: null as never, waitAt: WaitAt.APPLY }, "reuse is null."],
    [{ start: START, wait: "no" as never, waitAt: WaitAt.APPLY }, 'wait is "no".'],
    [{ start: START, wait: false, waitAt: WaitAt.PLAN }, "start does not go with WaitAt.PLAN."],
    [{ find: "latest" as never }, "find is nothing that can be found: it is none."],
    [{ find: { request: {} } }, "find is nothing that can be found: it names no operation"],
    [
      {
        start: StartTask.precheckResourceCount({
          tagMatchers: [{ key: "env", operator: TagOperator.KEY_EXIST }],
        }),
        reuse: Duration.hours(1),
        waitAt: WaitAt.APPLY,
      },
      "reuse does not go with this start: BDRC documents no type for the tasks of PrecheckResourceCount",
    ],
  ])("%#: %s", (props, text) => {
    const message = refusal(props);
    expect(message).toContain(`[gate/inventory] ${text}`);
    expect(message).toMatch(/\n\n {2}Code: +BAD_CONFIGURATION\n {2}(Expected|Reason|Next): +\S/);
  });
});

describe("what cannot be found or started is refused where it is written", () => {
  const { UPDATE_RESOURCES, CHECK_RULES } = TaskType;
  const within = Duration.days(1);
  test.each<[() => unknown, string]>([
    [() => FindTask.latest({ type: "TEST" as never, within }), 'type is "TEST"'],
    [() => FindTask.latest({ type: UPDATE_RESOURCES } as never), "within is missing"],
    [() => FindTask.latest({ type: UPDATE_RESOURCES, within: 24 as never }), "within is 24"],
    [() => FindTask.latest({ type: UPDATE_RESOURCES, within: Duration.days(31) }), "within is 31 days"],
    [() => FindTask.latest({ type: UPDATE_RESOURCES, within: Duration.seconds(0) }), "within is 0 seconds"],
    [() => FindTask.latest({ type: UPDATE_RESOURCES, within, resourceType: "OSS" }), 'resourceType "OSS"'],
    [() => FindTask.latest({ type: UPDATE_RESOURCES, within, ruleId: "r" }), "has no parameter RuleId"],
    [() => FindTask.latest({ type: CHECK_RULES, within }), "CheckRules needs ResourceArn"],
    [() => FindTask.ofProtectionPolicy(""), 'the id of the protection policy is ""'],
    [() => FindTask.ofProtectionPolicy(undefined as never), "the id of the protection policy is undefined"],
    [() => StartTask.updateCrossAccounts({}), "UpdateCrossAccounts needs CreateTargets or DeleteTargets"],
    [
      () => StartTask.updateCrossAccounts({ createTargets: [{ targetId: "", targetType: "ACCOUNT" }] }),
      'a target is {"targetId":"","targetType":"ACCOUNT"}',
    ],
  ])("%#: %s", (make, text) => {
    expect(make).toThrow(text);
    expect(make).toThrow(/\.\n\n {2}Code: +BAD_CONFIGURATION(\n|$)/);
  });
});

test("a change of accounts is written as the API takes it", () => {
  const start = StartTask.updateCrossAccounts({
    deleteTargets: [{ targetId: "1234567890123456", targetType: "ACCOUNT" }],
  });
  expect(start.form).toEqual({
    DeleteTargets: '[{"TargetId":"1234567890123456","TargetType":"ACCOUNT"}]',
  });
});
