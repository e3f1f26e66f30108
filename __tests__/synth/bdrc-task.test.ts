import { DataResource, Fn, Op, TerraformOutput, TerraformStack, Token } from "cdktf";
import { Duration } from "../../lib";
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
      expect.stringMatching(/^\$\{path\.module\}\/assets\/bdrc-task-waiter\/[0-9A-F]{32}\/waiter\.cjs$/),
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
      input: { about: expect.stringContaining("planned first"), planned_at: "${plantimestamp()}" },
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
          error_message: expect.stringMatching(
            /^\$\{lookup\(self\.input, "problem", "The result holds nothing of a task\./,
          ),
        },
      ],
    });
    const open = Object.entries(stack.locals ?? {}).find(([name]) => name.startsWith("inventory_open"));
    expect(open?.[1]).toMatch(
      /^\$\{lookup\(data\.external\.inventory_read_\w+\.result, "problem", "\?"\) == "" \|\| try\(terraform_data\.inventory_stamp_\w+\.input\.planned_at, terraform_data\.inventory_stamp_\w+\.input\) != plantimestamp\(\)\}$/,
    );
  });

  test("whether a result is remembered goes through a local, so that the read stays at plan", () => {
    const remembered = Object.entries(stack.locals ?? {}).find(([name]) =>
      name.startsWith("inventory_remembered"),
    );
    expect(remembered?.[1]).toMatch(
      /^\$\{tostring\(try\(terraform_data\.inventory_stamp_\w+\.input\.planned_at, terraform_data\.inventory_stamp_\w+\.input\) != plantimestamp\(\)\)\}$/,
    );
  });

  test("every key of the waiter's result is typed in one local, with its times as RFC 3339 besides", () => {
    const local = Object.entries(stack.locals ?? {}).find(([name]) =>
      name.startsWith("inventory_value"),
    )?.[1];
    // The place is kept for the check alone.
    const typed = [
      ...RESULT_KEYS.filter((key) => key !== "place"),
      "succeeded",
      "started_at",
      "completed_at",
      "expires_at",
    ];
    expect(Object.keys(local as object).sort()).toEqual(typed.sort());
  });

  test("another place than that of the kept result is a warning, which a check can only give", () => {
    const blocks = stack as unknown as { check?: Record<string, { assert: Record<string, string> }> };
    const [[name, { assert }] = ["", { assert: {} }]] = Object.entries(blocks.check ?? {});
    expect(name).toMatch(/^inventory_place_/);
    expect(assert["error_message"]).toContain("  Code:  OTHER_PLACE\n");
    expect(assert["error_message"]).toMatch(/-replace=terraform_data\.inventory_snapshot_\w+, or/);
    const same = Object.entries(stack.locals ?? {}).find(([local]) =>
      local.startsWith("inventory_same_place"),
    );
    // Nothing is compared in the run that plans the task first.
    expect(same?.[1]).toMatch(/^\$\{local\.inventory_remembered_\w+ == "true" \? try\(contains\(/);
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
        startedAt: t.startedAt,
        completedAt: t.completedAt,
        expiresAt: t.expiresAt,
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
      startedAt: `\${${RESULT}.started_at}`,
      completedAt: `\${${RESULT}.completed_at}`,
      expiresAt: `\${${RESULT}.expires_at}`,
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

  test.each([[""], [undefined], [42], ["OSS bucket"], ["bucket"]])(
    "count(%p) names no resource type and is refused with the path",
    (type) => {
      synthStack((scope) => {
        const t = task(scope);
        expect(() => t.count(type as string)).toThrow(
          /^\[gate\/inventory\] count\(.*\) names no resource type: /,
        );
      });
    },
  );
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

test("tokens pass every check of texts", () => {
  expect(() =>
    synthStack(
      (scope) => void task(scope, { taskId: Token.asString({ a: 1 }), regionId: Fn.lower("CN-SHANGHAI") }),
    ),
  ).not.toThrow();
});
