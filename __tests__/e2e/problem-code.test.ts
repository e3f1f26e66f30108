import { DataTerraformRemoteStateLocal, Fn, TerraformOutput } from "cdktf";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { BdrcTask, Duration, FailureMode } from "../../lib";
import { problemCodeOf } from "../../lib/graph/conditions";
import { Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

test("a configuration branches on the code of what went wrong", async () => {
  workspace = await Workspace.create({ tasks: { "t-bad": { ends: "FAILED" }, "t-good": {} } });
  workspace.synth({
    gate: (stack) => {
      for (const [id, taskId] of Object.entries({ bad: "t-bad", good: "t-good" })) {
        const task = new BdrcTask(stack, id, {
          taskId,
          endpoint: workspace.service.endpoint,
          timeout: Duration.minutes(1),
          onFailure: FailureMode.EXPOSE,
          outputs: false,
        });
        const advice = Fn.lookup({ TASK_FAILED: "start another one" }, task.problemCode, "nothing to do");
        new TerraformOutput(stack, `${id}_code`, { value: task.problemCode, staticId: true });
        new TerraformOutput(stack, `${id}_advice`, { value: advice, staticId: true });
      }
    },
  });
  expect((await workspace.terraform("gate", "apply")).code).toBe(0);
  expect(workspace.outputs("gate")).toEqual({
    bad_code: "TASK_FAILED",
    bad_advice: "start another one",
    good_code: "",
    good_advice: "nothing to do",
  });
});

/** Results as they were kept: the status, whether there was a problem, and the code where the version knew codes. */
const KEPT: Readonly<Record<string, readonly [status: string, problem: string, code?: string]>> = {
  complete: ["COMPLETE", ""],
  failed: ["FAILED", "it failed"],
  missing: ["NOT_FOUND", "it is not there"],
  late: ["RUNNING", "it did not end"],
  unread: ["UNREADABLE", "no answer"],
  known: ["UNREADABLE", "no answer", "OUTAGE"],
  newer: ["FAILED", "it failed", "TASK_ATE_ITSELF"],
};
const CODES = {
  complete: "",
  failed: "TASK_FAILED",
  missing: "NOT_FOUND",
  late: "DEADLINE",
  unread: "UNKNOWN",
  known: "OUTAGE",
  newer: "TASK_ATE_ITSELF",
};

test("a result that was kept before there were codes has the one that its status tells, here and from another state", async () => {
  workspace = await Workspace.create({});
  const outputs: Record<string, { value: unknown; type: unknown }> = {};
  const kept = Object.entries(KEPT).map(([id, [status, problem, code]]) => {
    const result = { problem, status, ...(code === undefined ? {} : { problem_code: code }) };
    const whole = { ...result, succeeded: problem === "" };
    const types = Object.fromEntries(
      Object.entries(whole).map(([name, value]) => [name, name === "succeeded" ? "bool" : typeof value]),
    );
    outputs[`${id}_result`] = { value: whole, type: ["object", types] };
    outputs[`${id}_status`] = { value: status, type: "string" };
    return [id, result] as const;
  });
  const file = path.join(workspace.folder, "earlier.tfstate");
  const state = {
    version: 4,
    terraform_version: "1.5.0",
    serial: 1,
    lineage: "earlier",
    outputs,
    resources: [],
  };
  writeFileSync(file, JSON.stringify(state));
  workspace.synth({
    reader: (stack) => {
      const earlier = new DataTerraformRemoteStateLocal(stack, "state", { path: file });
      const own: Record<string, string> = {};
      for (const [id, result] of kept) {
        const { problemCode } = BdrcTask.fromRemoteState(stack, id, { state: earlier });
        new TerraformOutput(stack, `${id}_there`, { value: problemCode, staticId: true });
        stack.addOverride(`locals.${id}`, result);
        own[id] = `\${${problemCodeOf(`local.${id}`)}}`;
      }
      new TerraformOutput(stack, "here", { value: own, staticId: true });
    },
  });
  const apply = await workspace.terraform("reader", "apply");
  expect([apply.code, apply.output]).toEqual([0, expect.stringContaining("Apply complete!")]);
  const { here, ...there } = workspace.outputs("reader");
  expect(here).toEqual(CODES);
  expect(
    Object.fromEntries(Object.entries(there).map(([name, code]) => [name.replace("_there", ""), code])),
  ).toEqual(CODES);
});
