import { TerraformOutput, TerraformStack, Testing } from "cdktf";
import { Construct } from "constructs";
import { type BdrcTaskProps, BdrcTasks, type BdrcTasksProps } from "../../lib";
import { synthStack, task } from "../support/synth";

const RESULT = "local.inventory_value_0D05A3D0";

describe("stack outputs", () => {
  test("there are four by default, named after the construct, none of them sensitive", () => {
    const { output } = synthStack((scope) => void task(scope));
    expect(output).toEqual({
      inventory_resource_counts: { value: `\${${RESULT}.resource_counts}` },
      inventory_total_count: { value: `\${${RESULT}.total_count}` },
      inventory_status: { value: `\${${RESULT}.status}` },
      inventory_task_id: { value: `\${${RESULT}.task_id}` },
    });
    expect(synthStack((scope) => void task(scope, { outputs: true })).output).toEqual(output);
  });

  test("the whole result is an output only when it is asked for, with its times as RFC 3339", () => {
    const { output, locals } = synthStack((scope) => void task(scope, { outputs: { result: true } }));
    expect(Object.keys(output ?? {}).sort()).toEqual([
      "inventory_resource_counts",
      "inventory_result",
      "inventory_status",
      "inventory_task_id",
      "inventory_total_count",
    ]);
    // Control characters of a server's texts are kept off the terminal.
    expect(output?.["inventory_result"]?.value).toMatch(
      new RegExp(`^\\$\\{merge\\(${RESULT}, \\{ task_id = replace\\(`),
    );
    const value = Object.values(locals ?? {}).find(
      (one): one is Record<string, string> => typeof one === "object" && one !== null && "started_at" in one,
    );
    expect(value?.["completed_at"]).toMatch(
      /^\$\{try\(timeadd\("1970-01-01T00:00:00Z", "\$\{.*\}s"\), ""\)\}$/,
    );
  });

  test("each can be chosen: what is not said stays as it is by default", () => {
    const names = (outputs: BdrcTaskProps["outputs"]): string[] =>
      Object.keys(synthStack((scope) => void task(scope, { outputs })).output ?? {});
    expect(names({ status: false, taskId: false })).toEqual([
      "inventory_resource_counts",
      "inventory_total_count",
    ]);
    const none = { resourceCounts: false, totalCount: false, status: false, taskId: false };
    expect(names({ ...none, result: true })).toEqual(["inventory_result"]);
    expect(names(none)).toEqual([]);
  });

  test("many tasks have outputs of their own to choose from", () => {
    const many = (outputs: BdrcTasksProps["outputs"]): string[] => {
      const props = { taskIds: ["t-1", "t-2"], regionId: "cn-shanghai" };
      const stack = synthStack((scope) => void new BdrcTasks(scope, "all", { ...props, outputs }));
      return Object.keys(stack.output ?? {});
    };
    expect(many(true)).toEqual([
      "all_failed_task_ids",
      "all_resource_counts",
      "all_statuses",
      "all_total_count",
    ]);
    expect(many({ statuses: false, failedTaskIds: false })).toEqual([
      "all_resource_counts",
      "all_total_count",
    ]);
    expect(() => many({ result: true } as never)).toThrow(
      "outputs names result, which is no output.\n\n  Code:     BAD_CONFIGURATION\n  Expected: resourceCounts, totalCount, statuses, failedTaskIds",
    );
  });

  test("outputPrefix renames them and outputs: false drops them", () => {
    const named = synthStack((scope) => void task(scope, { outputPrefix: "bdrc" }));
    expect(Object.keys(named.output ?? {}).sort()).toEqual([
      "bdrc_resource_counts",
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
      /\[gate\/a\/inventory\] Outputs are made twice, also by gate\/b\/inventory\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Outputs: +same_resource_counts, same_total_count, same_status, same_task_id\n +Next: /,
    );
    const told = (): string => {
      try {
        return String(run());
      } catch (error) {
        return String(error);
      }
    };
    expect(told().match(/made twice/g)).toHaveLength(1);
    // Only one of two outputs is written, which is no change of the other.
    expect(told()).not.toContain("gate would not hold");
  });

  test("a clash is refused also where validations are skipped", () => {
    const stack = new TerraformStack(Testing.app(), "gate");
    task(stack, { outputPrefix: "same" }, "a");
    task(stack, { outputPrefix: "same" }, "b");
    expect(() => stack.toTerraform() as unknown).toThrow("[gate/a] Outputs are made twice, also by gate/b.");
  });

  test("an output of the user's own with the same name is refused as well", () => {
    const build = (scope: TerraformStack): void => {
      task(scope);
      new TerraformOutput(scope, "inventory_status", { value: "mine", staticId: true });
    };
    expect(() => synthStack(build)).toThrow(
      /Outputs are made twice, also by gate\/inventory_status\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Outputs: +inventory_status\n/,
    );
  });

  test.each(["my task", "9lives", "a.b", "größe", "-x"])(
    "an id of %p that cannot name an output asks for a prefix",
    (id) => {
      expect(() => synthStack((scope) => void task(scope, {}, id))).toThrow(
        /Outputs cannot be named after .*\n\n {2}Code: +BAD_CONFIGURATION\n {2}Expected: /,
      );
      expect(() => synthStack((scope) => void task(scope, { outputPrefix: "fine" }, id))).not.toThrow();
    },
  );
});
