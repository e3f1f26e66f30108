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
      // Control characters of a server's texts are kept off the terminal.
      inventory_result: { value: expect.stringMatching(`^\\$\\{merge\\(${RESULT}, \\{task_id = replace\\(`) },
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

  test("a construct of one's own that holds a task can be used more than once, also deep and with any id", () => {
    const { output } = synthStack((scope) => {
      task(new Construct(scope, "level1"));
      task(new Construct(scope, "level2"));
      task(new Construct(new Construct(scope, "größe x"), "inner"));
    });
    expect(Object.keys(output ?? {}).filter((name) => name.endsWith("_status"))).toEqual([
      "gr__e_x_inner_inventory_status",
      "level1_inventory_status",
      "level2_inventory_status",
    ]);
  });

  test("two tasks whose outputs would collide are refused, with both paths, in one message", () => {
    const build = (scope: TerraformStack): void => {
      task(new Construct(scope, "a"), { outputPrefix: "same" });
      task(new Construct(scope, "b"), { outputPrefix: "same" });
    };
    const run = (): unknown => synthStack(build);
    expect(run).toThrow(
      /\[gate\/a\/inventory\] Outputs are made twice, also by gate\/b\/inventory\.\n\n +Outputs: +same_resource_counts, same_total_count, same_status, same_task_id, same_result\n +Next: /,
    );
    expect(run).not.toThrow(/made twice[^]*made twice/);
  });

  test("an output of the user's own with the same name is refused as well", () => {
    const build = (scope: TerraformStack): void => {
      task(scope);
      new TerraformOutput(scope, "inventory_status", { value: "mine", staticId: true });
    };
    expect(() => synthStack(build)).toThrow(
      /Outputs are made twice, also by gate\/inventory_status\.\n\n +Outputs: +inventory_status\n/,
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
