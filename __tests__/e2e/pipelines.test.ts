import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { BdrcTask, Duration, WaitAt } from "../../lib";
import { codeBlocks } from "../support/markdown";
import { pack } from "../support/packed-project";
import { endToEnd, Workspace } from "../support/workspace";

const ROOT = path.resolve(__dirname, "..", "..");
const COUNTS = { "ACS::OSS::Bucket": 2, "ACS::ECS::Instance": 7 };
const BLOCKS = codeBlocks(["docs/pipelines.md"]);
const yaml = BLOCKS.filter(({ language }) => language === "yaml").map(({ text }) => parse(text) as unknown);
const shell = BLOCKS.filter(({ language }) => language === "sh").map(({ text }) => text);

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let workspace: Workspace;
beforeEach(async () => {
  workspace = await Workspace.create({
    newTask: { seconds: 1, counts: COUNTS },
    tasks: { "t-1": { counts: COUNTS }, "t-bad": { ends: "FAILED", errorMessage: "no access, 100 %" } },
  });
  const bin = path.join(workspace.folder, "bin");
  mkdirSync(bin);
  // npx finds what a project has installed; cdktf only tells here that it was called, and with which task.
  const programs = {
    npx: `case "$1" in
      bdrc-task) shift; exec '${process.execPath}' '${ROOT}/dist/cli.cjs' "$@" ;;
      cdktf) echo "$*, with \${BDRC_TASK_ID:-no task}" >> '${workspace.folder}/called' ;;
      *) echo "npx was asked for $1" >&2; exit 1 ;;
    esac`,
    npm: "true",
    terraform: `exec '${endToEnd().terraform}' "$@"`,
  };
  for (const [name, text] of Object.entries(programs)) {
    // What bdrc-task run starts is found on the PATH as well.
    writeFileSync(
      path.join(bin, name),
      `#!/bin/sh\nPATH="\${PATH#'${bin}':}"\nPATH='${bin}':$PATH\n${text}\n`,
    );
    chmodSync(path.join(bin, name), 0o755);
  }
  if (endToEnd().terraform === "terraform") writeFileSync(path.join(bin, "terraform"), terraformOnPath());
});
afterEach(() => workspace?.remove());

/** The real one, from behind the folder of stand-ins. */
function terraformOnPath(): string {
  const found = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, "terraform"))
    .find((file) => existsSync(file));
  return `#!/bin/sh\nexec '${found}' "$@"\n`;
}

/** Runs a script with bash, as a CI system does. */
function bash(script: string, environment: Record<string, string> = {}): Promise<Ended> {
  const env = {
    ...workspace.environment(),
    PATH: `${path.join(workspace.folder, "bin")}${path.delimiter}${process.env["PATH"]}`,
    BDRC_TASK_EVENTS: "",
    BDRC_ENDPOINT: workspace.service.endpoint,
    ...environment,
  };
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: workspace.folder,
    env,
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? -1, out, err })));
}

const file = (name: string): string => path.join(workspace.folder, name);
const read = (name: string): string => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : "");

describe("action.yml", () => {
  const action = parse(readFileSync(path.join(ROOT, "action.yml"), "utf8")) as {
    inputs: Record<string, { default: string }>;
    outputs: Record<string, { value: string }>;
    runs: { steps: { run: string; env: Record<string, string> }[] };
  };

  const packed = mkdtempSync(path.join(tmpdir(), "packed-"));
  afterAll(() => rmSync(packed, { recursive: true, force: true }));
  let tarball = "";
  beforeAll(() => (tarball = pack("cdktf", packed)));
  /** npm as it is, with nothing to take from a registry or from this machine's cache. */
  const alone = (): Record<string, string> => ({
    PATH: process.env["PATH"] ?? "",
    npm_config_cache: file("npm-cache"),
    npm_config_offline: "true",
    npm_config_update_notifier: "false",
  });

  /** Runs its step as a runner does: inputs put in, and the files of the runner named; without npm, the built command. */
  function act(inputs: Record<string, string>, npm?: Record<string, string>): Promise<Ended> {
    const [step] = action.runs.steps;
    const value = (name: string): string => inputs[name] ?? action.inputs[name]?.default ?? "";
    const environment = Object.fromEntries(
      Object.entries(step?.env ?? {}).map(([name, text]) => [
        name,
        text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, input: string) => value(input)),
      ]),
    );
    const built = `npx() { shift 4; command npx "$@"; }\n`;
    return bash(`${npm ? "" : built}${step?.run}`, {
      ...environment,
      ...npm,
      GITHUB_OUTPUT: file("output"),
      GITHUB_STEP_SUMMARY: file("summary"),
    });
  }

  test("waits for a task with the packed package that a project has installed, and gives every output that it declares", async () => {
    writeFileSync(file("package.json"), "{}");
    const install = await bash(`npm install --legacy-peer-deps --no-audit --no-fund '${tarball}'`, alone());
    expect([install.code, install.err]).toEqual([0, ""]);
    // What is not there could not be asked for.
    const inputs = { "task-id": "t-1", endpoint: workspace.service.endpoint, package: "no-such-package" };
    const { code, out } = await act(inputs, alone());
    expect(code).toBe(0);
    expect(out).toContain("Total                   9");
    const outputs = read("output").trim().split("\n");
    expect(outputs).toEqual([
      "task_id=t-1",
      "status=COMPLETE",
      "total_count=9",
      'counts={"ACS::ECS::Instance":7,"ACS::OSS::Bucket":2}',
    ]);
    expect(outputs.map((line) => line.split("=")[0])).toEqual(Object.keys(action.outputs));
    expect(read("summary")).toContain("| **Total**");
  });

  test("gets the packed package by itself where no project has it, with nothing else", async () => {
    const { code, err } = await act({ "task-id": "t-bad", package: tarball }, alone());
    expect([code, read("output")]).toEqual([1, expect.stringMatching(/^task_id=t-bad\nstatus=FAILED\n/)]);
    expect(err).toContain("::error title=BDRC task t-bad FAILED::");
  });

  test("starts a task with flags of its own, and waits for it", async () => {
    const { code } = await act({ start: "update-resources --resource-type ACS::OSS::Bucket" });
    expect(code).toBe(0);
    expect(read("output")).toMatch(/^task_id=t-\w+\nstatus=COMPLETE\n/);
  });

  test("fails with the command's code, an annotation and outputs when the task failed", async () => {
    const { code, err } = await act({ "task-id": "t-bad" });
    expect(code).toBe(1);
    expect(err).toMatch(
      /^::error title=BDRC task t-bad FAILED::Task t-bad ended as FAILED\.%0A.*no access, 100 %25/m,
    );
    expect(read("output")).toContain("status=FAILED\ntotal_count=0\ncounts={}\n");
  });

  test.each<Record<string, string>>([{}, { "task-id": "t-1", start: "update-resources" }])(
    "refuses %p with 2",
    async (inputs) => {
      const { code, out } = await act(inputs);
      expect(code).toBe(2);
      expect(out).toMatch(/^::error title=Wait for a BDRC task::(Neither|Both) task-id (nor|and) start/);
    },
  );
});

test("the steps of the workflow for GitHub run, and the deploy gets the task of the action", async () => {
  const workflow = yaml[0] as {
    jobs: { deploy: { steps: { run?: string; uses?: string; with?: object }[] } };
  };
  const { steps } = workflow.jobs.deploy;
  const inputs = steps.find(({ uses }) => uses?.includes("cdktf-bdrc-task"))?.with ?? {};
  expect(Object.keys(inputs)).toEqual(["start", "timeout"]);
  const runs = steps
    .flatMap(({ run }) => (run === undefined ? [] : [run]))
    .filter((run) => !run.includes("jq"));
  const { code } = await bash(runs.join("\n"), { BDRC_TASK_ID: "t-1", GITHUB_OUTPUT: file("output") });
  expect(code).toBe(0);
  expect(read("called")).toBe("cdktf deploy gate behind --auto-approve, with t-1\n");
});

test("the jobs for GitLab run one after the other, with the report between them", async () => {
  const { inventory, deploy } = yaml[1] as Record<
    "inventory" | "deploy",
    { script: string[]; artifacts: object }
  >;
  expect((await bash(inventory.script.join("\n"))).code).toBe(0);
  expect(inventory.artifacts).toMatchObject({ reports: { dotenv: "bdrc-task.env" } });
  const report = Object.fromEntries(
    read("bdrc-task.env")
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  ) as Record<string, string>;
  expect(report).toMatchObject({ BDRC_TASK_STATUS: "COMPLETE", BDRC_TASK_ID: expect.stringMatching(/^t-/) });
  const { code, out } = await bash(deploy.script.join("\n"), report);
  expect(code).toBe(0);
  expect(out).toContain(`resources were found by ${report["BDRC_TASK_ID"]}`);
  expect(read("called")).toContain(`with ${report["BDRC_TASK_ID"]}`);
});

test("the configuration of Atlantis names the stacks in their order, and its steps are commands of a shell", async () => {
  const { projects, workflows } = yaml[2] as {
    projects: { dir: string; workflow: string; execution_order_group: number }[];
    workflows: Record<string, Record<"plan" | "apply", { steps: (string | { run?: string })[] }>>;
  };
  expect(projects.map(({ dir }) => dir)).toEqual(["cdktf.out/stacks/gate", "cdktf.out/stacks/behind"]);
  expect(projects.every(({ workflow }) => workflow in workflows)).toBe(true);
  const steps = workflows["bdrc"]?.apply.steps ?? [];
  const runs = steps.flatMap((step) => (typeof step === "object" && step.run ? [step.run] : []));
  expect(runs).toHaveLength(1);
  expect((await bash(`bash -n <<'END'\n${runs.join("\n")}\nEND`)).code).toBe(0);
});

test("the lines for a plain shell start a task, wait for it, and deploy with it", async () => {
  const { code } = await bash(shell[0] ?? "");
  expect(code).toBe(0);
  expect(read("called")).toMatch(/^cdktf deploy gate behind --auto-approve, with t-\w+\n$/);
});

test("the plan of a pull request leaves the stack behind out until the gate was deployed", async () => {
  workspace.synth({
    gate: (stack) => {
      const { endpoint } = workspace.service;
      new BdrcTask(stack, "inventory", {
        taskId: "t-1",
        endpoint,
        timeout: Duration.minutes(1),
        waitAt: WaitAt.PLAN,
      });
    },
  });
  const before = await bash(shell[1] ?? "");
  expect(before.code).toBe(0);
  expect(before.out).toContain("behind: planned once gate was deployed");
  expect((await workspace.terraform("gate", "apply")).code).toBe(0);
  const after = await bash(shell[1] ?? "");
  expect(after.code).toBe(0);
  expect(read("called")).toContain("cdktf diff behind");
});
