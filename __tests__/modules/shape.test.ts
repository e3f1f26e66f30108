import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { promisify } from "node:util";
import { MODULES } from "../../scripts/modules/graph";
import { endToEnd, Workspace } from "../support/workspace";

const ROOT = path.resolve(__dirname, "..", "..");

let workspace: Workspace;
afterEach(() => workspace?.remove());

/** A copy of a folder, in which Terraform may leave what it leaves, as a stack of the workspace. */
function copyToWorkspace(name: string): void {
  const folder = path.join(workspace.folder, "cdktf.out", "stacks", name);
  cpSync(path.join(ROOT, "modules", name), folder, { recursive: true });
}

test.each(MODULES)(
  "%s is formatted, valid, and passes its own tests",
  async (name) => {
    workspace = await Workspace.create({});
    copyToWorkspace(name);
    expect(await workspace.terraform(name, "fmt", "-check", "-recursive", "-diff")).toMatchObject({
      code: 0,
      output: "",
    });
    expect((await workspace.terraform(name, "validate", "-no-color")).output).toContain("is valid");
    const { code, output } = await workspace.terraform(name, "test", "-no-color");
    expect(output).toMatch(/Success! \d+ passed, 0 failed\./);
    expect(code).toBe(0);
    // A mock stands in for the provider: what a test of a module asks for is asked of nobody.
    expect(workspace.service.calls).toEqual([]);
  },
  180_000,
);

test("the archive of the modules is what a source can name, over http and as a file", async () => {
  const tasks = { "t-1": { counts: { "ACS::OSS::Bucket": 3 } } };
  workspace = await Workspace.create({ tasks });
  const archive = execFileSync(
    process.execPath,
    [path.join(ROOT, "scripts", "pack-modules.mjs"), workspace.folder],
    { encoding: "utf8" },
  ).trim();
  const server = createServer((_, response) => response.end(readFileSync(archive))).listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const folder = path.join(workspace.folder, "root");
    mkdirSync(folder);
    const { port } = server.address() as AddressInfo;
    const call = (name: string, source: string): string =>
      `module "${name}" {\n  source = "${source}"\n  task_id = "t-1"\n` +
      `  endpoint = "${workspace.service.endpoint}"\n}\n`;
    writeFileSync(
      path.join(folder, "main.tf"),
      call("plan", `http://127.0.0.1:${port}/${path.basename(archive)}//at-plan`) +
        call("apply", `${archive}//at-apply`) +
        'output "sum" {\n  value = module.plan.total_count + module.apply.total_count\n}\n',
    );
    const options = { cwd: folder, env: workspace.environment(), encoding: "utf8" } as const;
    const run = promisify(execFile);
    await run(endToEnd().terraform, ["init", "-input=false", "-no-color"], options);
    const { stdout } = await run(endToEnd().terraform, ["apply", "-auto-approve", "-no-color"], options);
    expect(stdout).toMatch(/Apply complete![^]*sum = 6/);
  } finally {
    server.close();
  }
});

test("the examples of the pages are valid as they stand", async () => {
  workspace = await Workspace.create({});
  const folder = path.join(workspace.folder, "cdktf.out", "stacks", "example");
  const packaged = path.join(folder, "node_modules", "cdktf-bdrc-task");
  cpSync(path.join(ROOT, "modules"), path.join(packaged, "modules"), { recursive: true });
  const pages = ["README.md", ...MODULES.map((name) => `modules/${name}/README.md`)];
  for (const page of pages) {
    const [, example = ""] =
      /```hcl\n(module [^`]*)```/.exec(readFileSync(path.join(ROOT, page), "utf8")) ?? [];
    expect(example).toContain("source");
    writeFileSync(path.join(folder, "main.tf"), example);
    const { output } = await workspace.start("example", ["init", "-input=false", "-no-color"]).ended;
    expect(output).toContain("initialized");
    expect((await workspace.terraform("example", "validate", "-no-color")).output).toContain("is valid");
  }
});

test("each module has the files that a module has, and nothing else", () => {
  for (const name of MODULES) {
    const files = readdirSync(path.join(ROOT, "modules", name)).filter((file) => !file.startsWith("."));
    expect(files.sort()).toEqual([
      "README.md",
      "THIRD_PARTY_NOTICES.txt",
      "main.tf",
      "outputs.tf",
      "tests",
      "variables.tf",
      "versions.tf",
      "waiter.cjs",
      "waiter.sha256",
    ]);
  }
});
