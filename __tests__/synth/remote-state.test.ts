import { DataTerraformRemoteStateLocal, Fn, TerraformOutput, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { BdrcTask } from "../../lib";
import { only, type SynthesizedStack, synthStack } from "../support/synth";

const stateIn = (scope: TerraformStack) =>
  new DataTerraformRemoteStateLocal(scope, "state", { path: "gate.tfstate" });

test("what the other configuration puts out by default is read from there, everything else from its whole result", () => {
  const stack = synthStack((scope) => {
    const task = BdrcTask.fromRemoteState(scope, "inventory", { state: stateIn(scope) });
    new TerraformOutput(scope, "why", { value: task.problem, staticId: true });
    new TerraformOutput(scope, "ended", { value: task.completedAt, staticId: true });
    new TerraformOutput(scope, "id", { value: task.taskId, staticId: true });
    new TerraformOutput(scope, "counts", { value: task.counts, staticId: true });
    new TerraformOutput(scope, "total", { value: task.totalCount, staticId: true });
    new TerraformOutput(scope, "buckets", { value: task.count("ACS::OSS::Bucket"), staticId: true });
  });
  expect(only(stack.data?.["terraform_remote_state"])).toMatchObject({ backend: "local" });
  const outputs = "data.terraform_remote_state.state.outputs";
  const values = Object.entries(stack.output ?? {}).map(([name, { value }]) => [name, value] as const);
  expect(Object.fromEntries(values)).toEqual({
    why: `\${${outputs}.inventory_result.problem}`,
    ended: `\${${outputs}.inventory_result.completed_at}`,
    id: `\${${outputs}.inventory_task_id}`,
    counts: `\${${outputs}.inventory_resource_counts}`,
    total: `\${${outputs}.inventory_total_count}`,
    buckets: `\${lookup(${outputs}.inventory_resource_counts, "ACS::OSS::Bucket", 0)}`,
  });
});

/** The conditions on the one state that a stack reads. */
const conditionsOf = (stack: SynthesizedStack): readonly Record<string, string>[] | undefined =>
  (
    only(stack.data?.["terraform_remote_state"])["lifecycle"] as
      { postcondition: readonly Record<string, string>[] } | undefined
  )?.postcondition;

describe("an output that is missing there", () => {
  test("is told with what turns it on, of the outputs that are used and no others", () => {
    const stack = synthStack((scope) => {
      const task = BdrcTask.fromRemoteState(scope, "inventory", { state: stateIn(scope) });
      new TerraformOutput(scope, "why", { value: `${task.problem} ${task.status}` });
    });
    const [condition, ...others] = conditionsOf(stack) ?? [];
    expect(others).toEqual([]);
    expect(condition?.["condition"]).toBe(
      '${alltrue([for name in ["inventory_result", "inventory_status"] : can(self.outputs[name])])}',
    );
    expect(condition?.["error_message"]).toContain(
      "reads lacks outputs of its task.\n\n  Code:    BAD_CONFIGURATION\n  Missing: ",
    );
    expect(condition?.["error_message"]).toContain(
      '{"inventory_result" = "result: true", "inventory_status" = "status: true"}',
    );
  });

  test("is told for each construct that reads the same state, beside conditions of the user's own", () => {
    const own = { condition: "${length(self.outputs) > 0}", error_message: "Nothing there." };
    const stack = synthStack((scope) => {
      const state = stateIn(scope);
      state.addOverride("lifecycle.postcondition", [own]);
      const tasks = ["a", "b"].map((id) => BdrcTask.fromRemoteState(scope, id, { state }));
      new TerraformOutput(scope, "sum", { value: Fn.sum(tasks.map((task) => task.totalCount)) });
    });
    expect(conditionsOf(stack)?.map(({ error_message: text }) => text?.split("\n")[0])).toEqual([
      "Nothing there.",
      "A state that gate/a reads lacks outputs of its task.",
      "A state that gate/b reads lacks outputs of its task.",
    ]);
  });

  test("is not looked for where nothing is read", () => {
    const stack = synthStack(
      (scope) => void BdrcTask.fromRemoteState(scope, "inventory", { state: stateIn(scope) }),
    );
    expect(conditionsOf(stack)).toBeUndefined();
  });

  test("is told in a text in which no id of a construct is code", () => {
    const stack = synthStack((scope) => {
      const around = new Construct(scope, "${x} %{y}");
      const task = BdrcTask.fromRemoteState(around, "inventory", { state: stateIn(scope) });
      new TerraformOutput(scope, "status", { value: task.status });
    });
    expect(conditionsOf(stack)?.[0]?.["error_message"]).toContain("gate/$${x} %%{y}/inventory reads");
  });
});

test("it needs neither waiter nor provider, and leaves no outputs of its own", () => {
  const stack = synthStack(
    (scope) => void BdrcTask.fromRemoteState(scope, "inventory", { state: stateIn(scope) }),
  );
  expect(stack.provider).toBeUndefined();
  expect(stack.output).toBeUndefined();
  expect(stack.data?.["external"]).toBeUndefined();
});

test("outputPrefix says what the outputs begin with there", () => {
  const stack = synthStack((scope) => {
    const task = BdrcTask.fromRemoteState(scope, "mine", {
      state: stateIn(scope),
      outputPrefix: "inventory",
    });
    new TerraformOutput(scope, "status", { value: task.status, staticId: true });
  });
  expect(stack.output?.["status"]?.value).toContain("outputs.inventory_status");
});

test.each<[string, (scope: TerraformStack) => object, RegExp]>([
  [
    "no state",
    () => ({}),
    /^\[gate\/inventory\] state is no remote state\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Expected: a DataTerraformRemoteState/,
  ],
  ["a path instead of a state", () => ({ state: "gate.tfstate" }), /state is no remote state\./],
  [
    "a prefix that begins no output's name",
    (scope) => ({ state: stateIn(scope), outputPrefix: "9 lives" }),
    /outputPrefix "9 lives" begins the name of no output\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Expected: /,
  ],
])("%s is refused with the path and what is expected", (_, props, text) => {
  expect(() =>
    synthStack((scope) => void BdrcTask.fromRemoteState(scope, "inventory", props(scope) as never)),
  ).toThrow(text);
});
