import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createOfflineMirror } from "../../lib/testing/offline-mirror";

jest.setTimeout(60_000);

const binary = process.env["TERRAFORM_BINARY_NAME"] || "terraform";
const bundle = path.resolve(__dirname, "..", "..", "dist", "offline-provider.cjs");
const folder = mkdtempSync(path.join(tmpdir(), "offline-e2e-"));
/** What Terraform and the provider take for the folder of temporary files; has to be empty in the end. */
const temporary = path.join(folder, "tmp");
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  mkdirSync(temporary);
  const mirror = await createOfflineMirror(path.join(folder, "mirror"));
  environment = { ...process.env, ...mirror.environment, TMPDIR: temporary, TF_IN_AUTOMATION: "1" };
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder with a configuration, initialized. */
function configuration(name: string, hcl: string): string {
  const workspace = path.join(folder, name);
  mkdirSync(workspace);
  writeFileSync(
    path.join(workspace, "main.tf"),
    `terraform {
      required_providers {
        external = {
          source  = "external"
          version = ">= 2.3.0, < 3.0.0"
        }
      }
    }
    ${hcl}`,
  );
  expect(terraform(workspace, "init")).toMatchObject({ status: 0 });
  return workspace;
}

function terraform(workspace: string, ...args: string[]): { status: number | null; output: string } {
  const ended = spawnSync(binary, [...args, "-no-color"], {
    cwd: workspace,
    env: environment,
    encoding: "utf8",
    timeout: 30_000,
  });
  return { status: ended.status, output: ended.stdout + ended.stderr };
}

function outputs(workspace: string): Record<string, unknown> {
  const { output } = terraform(workspace, "output", "-json");
  const parsed = JSON.parse(output) as Record<string, { value: unknown }>;
  return Object.fromEntries(Object.entries(parsed).map(([key, { value }]) => [key, value]));
}

describe("a life with the stand-in", () => {
  let workspace: string;

  beforeAll(() => {
    workspace = configuration(
      "life",
      `data "external" "echo" {
        program     = ["sh", null, "", "./echo.sh"]
        working_dir = "sub"
        query = {
          "10" = "ten"
          "9"  = "<nine>"
          gone = null
          kept = ""
        }
      }
      resource "terraform_data" "later" {
        input = data.external.echo.id
      }
      data "external" "later" {
        program = ["cat"]
        query   = { id = terraform_data.later.id }
      }
      output "echo" { value = data.external.echo.result }
      output "later" { value = data.external.later.result.id == terraform_data.later.id }
      output "id" { value = data.external.echo.id }`,
    );
    mkdirSync(path.join(workspace, "sub"));
    writeFileSync(
      path.join(workspace, "sub", "echo.sh"),
      `echo "a note for nobody" > /dev/stderr
      printf '{"query": "%s", "none": null, "twice": "1", "twice": "2", "cookie": "%s"}' \
        "$(sed 's/\\\\/\\\\\\\\/g; s/"/\\\\"/g' /dev/stdin)" "$TF_PLUGIN_MAGIC_COOKIE" > /dev/stdout
      `,
    );
  });

  test("init finds it, names it as a stand-in in the lock file, and is content with that lock file later", () => {
    const lock = readFileSync(path.join(workspace, ".terraform.lock.hcl"), "utf8");
    expect(lock).toMatch(/version\s+= "2\.999\.0\+test-stand-in"/);
    expect(terraform(workspace, "init", "-lockfile=readonly").status).toBe(0);
    expect(terraform(workspace, "version").output).toContain("hashicorp/external v2.999.0+test-stand-in");
  });

  test("validate and plan succeed, with a read that has to wait for an unknown value", () => {
    expect(terraform(workspace, "validate").status).toBe(0);
    const { status, output } = terraform(workspace, "plan", "-input=false");
    expect(output).toContain("data.external.echo: Read complete");
    expect(output).toMatch(/data\.external\.later will be read during apply/);
    expect(status).toBe(0);
  });

  test("apply gives the results", () => {
    expect(terraform(workspace, "apply", "-auto-approve")).toMatchObject({ status: 0 });
    expect(outputs(workspace)).toEqual({
      echo: {
        query: '{"10":"ten","9":"\\u003cnine\\u003e","kept":""}',
        none: "",
        twice: "2",
        cookie: expect.any(String),
      },
      later: true,
      id: "-",
    });
  });

  test("a second plan has no changes, and destroy succeeds", () => {
    expect(terraform(workspace, "plan", "-detailed-exitcode")).toMatchObject({ status: 0 });
    expect(terraform(workspace, "destroy", "-auto-approve")).toMatchObject({ status: 0 });
  });
});

describe("what Terraform says", () => {
  let workspace: string;
  const plan = (program: string): string => {
    const { status, output } = terraform(workspace, "plan", `-var=program=${program}`);
    expect(status).toBe(1);
    // Without the frame and the line breaks that Terraform adds.
    return output.replace(/^[│╷╵] ?/gm, "").replace(/\s+/g, " ");
  };

  beforeAll(() => {
    workspace = configuration(
      "failures",
      `variable "program" { type = list(string) }
      data "external" "it" { program = var.program }`,
    );
    writeFileSync(path.join(workspace, "no-shebang"), "echo {}\n", { mode: 0o755 });
  });

  test("a failing program's stderr is shown, at the line of the program", () => {
    const said = plan(`["sh","-c","echo the task has failed >&2; exit 7"]`);
    expect(said).toContain("Error: External program has failed");
    expect(said).toContain("Error Message: the task has failed State: exit status 7");
    expect(said).toMatch(/in data "external" "it": \d+: data "external" "it" \{ program = var.program \}/);
  });

  test("a result that is no string is named", () => {
    expect(plan(`["echo","{\\"count\\":3}"]`)).toContain('Result Error: "count" is a number, not a string');
  });

  test("a file without a shebang is an exec format error", () => {
    expect(plan(`["./no-shebang"]`)).toContain("State: could not start: exec format error");
  });

  test("a program that does not exist is not found", () => {
    expect(plan(`["./missing"]`)).toContain("Program: ./missing Problem: no such file");
  });

  test.each(["null", "[]", "[null]"])("the program %s is refused", (program) => {
    expect(plan(program)).toContain("Error: No external program given");
  });
});

describe("an interrupt during a read", () => {
  let workspace: string;

  beforeAll(() => {
    workspace = configuration(
      "interrupt",
      `data "external" "it" {
        program = ["sh", "-c", "trap '' INT TERM HUP; touch started; while :; do sleep 0.1; done"]
      }`,
    );
  });

  /** Starts a plan as the leader of a process group, as a shell does, and waits for the program to run. */
  async function planUntilTheProgramRuns(): Promise<{
    readonly terraform: ChildProcess;
    readonly group: number;
  }> {
    const started = path.join(workspace, "started");
    rmSync(started, { force: true });
    const running = spawn(binary, ["plan", "-no-color"], {
      cwd: workspace,
      env: environment,
      detached: true,
      stdio: "ignore",
    });
    while (!existsSync(started)) await sleep(20);
    return { terraform: running, group: running.pid! };
  }

  function livingIn(group: number): string[] {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pgid=,stat=,args="], { encoding: "utf8" });
    return stdout.split("\n").filter((line) => new RegExp(`^\\s*${group}\\s+[^Z]`).test(line));
  }

  async function secondsUntilAllAreGone(group: number): Promise<number> {
    const begin = Date.now();
    while (livingIn(group).length > 0 && Date.now() - begin < 5000) await sleep(50);
    return (Date.now() - begin) / 1000;
  }

  test("SIGINT for the whole group, as Ctrl-C sends it, leaves nothing running", async () => {
    const { terraform, group } = await planUntilTheProgramRuns();
    const exit = new Promise((resolve) => terraform.once("exit", resolve));
    process.kill(-group, "SIGINT");
    expect(await secondsUntilAllAreGone(group)).toBeLessThan(2);
    expect(await exit).toBe(1);
  });

  test("SIGINT for Terraform alone leaves nothing running", async () => {
    const { terraform, group } = await planUntilTheProgramRuns();
    terraform.kill("SIGINT");
    expect(await secondsUntilAllAreGone(group)).toBeLessThan(2);
  });

  test("SIGKILL for Terraform leaves nothing running", async () => {
    const { terraform, group } = await planUntilTheProgramRuns();
    terraform.kill("SIGKILL");
    expect(await secondsUntilAllAreGone(group)).toBeLessThan(2);
  });
});

test("started by hand it says in one sentence what it is, and fails", () => {
  const { status, stdout, stderr } = spawnSync(bundle, [], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^[^\n.]*test stand-in[^\n]*hashicorp\/external[^\n]*\n$/);
});

test("no temporary file is left behind", () => {
  expect(readdirSync(temporary)).toEqual([]);
});
