import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Workspace } from "../support/workspace";

const ROOT = path.resolve(__dirname, "..", "..");
const CDKTF = path.join(ROOT, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf");

let workspace: Workspace;
afterEach(() => workspace?.remove());

/** Runs cdktf with this project's main.ts from a folder of its own. */
function cdktf(...args: string[]): Promise<{ code: number; output: string }> {
  const folder = path.join(workspace.folder, "app");
  mkdirSync(folder, { recursive: true });
  const app = [process.execPath, path.join(ROOT, "scripts", "run-ts.mjs"), path.join(ROOT, "main.ts")];
  const project = {
    language: "typescript",
    app: app.map((part) => `"${part}"`).join(" "),
    projectId: "test",
  };
  writeFileSync(path.join(folder, "cdktf.json"), JSON.stringify({ ...project, sendCrashReports: "false" }));
  const child = spawn(process.execPath, [CDKTF, ...args], {
    cwd: folder,
    env: workspace.environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? -1, output })));
}

const deploy = (outputs = "outputs.json") =>
  cdktf("deploy", "gate", "behind", "--auto-approve", "--skip-provider-lock", "--outputs-file", outputs);

test("cdktf deploy waits for the task, then sizes the stack behind by its counts, and numbers stay numbers", async () => {
  workspace = await Workspace.create({
    tasks: {
      "t-1": {
        seconds: 3,
        startsAtFirstLook: true,
        counts: { "ACS::OSS::Bucket": 2, "ACS::ECS::Instance": 7 },
      },
    },
  });
  workspace.setEnvironment({
    BDRC_TASK_ID: "t-1",
    BDRC_ENDPOINT: workspace.service.endpoint,
    ALICLOUD_REGION: "",
  });
  const { code, output } = await deploy();
  expect(output).not.toMatch(/^Error/m);
  expect(code).toBe(0);
  expect(JSON.parse(readFileSync(path.join(workspace.folder, "app", "outputs.json"), "utf8"))).toEqual({
    gate: {
      inventory: {
        resource_counts: { "ACS::OSS::Bucket": 2, "ACS::ECS::Instance": 7 },
        total_count: 9,
        status: "COMPLETE",
        task_id: "t-1",
      },
    },
    behind: {
      backup_plans: 2,
      resource_types: ["ACS::ECS::Instance", "ACS::OSS::Bucket"],
      resources_to_protect: 9,
    },
  });
});

test("when the task fails, cdktf deploy fails with our text and the stack behind is not touched", async () => {
  workspace = await Workspace.create({
    tasks: { "t-1": { ends: "FAILED", errorMessage: "no permission to list" } },
  });
  workspace.setEnvironment({
    BDRC_TASK_ID: "t-1",
    BDRC_ENDPOINT: workspace.service.endpoint,
    ALICLOUD_REGION: "",
  });
  const { code, output } = await deploy();
  expect(code).toBe(1);
  expect(output).toContain("Task t-1 ended as FAILED.");
  expect(output).toContain("no permission to list");
  expect(() => readFileSync(path.join(workspace.folder, "app", "terraform.behind.tfstate"))).toThrow();
});

test("without its environment the app says which variable is missing and what belongs into it", async () => {
  workspace = await Workspace.create();
  workspace.setEnvironment({ BDRC_TASK_ID: "", BDRC_ENDPOINT: "" });
  const { code, output } = await cdktf("synth");
  expect(code).not.toBe(0);
  expect(output).toContain("The environment variable BDRC_TASK_ID is not set.");
  expect(output).toContain("the task to wait for");
  expect(output).not.toMatch(/\n\s+at /);
});
