import { build } from "esbuild";
import { execFile, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
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

describe("an app that is bundled into one file", () => {
  /** An app that has been bundled with this package in it, and a way to run it. */
  async function bundledApp(format: "cjs" | "esm") {
    const root = mkdtempSync(path.join(tmpdir(), "bundled-"));
    const app = path.join(root, "app");
    mkdirSync(path.join(app, "node_modules"), { recursive: true });
    writeFileSync(
      path.join(app, "main.ts"),
      'import { App, TerraformStack } from "cdktf";\nimport { BdrcTask } from "cdktf-bdrc-task";\n' +
        'const app = new App({ outdir: process.argv[2] });\n' +
        'new BdrcTask(new TerraformStack(app, "gate"), "inventory", { taskId: "t-1", regionId: "cn-shanghai" });\napp.synth();\n',
    );
    for (const peer of ["cdktf", "constructs"]) {
      symlinkSync(path.join(ROOT, "node_modules", peer), path.join(app, "node_modules", peer));
    }
    const outfile = path.join(app, "build", format === "cjs" ? "bundle.cjs" : "bundle.mjs");
    await build({
      entryPoints: [path.join(app, "main.ts")],
      outfile,
      bundle: true,
      format,
      platform: "node",
      external: ["cdktf", "constructs"],
      alias: { "cdktf-bdrc-task": path.join(ROOT, "dist", "index.js") },
      // As esbuild's users do it: the packages are CommonJS.
      ...(format === "esm"
        ? {
            banner: {
              js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
            },
          }
        : {}),
    });
    const outdir = path.join(root, "cdktf.out");
    return {
      app,
      outdir,
      // From a folder in which nothing is installed.
      synth: () =>
        spawnSync(process.execPath, [outfile, outdir], {
          cwd: root,
          encoding: "utf8",
          env: { ...process.env, CI: "1" },
        }),
      install: () => symlinkSync(ROOT, path.join(app, "node_modules", "cdktf-bdrc-task")),
      hasWaiter: () =>
        readdirSync(outdir, { recursive: true, encoding: "utf8" }).some((name) => name.endsWith("waiter.cjs")),
    };
  }

  test.each(["cjs", "esm"] as const)(
    "finds the waiter where the package is installed for it, and is told to leave the package out else (%s)",
    async (format) => {
      const { synth, install, hasWaiter } = await bundledApp(format);
      expect(synth()).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /\[gate\/inventory\] The waiter's file is missing\.[^]*--external:cdktf-bdrc-task/,
        ) as string,
      });
      expect(hasWaiter()).toBe(false);
      install();
      expect(synth()).toMatchObject({ status: 0 });
      expect(hasWaiter()).toBe(true);
    },
  );

  test("takes the waiter from beside its own file, where it was copied to", async () => {
    const { app, synth, hasWaiter } = await bundledApp("cjs");
    cpSync(path.join(ROOT, "dist", "waiter.cjs"), path.join(app, "build", "waiter.cjs"));
    expect(synth()).toMatchObject({ status: 0 });
    expect(hasWaiter()).toBe(true);
  });
});
