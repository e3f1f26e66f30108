import { DataResource, TerraformStack, Testing } from "cdktf";
import { BdrcTask, type BdrcTaskProps, StartTask, WaitAt } from "../../lib";
import { task } from "../support/synth";

/** The warnings of a stack in which `maker` gives something to a task, by the path of what they are about. */
function warnings(give: (stack: TerraformStack, maker: DataResource, made: string) => void): string[] {
  const stack = new TerraformStack(Testing.app(), "gate");
  const before = new DataResource(stack, "before", { input: { of: "maker" } });
  const maker = new DataResource(stack, "maker", { input: { id: before.id } });
  new DataResource(stack, "other", {});
  give(stack, maker, maker.output.lookup("id") as string);
  Testing.synth(stack, true);
  return stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type.endsWith("warn"))
        .map(({ data }) => `${node.path}: ${String(data)}`),
    );
}

const at = (waitAt: WaitAt) => (stack: TerraformStack, _: DataResource, made: string) =>
  void task(stack, { taskId: made, waitAt });

test("what gives the task id of a wait at apply, and what that needs, is said to become create-before-destroy", () => {
  const text =
    "It becomes create-before-destroy, since gate/inventory needs it and waits at apply: when it is replaced, the new one " +
    "is made while the old one is still there. Where two cannot be at once, put the task into a stack of its own or use " +
    "WaitAt.PLAN.";
  expect(warnings(at(WaitAt.APPLY))).toEqual([`gate/before: ${text}`, `gate/maker: ${text}`]);
});

test("a task that is started at apply is not told to wait at plan", () => {
  const props = (resourceArn: string): BdrcTaskProps => ({
    start: StartTask.checkRules({ resourceArn }),
    regionId: "cn-shanghai",
    waitAt: WaitAt.APPLY,
  });
  expect(
    warnings(
      (stack, _, made) => void new BdrcTask(stack, "inventory", props(`acs:ecs:x:1:instance/${made}`)),
    ),
  ).toEqual([
    expect.stringMatching(/^gate\/before: .* put the task into a stack of its own\.$/),
    expect.stringMatching(/^gate\/maker: .* put the task into a stack of its own\.$/),
  ]);
});

test("what its owner made create-before-destroy is left in peace with all that it needs, for that is so anyway", () => {
  expect(
    warnings((stack, maker, made) => {
      maker.lifecycle = { createBeforeDestroy: true };
      at(WaitAt.APPLY)(stack, maker, made);
    }),
  ).toEqual([]);
});

test("a wait at plan changes no order", () => {
  expect(warnings(at(WaitAt.PLAN))).toEqual([]);
});

test("the parts of another task that gives the id are not told", () => {
  expect(
    warnings((stack) => {
      const first = task(stack, {}, "first");
      task(stack, { taskId: first.taskName, waitAt: WaitAt.APPLY });
    }),
  ).toEqual([]);
});

test("a resource that waits for the task is not touched", () => {
  expect(warnings((stack, maker) => task(stack, { waitAt: WaitAt.APPLY }).gate(maker))).toEqual([]);
});
