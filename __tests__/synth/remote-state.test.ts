import { DataTerraformRemoteStateLocal, TerraformOutput, type TerraformStack } from "cdktf";
import { BdrcTask } from "../../lib";
import { only, synthStack } from "../support/synth";

const stateIn = (scope: TerraformStack) =>
  new DataTerraformRemoteStateLocal(scope, "state", { path: "gate.tfstate" });

test("the result is read as one object from the output of the other configuration", () => {
  const stack = synthStack((scope) => {
    const task = BdrcTask.fromRemoteState(scope, "inventory", { state: stateIn(scope) });
    new TerraformOutput(scope, "total", { value: task.totalCount, staticId: true });
    new TerraformOutput(scope, "buckets", { value: task.count("ACS::OSS::Bucket"), staticId: true });
  });
  expect(only(stack.data?.["terraform_remote_state"])).toMatchObject({ backend: "local" });
  expect(stack.output?.["total"]?.value).toMatch(
    /^\$\{data\.terraform_remote_state\.state\.outputs\.inventory_result\.total_count\}$/,
  );
  expect(stack.output?.["buckets"]?.value).toMatch(
    /^\$\{lookup\(data\.terraform_remote_state\.state\.outputs\.inventory_result\.resource_counts, "ACS::OSS::Bucket", 0\)\}$/,
  );
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
  expect(stack.output?.["status"]?.value).toContain("outputs.inventory_result.status");
});

test.each<[string, (scope: TerraformStack) => object, RegExp]>([
  [
    "no state",
    () => ({}),
    /^\[gate\/inventory\] state is no remote state\.\n\n {2}Expected: a DataTerraformRemoteState/,
  ],
  ["a path instead of a state", () => ({ state: "gate.tfstate" }), /state is no remote state\./],
  [
    "a prefix that begins no output's name",
    (scope) => ({ state: stateIn(scope), outputPrefix: "9 lives" }),
    /outputPrefix "9 lives" begins the name of no output\.\n\n {2}Expected: /,
  ],
])("%s is refused with the path and what is expected", (_, props, text) => {
  expect(() =>
    synthStack((scope) => void BdrcTask.fromRemoteState(scope, "inventory", props(scope) as never)),
  ).toThrow(text);
});
