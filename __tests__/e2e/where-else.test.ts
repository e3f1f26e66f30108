import { DataTerraformRemoteStateLocal, TerraformOutput } from "cdktf";
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
import { BdrcTask, BdrcTasks, StartTask, WaitAt } from "../../lib";
import { endToEnd, nextSecond, Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

const ROOT = path.resolve(__dirname, "../..");

describe("a stack that is a child of another module", () => {
  /** A root module that stands beside copies of the stack `gate`, and a way to run Terraform in it. */
  function rootModule() {
    const root = path.join(workspace.folder, "a root");
    return {
      /** Copies the stack, without its backend: a child has none. */
      copyTo: (name: string): void => {
        cpSync(path.join(workspace.folder, "cdktf.out", "stacks", "gate"), path.join(root, name), {
          recursive: true,
          filter: (source) => !source.endsWith(".terraform"),
        });
        const file = path.join(root, name, "cdk.tf.json");
        const json = JSON.parse(readFileSync(file, "utf8")) as { terraform: { backend?: object } };
        delete json.terraform.backend;
        writeFileSync(file, JSON.stringify(json));
      },
      write: (main: string): void => writeFileSync(path.join(root, "main.tf"), main),
      // Not the synchronous way: the service answers in this process.
      run: async (...args: string[]): Promise<string> => {
        const options = { cwd: root, env: workspace.environment(), encoding: "utf8" } as const;
        const { stdout, stderr } = await promisify(execFile)(endToEnd().terraform, args, options);
        return stdout + stderr;
      },
    };
  }

  test("runs there as it runs alone, wherever its folder is, however often, and without a warning", async () => {
    const tasks = { "t-1": { counts: { "ACS::OSS::Bucket": 3 } } };
    workspace = await Workspace.create({ tasks, newTask: { seconds: 0 } });
    workspace.synth({
      gate: (stack) => {
        const place = { endpoint: workspace.service.endpoint, regionId: undefined };
        new BdrcTask(stack, "at_plan", { ...place, taskId: "t-1" });
        new BdrcTask(stack, "at_apply", { ...place, taskId: "t-1", waitAt: WaitAt.APPLY });
        const start = StartTask.updateResources();
        new BdrcTask(stack, "started", { ...place, start, waitAt: WaitAt.APPLY });
        new BdrcTasks(stack, "many", { ...place, taskIds: ["t-1"] });
      },
    });
    const { copyTo, write, run } = rootModule();
    const folder = `it's "the" $stack`;
    copyTo(folder);
    const twice = (source: string): string =>
      `module "one" {\n  source = ${source}\n}\n` +
      `module "each" {\n  source = ${source}\n  for_each = toset(["x"])\n}\n` +
      'output "buckets" {\n  value = module.one.at_plan_total_count + module.each["x"].at_apply_total_count\n}\n';
    write(twice(JSON.stringify(`./${folder}`)));
    const init = await run("init", "-input=false", "-no-color");
    const apply = await run("apply", "-auto-approve", "-no-color");
    expect(apply).toMatch(/Apply complete!(.*\n)+.*buckets = 6/);
    expect(init + apply).not.toContain("empty provider block");
    // Each copy has started a task of its own.
    expect(workspace.service.calls.filter(({ operation }) => operation === "UpdateResources")).toHaveLength(
      2,
    );

    await nextSecond();
    copyTo("moved");
    write(twice('"./moved"'));
    await run("init", "-input=false", "-no-color");
    expect(await run("plan", "-no-color")).toContain("No changes.");
  });
});

test("what an earlier version wrote, with a path that only a root module can use, stays as it is in later plans", async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { counts: { "ACS::OSS::Bucket": 3 } } } });
  workspace.synth({
    gate: (stack) => {
      const place = { endpoint: workspace.service.endpoint, regionId: undefined };
      new BdrcTask(stack, "at_plan", { ...place, taskId: "t-1" });
      new BdrcTask(stack, "at_apply", { ...place, taskId: "t-1", waitAt: WaitAt.APPLY });
      new BdrcTasks(stack, "many", { ...place, taskIds: ["t-1"] });
    },
  });
  const file = path.join(workspace.folder, "cdktf.out", "stacks", "gate", "cdk.tf.json");
  const now = readFileSync(file, "utf8");
  const ofRoot = (value: unknown): unknown =>
    typeof value === "string" ? value.replaceAll("${path.module}/", "") : value;
  const json = JSON.parse(now, (key, value: unknown) => {
    // Nor did the stamp look at the waiter's file then.
    if (key === "precondition" && JSON.stringify(value).includes("filesha256")) return undefined;
    return key === "program" ? (value as unknown[]).map(ofRoot) : ofRoot(value);
  }) as object;
  writeFileSync(file, JSON.stringify({ ...json, provider: { external: [{}] } }));
  expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
  writeFileSync(file, now);
  await nextSecond();
  expect((await workspace.terraform("gate", "plan")).output).toContain("No changes.");
});

test("a stack that only reads the result of another one is written as HCL that Terraform applies", async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { counts: { "ACS::OSS::Bucket": 3 } } } });
  workspace.synth({
    gate: (stack) => {
      new BdrcTask(stack, "inventory", { endpoint: workspace.service.endpoint, taskId: "t-1" });
    },
  });
  await workspace.terraform("gate", "apply");
  process.env["SYNTH_HCL_OUTPUT"] = "true";
  try {
    workspace.synth({
      reader: (stack) => {
        const state = new DataTerraformRemoteStateLocal(stack, "state", {
          path: path.join(workspace.folder, "gate.tfstate"),
        });
        const inventory = BdrcTask.fromRemoteState(stack, "inventory", { state });
        new TerraformOutput(stack, "buckets", { value: inventory.count("ACS::OSS::Bucket") });
        new TerraformOutput(stack, "counts", { value: inventory.counts });
      },
    });
  } finally {
    delete process.env["SYNTH_HCL_OUTPUT"];
  }
  expect((await workspace.terraform("reader", "apply")).output).toContain("Apply complete!");
  expect(workspace.outputs("reader")).toEqual({ buckets: 3, counts: { "ACS::OSS::Bucket": 3 } });
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
        "const app = new App({ outdir: process.argv[2] });\n" +
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
        readdirSync(outdir, { recursive: true, encoding: "utf8" }).some((name) =>
          name.endsWith("waiter.cjs"),
        ),
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
