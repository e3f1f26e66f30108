import {
  DataResource,
  Fn,
  Op,
  TerraformOutput,
  TerraformProvider,
  TerraformStack,
  Testing,
  Token,
} from "cdktf";
import { Construct } from "constructs";
import { BdrcTask, Duration } from "../../lib";
import { RESULT_KEYS } from "../../lib/protocol/result";
import { QUERY_KEYS } from "../../lib/protocol/query";
import { GOOD, only, synthApp, synthStack, task } from "../support/synth";

const RESULT = "local.inventory_value_0D05A3D0";

describe("the graph of a task that is waited for at plan", () => {
  const stack = synthStack((scope) => {
    task(scope, { timeout: Duration.hours(2), maxOutage: Duration.seconds(90), profile: "ci" });
  });
  const read = only(stack.data?.["external"]);
  const data = stack.resource?.["terraform_data"] ?? {};
  const snapshot = Object.entries(data).find(([name]) => name.startsWith("inventory_snapshot"))?.[1];
  const stamp = Object.entries(data).find(([name]) => name.startsWith("inventory_stamp"))?.[1];

  test("the waiter is run by node from a path relative to the stack, never through a shell", () => {
    expect(read["program"]).toEqual([
      "node",
      expect.stringMatching(/^assets\/bdrc-task-waiter\/[0-9A-F]{32}\/waiter\.cjs$/),
    ]);
  });

  test("the query says where, what and how long, in strings, with no key that the waiter does not know", () => {
    const query = read["query"] as Record<string, string>;
    expect(query).toEqual({
      task_id: GOOD.taskId,
      region_id: "cn-shanghai",
      profile: "ci",
      timeout_seconds: "7200",
      max_outage_seconds: "90",
      remembered: expect.stringMatching(/^\$\{local\.inventory_remembered_/),
    });
    Object.keys(query).forEach((key) => expect(QUERY_KEYS).toContain(key));
  });

  test("the snapshot keeps the first result of each task id", () => {
    expect(snapshot).toMatchObject({
      input: expect.stringMatching(/^\$\{data\.external\.inventory_read_\w+\.result\}$/),
      triggers_replace: [GOOD.taskId],
      lifecycle: { ignore_changes: ["input"] },
    });
    expect(stamp).toMatchObject({
      input: "${plantimestamp()}",
      triggers_replace: [GOOD.taskId],
      lifecycle: { ignore_changes: ["input"] },
    });
  });

  test("a bad result never becomes the snapshot, and a bad later read never closes the gate again", () => {
    expect(snapshot?.["lifecycle"]).toMatchObject({
      precondition: [{ condition: expect.stringMatching(/^\$\{local\.inventory_open_\w+\}$/) }],
      postcondition: [
        {
          condition: '${lookup(self.input, "problem", "?") == ""}',
          error_message: "${self.input.problem}",
        },
      ],
    });
    const open = Object.entries(stack.locals ?? {}).find(([name]) => name.startsWith("inventory_open"));
    expect(open?.[1]).toMatch(
      /^\$\{lookup\(data\.external\.inventory_read_\w+\.result, "problem", "\?"\) == "" \|\| terraform_data\.inventory_stamp_\w+\.input != plantimestamp\(\)\}$/,
    );
  });

  test("whether a result is remembered goes through a local, so that the read stays at plan", () => {
    const remembered = Object.entries(stack.locals ?? {}).find(([name]) =>
      name.startsWith("inventory_remembered"),
    );
    expect(remembered?.[1]).toMatch(
      /^\$\{tostring\(terraform_data\.inventory_stamp_\w+\.input != plantimestamp\(\)\)\}$/,
    );
  });

  test("every key of the waiter's result is typed in one local", () => {
    const local = Object.entries(stack.locals ?? {}).find(([name]) =>
      name.startsWith("inventory_value"),
    )?.[1];
    expect(Object.keys(local as object).sort()).toEqual([...RESULT_KEYS, "succeeded"].sort());
  });

  test("no path of this machine gets into the plan", () => {
    expect(JSON.stringify({ ...stack, terraform: {} })).not.toContain(process.cwd());
  });
});

describe("typed results", () => {
  test("each is a plain reference that Terraform types, in an output", () => {
    const stack = synthStack((scope) => {
      const t = task(scope, { outputs: false });
      const values = {
        taskId: t.taskId,
        status: t.status,
        succeeded: t.succeeded,
        problem: t.problem,
        progress: t.progress,
        taskName: t.taskName,
        taskDescription: t.taskDescription,
        taskType: t.taskType,
        taskPriority: t.taskPriority,
        startTime: t.startTime,
        completeTime: t.completeTime,
        expireTime: t.expireTime,
        errorMessage: t.errorMessage,
        taskDetail: t.taskDetail,
        taskResult: t.taskResult,
        resourceTypes: t.resourceTypes,
        counts: t.counts,
        totalCount: t.totalCount,
        buckets: t.count("ACS::OSS::Bucket"),
      };
      Object.entries(values).forEach(
        ([name, value]) => new TerraformOutput(scope, name, { value, staticId: true }),
      );
    });
    const values = Object.fromEntries(
      Object.entries(stack.output ?? {}).map(([name, { value }]) => [name, value]),
    );
    expect(values).toEqual({
      taskId: `\${${RESULT}.task_id}`,
      status: `\${${RESULT}.status}`,
      succeeded: `\${${RESULT}.succeeded}`,
      problem: `\${${RESULT}.problem}`,
      progress: `\${${RESULT}.progress}`,
      taskName: `\${${RESULT}.task_name}`,
      taskDescription: `\${${RESULT}.task_description}`,
      taskType: `\${${RESULT}.task_type}`,
      taskPriority: `\${${RESULT}.task_priority}`,
      startTime: `\${${RESULT}.start_time}`,
      completeTime: `\${${RESULT}.complete_time}`,
      expireTime: `\${${RESULT}.expire_time}`,
      errorMessage: `\${${RESULT}.error_message}`,
      taskDetail: `\${${RESULT}.task_detail}`,
      taskResult: `\${${RESULT}.task_result}`,
      resourceTypes: `\${${RESULT}.resource_types}`,
      counts: `\${${RESULT}.resource_counts}`,
      totalCount: `\${${RESULT}.total_count}`,
      buckets: `\${lookup(${RESULT}.resource_counts, "ACS::OSS::Bucket", 0)}`,
    });
  });

  test("numbers keep their meaning in a template string, through Op and through Fn", () => {
    const stack = synthStack((scope) => {
      const t = task(scope, { outputs: false });
      const out = (name: string, value: unknown) =>
        new TerraformOutput(scope, name, { value, staticId: true });
      out("text", `found ${t.count("ACS::OSS::Bucket")} of ${t.totalCount} (${t.status})`);
      out("op", Op.add(t.totalCount, 1));
      out("fn", Fn.max([t.count("ACS::OSS::Bucket"), 1]));
      out("map", Fn.keys(t.counts));
      out("list", Fn.join(",", t.resourceTypes));
      out("either", Fn.conditional(t.succeeded, 1, 0));
    });
    const value = (name: string) => stack.output?.[name]?.value;
    const buckets = `lookup(${RESULT}.resource_counts, "ACS::OSS::Bucket", 0)`;
    expect(value("text")).toBe(`found \${${buckets}} of \${${RESULT}.total_count} (\${${RESULT}.status})`);
    expect(value("op")).toBe(`\${(${RESULT}.total_count + 1)}`);
    expect(value("fn")).toBe(`\${max(${buckets}, 1)}`);
    expect(value("map")).toBe(`\${keys(${RESULT}.resource_counts)}`);
    expect(value("list")).toBe(`\${join(",", ${RESULT}.resource_types)}`);
    expect(value("either")).toBe(`\${${RESULT}.succeeded ? 1 : 0}`);
  });

  test("another stack gets the whole typed object, so that a number stays a number there", () => {
    const stacks = synthApp((app) => {
      const gate = new TerraformStack(app, "gate");
      const t = task(gate);
      const behind = new TerraformStack(app, "behind");
      new DataResource(behind, "slots", {
        count: t.count("ACS::OSS::Bucket"),
        input: { total: t.totalCount },
      });
      new TerraformOutput(behind, "next", { value: Op.add(t.totalCount, 1), staticId: true });
    });
    const crossing = Object.entries(stacks["gate"]?.output ?? {}).filter(([name]) =>
      name.startsWith("cross-stack"),
    );
    expect(crossing.map(([, output]) => output.value)).toEqual([`\${${RESULT}}`]);
    const remote =
      "data.terraform_remote_state.cross-stack-reference-input-gate.outputs.cross-stack-output-localinventory_value_0D05A3D0";
    expect(only(stacks["behind"]?.resource?.["terraform_data"])).toMatchObject({
      count: `\${lookup(${remote}.resource_counts, "ACS::OSS::Bucket", 0)}`,
      input: { total: `\${${remote}.total_count}` },
    });
    expect(stacks["behind"]?.output?.["next"]?.value).toBe(`\${(${remote}.total_count + 1)}`);
  });

  test.each([[""], [undefined], [42]])(
    "count(%p) names no resource type and is refused with the path",
    (type) => {
      synthStack((scope) => {
        const t = task(scope);
        expect(() => t.count(type as string)).toThrow(
          /^\[gate\/inventory\] count\(.*\) names no resource type\./,
        );
      });
    },
  );
});

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

describe("provider and versions", () => {
  const EXTERNAL = { source: "hashicorp/external", version: ">= 2.3.0, < 3.0.0" };

  test("a stack with many tasks gets one provider, one waiter and the version that the graph needs", () => {
    const stack = synthStack((scope) => {
      task(scope);
      task(scope, { taskId: "t-2" }, "second");
    });
    expect(stack.provider?.["external"]).toHaveLength(1);
    expect(stack.terraform).toMatchObject({
      required_providers: { external: EXTERNAL },
      required_version: ">= 1.5.0",
    });
    const programs = Object.values(stack.data?.["external"] ?? {}).map((read) =>
      JSON.stringify(read["program"]),
    );
    expect(new Set(programs).size).toBe(1);
  });

  class UsersExternal extends Construct {
    constructor(scope: Construct, id: string) {
      super(scope, id);
      // As the published binding does it.
      new (class extends TerraformProvider {})(this, "provider", {
        terraformResourceType: "external",
        terraformProviderSource: "external",
        terraformGeneratorMetadata: { providerName: "external", providerVersion: "2.3.5" },
      });
    }
  }

  test.each(["before", "after"])("a provider that the user adds %s the task is the only one", (order) => {
    const stack = synthStack((scope) => {
      if (order === "before") new UsersExternal(scope, "users");
      task(scope);
      if (order === "after") new UsersExternal(scope, "users");
    });
    expect(stack.provider?.["external"]).toHaveLength(1);
    expect(stack.terraform["required_providers"]).toEqual({
      external: { source: "external", version: "2.3.5" },
    });
  });

  test("a version constraint of the user's is added to, not replaced", () => {
    const stack = synthStack((scope) => {
      scope.addOverride("terraform.required_version", "~> 1.9");
      task(scope);
    });
    expect(stack.terraform["required_version"]).toBe("~> 1.9, >= 1.5.0");
  });

  test("a stack without a task is left as it is", () => {
    const stacks = synthApp((app) => {
      task(new TerraformStack(app, "gate"));
      new DataResource(new TerraformStack(app, "other"), "x", {});
    });
    expect(stacks["other"]?.provider).toBeUndefined();
    expect(stacks["other"]?.terraform["required_version"]).toBeUndefined();
  });
});

test("a task id that is a token is waited for like any other", () => {
  const stack = synthStack((scope) => {
    const source = new DataResource(scope, "source", { input: { id: "t-1" } });
    task(scope, { taskId: Fn.lookup(source.output, "id", undefined) as string });
  });
  expect((only(stack.data?.["external"])["query"] as Record<string, string>)["task_id"]).toBe(
    "${terraform_data.source.output.id}",
  );
});

test("a stack of another framework is named, with the alias that helps", () => {
  const scope = new Construct(new TerraformStack(Testing.app(), "real"), "inner");
  const foreign = new Construct(scope, "foreign");
  Object.defineProperty(foreign, Symbol.for("cdktf/TerraformStack"), { value: true });
  expect(() => new BdrcTask(foreign, "inventory", GOOD)).toThrow(/another framework.*\n\n(.*\n)*.*npm:cdktn/);
});

test("tokens pass every check of texts", () => {
  expect(() =>
    synthStack(
      (scope) => void task(scope, { taskId: Token.asString({ a: 1 }), regionId: Fn.lower("CN-SHANGHAI") }),
    ),
  ).not.toThrow();
});
