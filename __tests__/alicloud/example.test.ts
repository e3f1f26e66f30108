import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const ROOT = path.join(__dirname, "..", "..");
const EXAMPLE = path.join(ROOT, "examples", "backup-gate");
const ENVIRONMENT = { BDRC_TASK_ID: "t-1", BDRC_REGION: "cn-shanghai", ALICLOUD_REGION: "cn-hangzhou" };

const read = (...parts: string[]) => readFileSync(path.join(...parts), "utf8");
interface Manifest {
  readonly version: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}
const manifest = (folder: string) => JSON.parse(read(folder, "package.json")) as Manifest;

describe("examples/backup-gate", () => {
  let project: string;

  /** The example as someone would copy it, with the packed library, and no way up to this project's packages. */
  beforeAll(() => {
    project = mkdtempSync(path.join(tmpdir(), "backup-gate-"));
    cpSync(EXAMPLE, project, {
      recursive: true,
      filter: (file) => !/[/\\](node_modules|cdktf\.out|\.gen)$/.test(file),
    });
    const packed = execFileSync(
      "npm",
      ["pack", "--silent", "--ignore-scripts", "--pack-destination", project],
      {
        cwd: ROOT,
        encoding: "utf8",
      },
    );
    const modules = path.join(project, "node_modules");
    mkdirSync(path.join(modules, "@types"), { recursive: true });
    execFileSync("tar", ["-xzf", packed.trim(), "-C", "node_modules"], { cwd: project });
    renameSync(path.join(modules, "package"), path.join(modules, "cdktf-bdrc-task"));
    for (const name of ["cdktf", "constructs", "@types/node"]) {
      symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name), "dir");
    }
    execFileSync("node", [path.join(ROOT, "scripts", "get.mjs"), project]);
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  /** Runs a tool of this project in the example. */
  function run(tool: string, args: string[], environment: Record<string, string> = {}) {
    const file = path.join(ROOT, "node_modules", ".bin", tool);
    return spawnSync(file, args, {
      cwd: project,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...environment },
    });
  }

  it("compiles against the packed library, with the cdktf that it installs", () => {
    expect(run("tsc", [])).toMatchObject({ status: 0, stdout: "" });
  });

  it("synthesizes a gate and the backups behind it", () => {
    expect(run("tsx", ["main.ts"], ENVIRONMENT)).toMatchObject({ status: 0, stderr: "" });
    const stack = (id: string) => JSON.parse(read(project, "cdktf.out", "stacks", id, "cdk.tf.json"));
    expect(Object.keys(stack("gate").data)).toContain("external");
    expect(Object.keys(stack("backup").resource).sort()).toEqual([
      "alicloud_ecs_auto_snapshot_policy",
      "alicloud_hbr_policy",
      "alicloud_hbr_vault",
    ]);
  });

  it.each(Object.keys(ENVIRONMENT))("says that %s has to be set when it is not", (name) => {
    const { status, stderr } = run("tsx", ["main.ts"], { ...ENVIRONMENT, [name]: "" });
    expect(status).toBe(1);
    expect(stderr).toContain(name);
  });

  it("has the same stack as the app of this project, word for word", () => {
    const file = "backup-stack.ts";
    expect(read(EXAMPLE, file)).toBe(read(ROOT, "examples", "stacks", file));
  });

  it("names the versions that this project is built on, and the tarball that npm pack makes", () => {
    const [own, theirs] = [manifest(ROOT), manifest(EXAMPLE)];
    const known = { ...own.devDependencies, ...own.dependencies };
    const named = { ...theirs.devDependencies, ...theirs.dependencies };
    const { "cdktf-bdrc-task": library, ...others } = named;
    expect(library).toBe(`file:./cdktf-bdrc-task-${own.version}.tgz`);
    expect(others).toEqual(Object.fromEntries(Object.keys(others).map((name) => [name, known[name]])));
    expect(read(EXAMPLE, "cdktf.json")).toContain(JSON.parse(read(ROOT, "cdktf.json")).terraformProviders[0]);
  });
});
