import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { ROOT } from "../support/example-project";
import { installed, nodeOf } from "../support/installed";
import { packedProject, written } from "../support/packed-project";
import { Workspace } from "../support/workspace";

/** Asks for Node 22.19 or newer, and this project runs on 20, too. */
const CLI = "cdktn-cli@0.24.0";
const NODE = "22.23.3";

let workspace: Workspace;
afterEach(() => workspace?.remove());

test("cdktn deploy of the packed twin waits for the task, then sizes the stack behind by its counts", async () => {
  const node = nodeOf(NODE);
  const cdktn = path.join(installed(CLI), "node_modules", "cdktn-cli", "bin", "cdktn");
  workspace = await Workspace.create({
    tasks: {
      "t-1": {
        seconds: 2,
        startsAtFirstLook: true,
        counts: { "ACS::OSS::Bucket": 2, "ACS::ECS::Instance": 207 },
      },
    },
  });
  const project = path.join(workspace.folder, "project");
  mkdirSync(project);
  packedProject("cdktn", project);
  const main = readFileSync(path.join(ROOT, "examples", "size-by-counts", "main.ts"), "utf8");
  writeFileSync(path.join(project, "main.ts"), written("cdktn", main));
  const app = `"${node}" node_modules/tsx/dist/cli.mjs main.ts`;
  writeFileSync(
    path.join(project, "cdktf.json"),
    JSON.stringify({ language: "typescript", app, projectId: "test", sendCrashReports: "false" }),
  );
  workspace.setEnvironment({
    BDRC_TASK_ID: "t-1",
    BDRC_ENDPOINT: workspace.service.endpoint,
    // The waiter runs with the same Node, as it would on a machine that has no other.
    PATH: `${path.dirname(node)}${path.delimiter}${process.env["PATH"] ?? ""}`,
  });
  const args = [
    "deploy",
    "gate",
    "backup",
    "--auto-approve",
    "--skip-provider-lock",
    "--outputs-file",
    "out.json",
  ];
  const { code, output } = await run(node, [cdktn, ...args], project);
  expect(output).not.toMatch(/^Error/m);
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(path.join(project, "out.json"), "utf8"))).toEqual({
    gate: { inventory: expect.objectContaining({ total_count: 209, status: "COMPLETE" }) as object },
    backup: { plans: 2, shards: 3, vaults: 1 },
  });
});

function run(command: string, args: string[], cwd: string): Promise<{ code: number; output: string }> {
  const child = spawn(command, args, {
    cwd,
    env: workspace.environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? -1, output })));
}
