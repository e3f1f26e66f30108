import { build } from "esbuild";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { BdrcTask, BdrcTasks, WaitAt } from "../../lib";
import { endToEnd, nextSecond, Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

const ROOT = path.resolve(__dirname, "../..");

test("a stack works as the root module and as a child of another one, in a folder with blanks, and moves between them", async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { counts: { "ACS::OSS::Bucket": 3 } } } });
  workspace.synth({
    gate: (stack) => {
      const place = { endpoint: workspace.service.endpoint, regionId: undefined };
      new BdrcTask(stack, "at_plan", { ...place, taskId: "t-1" });
      new BdrcTask(stack, "at_apply", { ...place, taskId: "t-1", waitAt: WaitAt.APPLY });
      new BdrcTasks(stack, "many", { ...place, taskIds: ["t-1"] });
    },
  });
  const written = path.join(workspace.folder, "cdktf.out", "stacks", "gate", "cdk.tf.json");
  const text = readFileSync(written, "utf8");
  // As an earlier version of this package wrote it: what stands in a state from then is not touched.
  writeFileSync(written, text.replaceAll("${path.module}/", ""));
  expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
  writeFileSync(written, text);
  await nextSecond();
  expect((await workspace.terraform("gate", "plan")).output).toContain("No changes.");

  const root = path.join(workspace.folder, "a root");
  cpSync(path.join(workspace.folder, "cdktf.out", "stacks", "gate"), path.join(root, "the stack"), {
    recursive: true,
    filter: (source) => !source.endsWith(".terraform"),
  });
  // A child module has no backend.
  const file = path.join(root, "the stack", "cdk.tf.json");
  const json = JSON.parse(readFileSync(file, "utf8")) as { terraform: { backend?: object } };
  delete json.terraform.backend;
  writeFileSync(file, JSON.stringify(json));
  writeFileSync(
    path.join(root, "main.tf"),
    'module "gate" {\n  source = "./the stack"\n}\noutput "buckets" {\n  value = module.gate.at_plan_total_count\n}\n',
  );
  // Not the synchronous way: the service answers in this process.
  const run = async (...args: string[]): Promise<string> => {
    const options = { cwd: root, env: workspace.environment(), encoding: "utf8" } as const;
    return (await promisify(execFile)(endToEnd().terraform, args, options)).stdout;
  };
  await run("init", "-input=false", "-no-color");
  expect(await run("apply", "-auto-approve", "-no-color")).toMatch(/Apply complete!(.*\n)+.*buckets = 3/);
  expect(await run("plan", "-no-color")).toContain("No changes.");
  // The wait itself runs there, too.
  const wait =
    /^module\.gate\.terraform_data\.at_apply_wait\w+$/m.exec(await run("state", "list"))?.[0] ?? "";
  expect(await run("apply", "-auto-approve", "-no-color", `-replace=${wait}`)).toContain("Apply complete!");
});

test("an app that is bundled into one file finds the waiter where the package is installed, or is told to leave it out", async () => {
  workspace = await Workspace.create();
  const app = path.join(workspace.folder, "app");
  mkdirSync(path.join(app, "node_modules"), { recursive: true });
  writeFileSync(
    path.join(app, "main.ts"),
    'import { App, TerraformStack } from "cdktf";\nimport { BdrcTask } from "cdktf-bdrc-task";\n' +
      'const app = new App({ outdir: "cdktf.out" });\n' +
      'new BdrcTask(new TerraformStack(app, "gate"), "inventory", { taskId: "t-1", regionId: "cn-shanghai" });\napp.synth();\n',
  );
  symlinkSync(path.join(ROOT, "node_modules", "cdktf"), path.join(app, "node_modules", "cdktf"));
  await build({
    entryPoints: [path.join(app, "main.ts")],
    outfile: path.join(app, "bundle.js"),
    bundle: true,
    platform: "node",
    external: ["cdktf", "constructs"],
    alias: { "cdktf-bdrc-task": path.join(ROOT, "lib", "index.ts") },
  });
  const synth = () =>
    spawnSync(process.execPath, ["bundle.js"], {
      cwd: app,
      encoding: "utf8",
      env: { ...process.env, NODE_PATH: path.join(ROOT, "node_modules"), CI: "1" },
    });
  const without = synth();
  expect(without.status).not.toBe(0);
  expect(without.stderr).toMatch(/The waiter's file is missing\.[^]*--external:cdktf-bdrc-task/);
  symlinkSync(ROOT, path.join(app, "node_modules", "cdktf-bdrc-task"));
  expect(synth()).toMatchObject({ status: 0 });
  expect(
    execFileSync("find", [path.join(app, "cdktf.out"), "-name", "waiter.cjs"], { encoding: "utf8" }),
  ).not.toBe("");
});
