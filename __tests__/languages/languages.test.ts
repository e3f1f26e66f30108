import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Workspace } from "../support/workspace";
import { sectionOf } from "./page";

const ROOT = path.resolve(__dirname, "..", "..");
const BUILT = path.join(ROOT, ".jsii-build");
const PAGE = "docs/languages.md";
const ID = "t-1";
/** Maven's own folder, so that a package of an earlier build is never taken from that of this user. */
const MAVEN = path.join(BUILT, "maven");

const has = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const dotnet = has("dotnet", "--version");

/** A language, and the one line that says why it cannot be tried here; undefined when it can. */
const LANGUAGES = [
  {
    name: "Python",
    missing: has("python3", "-m", "venv", "-h") ? undefined : "there is no python3 with venv",
  },
  { name: "Java", missing: has("mvn", "--version") ? undefined : "there is no mvn" },
  { name: "Go", missing: has("go", "version") ? undefined : "there is no go" },
] as const;

let workspace: Workspace;
beforeEach(async () => {
  workspace = await Workspace.create({ tasks: { [ID]: { counts: { "ACS::OSS::Bucket": 3 } } } });
  symlinkSync(BUILT, path.join(workspace.folder, ".jsii-build"), "dir");
});
afterEach(() => workspace?.remove());

/** Runs a command of the page as a shell does; the tools keep their caches where they always do. */
async function shell(command: string): Promise<{ code: number; output: string }> {
  const place = { BDRC_ENDPOINT: workspace.service.endpoint, BDRC_TASK_ID: ID };
  const env = { ...process.env, ...place, MAVEN_OPTS: `-Dmaven.repo.local=${MAVEN}` };
  return new Promise((resolve) => {
    const options = { cwd: workspace.folder, env, maxBuffer: 64 * 1024 * 1024 };
    execFile("bash", ["-ec", command], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    );
  });
}

/** Writes the files of a section, runs its commands, then the app. */
async function follow(heading: string, change: (text: string) => string = (text) => text): Promise<void> {
  const { files, commands } = sectionOf(PAGE, heading);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(workspace.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, change(text));
  }
  const { app } = JSON.parse(files["cdktf.json"] ?? "") as { app: string };
  for (const command of [...commands, app]) {
    const { code, output } = await shell(change(command));
    if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output.slice(-6000)}`);
  }
}

/** What the app of the README has written, in TypeScript. */
async function inTypeScript(): Promise<Record<string, unknown>> {
  const folder = path.join(workspace.folder, "typescript");
  mkdirSync(folder);
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"), "dir");
  const { files } = sectionOf("README.md", "A first example");
  expect(files).toHaveProperty(["main.ts"]);
  writeFileSync(path.join(folder, "main.ts"), files["main.ts"] ?? "");
  const { code, output } = await shell(
    `cd typescript && node ${path.join(ROOT, "scripts", "run-ts.mjs")} main.ts`,
  );
  if (code !== 0) throw new Error(output);
  return written(folder);
}

/** The stacks in a folder's cdktf.out, without the folder's own name and the version of the framework. */
function written(folder: string): Record<string, unknown> {
  const stacks = ["gate", "behind"].map((stack) => {
    const text = readFileSync(path.join(folder, "cdktf.out", "stacks", stack, "cdk.tf.json"), "utf8");
    const { "//": about, ...rest } = JSON.parse(text.replaceAll(folder, ".")) as Record<string, unknown>;
    const { metadata, ...others } = about as { metadata: Record<string, unknown> };
    return [stack, { ...rest, "//": { ...others, metadata: { ...metadata, version: "any" } } }];
  });
  return Object.fromEntries(stacks) as Record<string, unknown>;
}

/** Deploys both stacks, deletes the task, and plans again. */
async function deploy(): Promise<void> {
  const gate = await workspace.terraform("gate", "apply");
  expect(gate).toMatchObject({ code: 0 });
  const behind = await workspace.terraform("behind", "apply");
  expect(behind).toMatchObject({ code: 0 });
  expect(workspace.outputs("terraform.behind")).toEqual({ to_protect: 3 });
  expect(behind.output).toContain("terraform_data.slot[2]: Creation complete");
  workspace.service.removeTask(ID);
  for (const stack of ["gate", "behind"]) {
    expect((await workspace.terraform(stack, "plan")).code).toBe(0);
  }
}

for (const { name, missing } of LANGUAGES) {
  const rule = `${name}: the example of the page gives the stacks of the TypeScript one, and Terraform deploys them`;
  (missing === undefined ? test : test.skip)(
    missing === undefined ? rule : `${rule} (${missing})`,
    async () => {
      rmSync(path.join(MAVEN, "io"), { recursive: true, force: true });
      await follow(name);
      expect(written(workspace.folder)).toEqual(await inTypeScript());
      await deploy();
    },
  );
}

const python = LANGUAGES[0].missing === undefined ? test : test.skip;

python("Python with cdktn: two words are changed, and the stacks are the same", async () => {
  await follow("Python", (text) =>
    text
      .replace("from cdktf import", "from cdktn import")
      .replaceAll("cdktf_bdrc_task", "cdktn_bdrc_task")
      .replace("cdktf-bdrc-task", "cdktn-bdrc-task")
      .replace("cdktf==0.21.0", "cdktn==0.24.0"),
  );
  expect(written(workspace.folder)).toEqual(await inTypeScript());
  await deploy();
});

python("Python: a task that failed closes the gate, and nothing behind it is made", async () => {
  workspace.service.addTask(ID, { ends: "FAILED", errorMessage: "no such bucket" });
  await follow("Python");
  const { code, output } = await workspace.terraform("gate", "apply");
  expect(code).toBe(1);
  expect(output).toContain("no such bucket");
  expect(workspace.resources("terraform.gate")).not.toContain("terraform_data.report");
});

python("Python: a mistake is told by the same text as in TypeScript", async () => {
  await expect(
    follow("Python", (text) => text.replace("timeout=Duration.hours(2)", "timeout=Duration.hours(48)")),
  ).rejects.toThrow(/\[gate\/inventory\] timeout is 48 hours[\s\S]*Expected: /);
});

test(`C#: its source is generated${dotnet ? " and compiled" : " (not compiled: there is no dotnet)"}`, () => {
  const folder = path.join(BUILT, "artifacts", "cdktf-bdrc-task", "dotnet");
  const made = dotnet ? /\.nupkg$/ : /BdrcTask\.cs$/;
  expect(existsSync(folder)).toBe(true);
  expect(spawnSync("find", [folder, "-type", "f"], { encoding: "utf8" }).stdout.split("\n")).toContainEqual(
    expect.stringMatching(made),
  );
});

test("both npm packages carry their own assembly of jsii, and nothing else of it", () => {
  const listed = (folder: string): string[] => {
    const packed = spawnSync("tar", ["-tzf", path.join(workspace.folder, folder)], {
      encoding: "utf8",
    }).stdout;
    return packed.split("\n").filter((name) => /jsii/.test(name));
  };
  const pack = (...command: string[]): string =>
    execFileSync(command[0] as string, [...command.slice(1), workspace.folder], {
      cwd: ROOT,
      encoding: "utf8",
    }).trim();
  const npm = pack("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination");
  const twin = pack("node", "scripts/package-cdktn.mjs");
  for (const [file, name] of [
    [npm, "cdktf-bdrc-task"],
    [twin, "cdktn-bdrc-task"],
  ] as const) {
    expect(listed(file)).toEqual(["package/.jsii"]);
    const assembly = spawnSync("tar", ["-xzOf", path.join(workspace.folder, file), "package/.jsii"], {
      encoding: "utf8",
    });
    expect(JSON.parse(assembly.stdout)).toMatchObject({ name });
  }
});
