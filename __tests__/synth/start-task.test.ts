import { StartTask, TagOperator, WaitAt } from "../../lib";
import { BdrcTask } from "../../lib";
import { only, synthStack } from "../support/synth";

const PLACE = { regionId: "cn-shanghai", waitAt: WaitAt.APPLY };

test("a started task has no peek: there is nothing to look at before the apply", () => {
  const stack = synthStack((scope) => {
    new BdrcTask(scope, "inventory", {
      ...PLACE,
      start: StartTask.updateResources(),
      triggers: { week: "47" },
    });
  });
  expect(Object.keys(stack.data?.["external"] ?? {})).toEqual([expect.stringMatching(/^inventory_read_/)]);
  const query = only(stack.data?.["external"])["query"] as Record<string, string>;
  expect(query).toMatchObject({
    receipt: expect.stringMatching(/^inventory-\$\{terraform_data\.inventory_stamp_\w+\.id\}$/) as string,
    wait: "false",
    start: expect.stringMatching(/^\$\{jsonencode\(local\.inventory_request_\w+\)\}$/) as string,
  });
  expect(Object.values(stack.locals ?? {})).toContainEqual({
    action: "UpdateResources",
    form: {},
    triggers: { week: "47" },
  });
  expect(query).not.toHaveProperty("task_id");
});

test("each operation sends the parameters that the API documents", () => {
  expect(StartTask.updateResources({ resourceType: "ACS::OSS::Bucket" })).toMatchObject({
    action: "UpdateResources",
    form: { ResourceType: "ACS::OSS::Bucket" },
  });
  expect(StartTask.checkRules({ resourceArn: "acs:ecs:*:1:instance/i-1", ruleId: "r-1" })).toMatchObject({
    action: "CheckRules",
    form: { ResourceArn: "acs:ecs:*:1:instance/i-1", RuleId: "r-1" },
  });
  expect(
    StartTask.precheckResourceCount({
      tagMatchers: [{ key: "env", operator: TagOperator.EQUAL, values: ["prod"] }],
    }),
  ).toMatchObject({
    action: "PrecheckResourceCount",
    form: { TagResourceMatchers: '[{"Key":"env","Operator":"EQUAL","Values":["prod"]}]' },
  });
});

test("an operation without what it needs is refused", () => {
  expect(() => StartTask.checkRules({ resourceArn: "" })).toThrow("CheckRules needs ResourceArn");
  expect(() => StartTask.precheckResourceCount({ tagMatchers: [] })).toThrow("needs TagResourceMatchers");
});

test.each<[string, object, RegExp]>([
  [
    "at plan",
    { start: StartTask.updateResources(), waitAt: WaitAt.PLAN },
    /start does not go with WaitAt\.PLAN/,
  ],
  [
    "at plan by default",
    { start: StartTask.updateResources(), waitAt: undefined },
    /start does not go with WaitAt\.PLAN/,
  ],
  [
    "beside a task id",
    { start: StartTask.updateResources(), taskId: "t-1" },
    /Both taskId and start are given/,
  ],
  [
    "with triggers and nothing to start",
    { taskId: "t-1", triggers: {} },
    /triggers does nothing without start/,
  ],
  ["neither id nor start", {}, /taskId is missing and cannot be used/],
])("a start %s is refused with the path", (_, props, text) => {
  const build = () => synthStack((scope) => void new BdrcTask(scope, "inventory", { ...PLACE, ...props }));
  expect(build).toThrow(text);
  expect(build).toThrow(/^\[gate\/inventory\] /);
});
