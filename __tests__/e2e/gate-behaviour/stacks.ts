import { DataResource, DataTerraformRemoteStateLocal, TerraformCount, TerraformOutput } from "cdktf";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { BdrcTask, WaitAt } from "../../../lib";
import { Workspace } from "../../support/workspace";
import { COUNTS, DONE, FAILED, play } from "./scene";
import type { Row } from "./row";

const CDKTF = path.resolve(__dirname, "../../../node_modules/cdktf-cli/bundle/bin/cdktf");

/** Another folder that reads the first one's state, and what came out of it there. */
export async function anotherRepository(): Promise<{ rows: Row[]; outputs: Record<string, unknown> }> {
  let outputs: Record<string, unknown> = {};
  const tasks = { "t-1": { ...DONE, taskName: "nightly" } };
  const rows = await play(WaitAt.PLAN, tasks, async (scene) => {
    const { workspace } = scene;
    scene.gate({ outputs: { result: true } });
    await workspace.terraform("gate", "apply");
    workspace.synth({
      reader: (stack) => {
        const state = new DataTerraformRemoteStateLocal(stack, "state", {
          path: path.join(workspace.folder, "gate.tfstate"),
        });
        const task = BdrcTask.fromRemoteState(stack, "inventory", { state });
        const out = (name: string, value: unknown): void =>
          void new TerraformOutput(stack, name, { value, staticId: true });
        out("taskId", task.taskId);
        out("status", task.status);
        out("succeeded", task.succeeded);
        out("problem", task.problem);
        out("progress", task.progress);
        out("taskName", task.taskName);
        out("taskDescription", task.taskDescription);
        out("taskType", task.taskType);
        out("taskPriority", task.taskPriority);
        out("startTime", task.startTime);
        out("completeTime", task.completeTime);
        out("expireTime", task.expireTime);
        out("errorMessage", task.errorMessage);
        out("taskDetail", task.taskDetail);
        out("taskResult", task.taskResult);
        out("resourceTypes", task.resourceTypes);
        out("counts", task.counts);
        out("totalCount", task.totalCount);
        out("buckets", task.count("ACS::OSS::Bucket"));
        out("absent", task.count("ACS::ECS::Instance"));
        new DataResource(stack, "sized", { count: TerraformCount.of(task.count("ACS::OSS::Bucket")) });
      },
    });
    await scene.observe("another repository reads the state", ["apply"], { stack: "reader" });
    outputs = workspace.outputs("reader");
  });
  return { rows, outputs };
}

/** What of two stacks stands in state after `cdktf deploy` of both, the second one behind a gateStack. */
export async function stackBehindAGate(
  script = FAILED,
): Promise<{ code: number; output: string; behind: string[] }> {
  const workspace = await Workspace.create({ tasks: { "t-1": script } });
  try {
    workspace.synth({
      // Named so that the order of names is not the order of the stacks.
      z_gate: (stack, app) => {
        const task = new BdrcTask(stack, "inventory", {
          taskId: "t-1",
          endpoint: workspace.service.endpoint,
        });
        const behind = workspace.stack(app, "a_behind");
        new DataResource(behind, "thing", {});
        task.gateStack(behind);
      },
    });
    const project = { language: "typescript", app: "none", projectId: "test", sendCrashReports: "false" };
    writeFileSync(path.join(workspace.folder, "cdktf.json"), JSON.stringify(project));
    const child = spawn(
      process.execPath,
      [CDKTF, "deploy", "a_behind", "z_gate", "--skip-synth", "--auto-approve", "--skip-provider-lock"],
      { cwd: workspace.folder, env: workspace.environment(), stdio: ["ignore", "pipe", "pipe"] },
    );
    let output = "";
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    child.stderr.on("data", (chunk) => (output += String(chunk)));
    const code = await new Promise<number>((resolve) => child.once("close", (end) => resolve(end ?? -1)));
    return { code, output, behind: workspace.resources("a_behind") };
  } finally {
    await workspace.remove();
  }
}

export const READ_ELSEWHERE = {
  taskId: "t-1",
  status: "COMPLETE",
  succeeded: true,
  problem: "",
  progress: 10000,
  taskName: "nightly",
  taskDescription: "",
  taskType: "UPDATE_RESOURCES",
  taskPriority: "HIGH",
  errorMessage: "",
  resourceTypes: Object.keys(COUNTS).sort(),
  counts: COUNTS,
  totalCount: 5,
  buckets: 3,
  absent: 0,
};
