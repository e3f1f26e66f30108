import { TerraformOutput, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { synthStack, task } from "../support/synth";

const RESULT = "local.inventory_value_0D05A3D0";

describe("stack outputs", () => {
  test("there are five by default, named after the construct, none of them sensitive", () => {
    const { output } = synthStack((scope) => void task(scope));
    expect(output).toEqual({
      inventory_resource_counts: { value: `\${${RESULT}.resource_counts}` },
      inventory_total_count: { value: `\${${RESULT}.total_count}` },
      inventory_status: { value: `\${${RESULT}.status}` },
      inventory_task_id: { value: `\${${RESULT}.task_id}` },
      inventory_result: { value: `\${${RESULT}}` },
    });
  });

  test("outputPrefix renames them and outputs: false drops them", () => {
    const named = synthStack((scope) => void task(scope, { outputPrefix: "bdrc" }));
    expect(Object.keys(named.output ?? {}).sort()).toEqual([
      "bdrc_resource_counts",
      "bdrc_result",
      "bdrc_status",
      "bdrc_task_id",
      "bdrc_total_count",
    ]);
    expect(synthStack((scope) => void task(scope, { outputs: false })).output).toBeUndefined();
  });

  test("two tasks whose outputs would collide are refused, with both paths", () => {
    const build = (scope: TerraformStack): void => {
      task(new Construct(scope, "a"));
      task(new Construct(scope, "b"));
    };
    expect(() => synthStack(build)).toThrow(
      /\[gate\/a\/inventory\] The output inventory_resource_counts is made twice, also by gate\/b\/inventory\//,
    );
  });

  test("an output of the user's own with the same name is refused as well", () => {
    const build = (scope: TerraformStack): void => {
      task(scope);
      new TerraformOutput(scope, "inventory_status", { value: "mine", staticId: true });
    };
    expect(() => synthStack(build)).toThrow(
      /The output inventory_status is made twice, also by gate\/inventory_status/,
    );
  });

  test.each(["my task", "9lives", "a.b", "größe", "-x"])(
    "an id of %p that cannot name an output asks for a prefix",
    (id) => {
      expect(() => synthStack((scope) => void task(scope, {}, id))).toThrow(
        /Outputs cannot be named after .*\n\n {2}Expected: /,
      );
      expect(() => synthStack((scope) => void task(scope, { outputPrefix: "fine" }, id))).not.toThrow();
    },
  );
});
