/**
 * Holds a synthesized stack against the checkov of PyPI: with a BDRC task in it, checkov finds as much as without.
 *
 * checkov reads nothing of a file that it does not understand, and exits 0, so only the number of its checks shows that. It is
 * installed once into a folder that git ignores; without Python or PyPI there is one line, and nothing is tested.
 */
import { App, TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { BdrcTask, BdrcTasks } from "../lib";

const VERSION = "3.3.30";
const VENV = path.resolve(__dirname, "..", ".tmp", `checkov-${VERSION}`);
/** Five minutes: PyPI can be slow. */
const INSTALL_LIMIT = 300_000;

/** What checkov says of a folder. */
interface Summary {
  readonly checks: number;
  readonly parsingErrors: number;
}

/** Checkov's command, installed when it is not there yet; undefined with the reason printed when it cannot be. */
function checkov(): string | undefined {
  const command = path.join(VENV, "bin", "checkov");
  if (existsSync(command)) return command;
  const run = (program: string, ...args: string[]): boolean =>
    spawnSync(program, args, { stdio: "ignore", timeout: INSTALL_LIMIT }).status === 0;
  if (!run("python3", "-m", "venv", VENV)) return skip("there is no python3 that can make a venv");
  if (run(path.join(VENV, "bin", "pip"), "install", "--quiet", `checkov==${VERSION}`)) return command;
  rmSync(VENV, { recursive: true, force: true });
  return skip(`pip gives no checkov ${VERSION}`);
}

function skip(why: string): undefined {
  console.log(`Skipped the check with checkov: ${why}.`);
}

class Bucket extends TerraformResource {
  constructor(scope: Construct, id: string) {
    super(scope, id, { terraformResourceType: "alicloud_oss_bucket" });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { bucket: "public", acl: "public-read" };
  }
}

function look(command: string, build: (stack: TerraformStack) => void): Summary {
  const outdir = mkdtempSync(path.join(tmpdir(), "checkov-"));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "gate");
    new Bucket(stack, "bucket");
    build(stack);
    app.synth();
    const args = ["-d", outdir, "--output", "json", "--quiet", "--compact", "--skip-download"];
    const { stdout } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26 });
    const read = JSON.parse(stdout) as unknown;
    return summaryOf((Array.isArray(read) ? read : [read]) as CheckovReport[]);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** What is of interest in checkov's report; one without checks has no `summary`. */
interface CheckovReport {
  readonly check_type?: string;
  readonly summary?: { readonly passed: number; readonly failed: number; readonly parsing_errors: number };
}

function summaryOf(reports: readonly CheckovReport[]): Summary {
  const { summary } = reports.find(({ check_type }) => check_type === "terraform_json") ?? {};
  return {
    checks: (summary?.passed ?? 0) + (summary?.failed ?? 0),
    parsingErrors: summary?.parsing_errors ?? 0,
  };
}

const command = checkov();
if (command !== undefined) {
  const bare = look(command, () => undefined);
  const gated = look(command, (stack) => {
    new BdrcTask(stack, "inventory", { regionId: "cn-shanghai", taskId: "t-1" });
    new BdrcTasks(stack, "all", { regionId: "cn-shanghai", taskIds: ["t-1", "t-2"] });
  });
  const told = `${bare.checks} without a BDRC task, ${gated.checks} with one`;
  const good = bare.checks > 0 && gated.checks >= bare.checks && gated.parsingErrors === 0;
  console.log(
    `checkov ${VERSION} made these checks: ${told}; ${gated.parsingErrors} files it could not read.`,
  );
  if (!good) console.log("Expected: as many with one, and no file that it could not read.");
  process.exitCode = good ? 0 : 1;
}
