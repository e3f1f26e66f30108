import { App, LocalBackend, TerraformStack } from "cdktf";
import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { BdrcTask, BdrcTasks, type GateProps, WaitAt } from "../../lib";
import { endToEnd, Workspace } from "../support/workspace";

/** Somebody who owns nothing here. */
const NOBODY = 65_534;

let workspace: Workspace;
beforeEach(async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { counts: { "ACS::OSS::Bucket": 3 } } } });
  mkdirSync(path.join(workspace.folder, "tmp"));
});
afterEach(() => workspace?.remove());

/** Synthesizes a stack with a wait of each kind, and gives its folder. */
function synth(props: Partial<GateProps> = {}): string {
  const app = new App({ outdir: path.join(workspace.folder, "cdktf.out") });
  const stack = new TerraformStack(app, "gate");
  new LocalBackend(stack, { path: "terraform.tfstate" });
  const place = { endpoint: workspace.service.endpoint, ...props };
  new BdrcTask(stack, "at_plan", { ...place, taskId: "t-1" });
  new BdrcTask(stack, "at_apply", { ...place, taskId: "t-1", waitAt: WaitAt.APPLY });
  new BdrcTasks(stack, "many", { ...place, taskIds: ["t-1"] });
  app.synth();
  return path.join(workspace.folder, "cdktf.out", "stacks", "gate");
}

/** Takes the right to write from a folder and everything in it. */
function makeReadOnly(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const file = path.join(folder, name);
    chmodSync(file, name.includes(".") ? 0o444 : 0o555);
  }
  chmodSync(folder, 0o555);
}

/** Runs Terraform as a runner does: another user where this one may become it, and no home. */
async function run(folder: string, args: readonly string[], uid: number | undefined): Promise<string> {
  const env: NodeJS.ProcessEnv = { ...workspace.environment(), TMPDIR: path.join(workspace.folder, "tmp") };
  delete env["HOME"];
  delete env["BDRC_TASK_EVENTS"];
  const options = {
    cwd: folder,
    env,
    encoding: "utf8",
    ...(uid === undefined ? {} : { uid, gid: uid }),
  } as const;
  const { stdout } = await promisify(execFile)(endToEnd().terraform, [...args, "-no-color"], options);
  return stdout;
}

/** The user to run as: another one, when this one may, and when that one can run what is needed. */
function anotherUser(): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const can = (command: string, flag: string): boolean =>
    spawnSync(command, [flag], { uid: NOBODY, gid: NOBODY, stdio: "ignore" }).status === 0;
  return can("node", "--version") && can(endToEnd().terraform, "-version") ? NOBODY : undefined;
}

test("the stack's folder is all that a run needs: elsewhere, for another user without a home, planned here and applied there", async () => {
  const [one, two] = ["one", "another"].map((name) => path.join(workspace.folder, name)) as [string, string];
  cpSync(synth(), one, { recursive: true });
  rmSync(path.join(workspace.folder, "cdktf.out"), { recursive: true });
  makeReadOnly(path.join(one, "assets"));
  // Only the folder itself is the runner's; the way to it and to the provider may be walked.
  for (const own of [one, path.join(workspace.folder, "tmp")]) chmodSync(own, 0o777);
  const provider = path.dirname(endToEnd().environment["TF_CLI_CONFIG_FILE"] ?? workspace.folder);
  for (const way of [process.env["BDRC_TASK_TEST_FOLDER"] ?? workspace.folder, workspace.folder, provider]) {
    chmodSync(way, 0o755);
  }
  const uid = anotherUser();
  await run(one, ["init", "-input=false"], uid);
  expect(await run(one, ["plan", "-input=false", "-out=saved"], uid)).toContain("Saved the plan to: saved");

  renameSync(one, two);
  expect(await run(two, ["apply", "-input=false", "saved"], uid)).toContain("Apply complete!");
  const { outputs } = JSON.parse(readFileSync(path.join(two, "terraform.tfstate"), "utf8")) as {
    outputs: Record<string, { value: unknown }>;
  };
  for (const prefix of ["at_plan", "at_apply", "many"])
    expect(outputs[`${prefix}_total_count`]?.value).toBe(3);
});

test("another Node.js and its arguments run every look and every wait", async () => {
  const node = path.join(workspace.folder, "bin", "my node");
  mkdirSync(path.dirname(node));
  writeFileSync(node, `#!/bin/sh\necho "$1" >> "$0.log"\nexec ${JSON.stringify(process.execPath)} "$@"\n`);
  chmodSync(node, 0o755);
  const folder = synth({ program: [node, "--no-warnings"] });
  await run(folder, ["init", "-input=false"], undefined);
  expect(await run(folder, ["apply", "-auto-approve"], undefined)).toContain("Apply complete!");
  const runs = readFileSync(`${node}.log`, "utf8").trim().split("\n");
  expect(new Set(runs)).toEqual(new Set(["--no-warnings"]));
  // At plan one read each; at apply a peek, a wait and a read.
  expect(runs).toHaveLength(5);
});

test("a runner without node, and a folder without its assets, are told so at plan", async () => {
  const folder = synth({ program: ["no-such-node"] });
  await run(folder, ["init", "-input=false"], undefined);
  const failure = async (): Promise<string> => {
    const { stderr } = (await run(folder, ["plan", "-input=false"], undefined).then(
      () => ({ stderr: "" }),
      (error: unknown) => error,
    )) as { stderr: string };
    return stderr;
  };
  expect(await failure()).toMatch(/no-such-node/);
  rmSync(path.join(folder, "assets"), { recursive: true });
  const stderr = await failure();
  expect(stderr).toContain("The waiter's file is missing, or is not the one that belongs here.");
  expect(stderr).not.toContain("no-such-node");
  expect(workspace.service.calls).toEqual([]);
});
