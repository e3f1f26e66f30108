/** A later plan of forty tasks whose results are kept, as forty `BdrcTask` and as one `BdrcTasks`, with Terraform. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { BdrcTask, BdrcTasks } from "../../lib";
import { chooseProvider, findTerraform, type TaskScript } from "../../lib/testing";
import { standBack, startOwnService } from "../service/own-process";

/** One stack's second plan. */
export interface PlanMeasured {
  readonly name: string;
  /** Seconds of each round. */
  readonly seconds: readonly number[];
  /** Looks of all rounds, and how many of them were throttled. */
  readonly calls: number;
  readonly throttled: number;
}

/** Both stacks, whose rounds take turns. */
export interface Plans {
  readonly apart: PlanMeasured;
  readonly together: PlanMeasured;
}

/**
 * Applies both stacks, and then plans each so many times.
 *
 * @param scripts the tasks, by id; they have ended
 */
export async function measurePlans(
  scripts: Readonly<Record<string, TaskScript>>,
  rounds: number,
): Promise<Plans> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-plans-"));
  const service = await startOwnService({ tasks: scripts });
  try {
    const terraform = findTerraform(process.env);
    // cdktf asks the same Terraform for its version while it synthesizes.
    process.env["TERRAFORM_BINARY_NAME"] = terraform.command;
    const provider = await chooseProvider({ environment: process.env, folder });
    const environment = {
      ...process.env,
      ...provider.environment,
      ...service.environment,
      CHECKPOINT_DISABLE: "1",
      HOME: folder,
      TMPDIR: folder,
    };
    const taskIds = Object.keys(scripts);
    const { endpoint } = service;
    const app = new App({ outdir: path.join(folder, "cdktf.out") });
    taskIds.forEach((taskId, index) => new BdrcTask(stackOf("apart"), `task-${index}`, { taskId, endpoint }));
    new BdrcTasks(stackOf("together"), "all", { taskIds, endpoint });
    app.synth();

    const run = (stack: string, ...args: string[]): Promise<number> =>
      terraformRun(terraform.command, args, path.join(app.outdir, "stacks", stack), environment);
    for (const stack of ["apart", "together"]) {
      await run(stack, "init", "-input=false");
      await run(stack, "apply", "-auto-approve", "-input=false");
    }
    const measured = { apart: startOf(`${taskIds.length} single tasks`), together: startOf("one BdrcTasks") };
    for (let round = 0; round < rounds; round += 1) {
      for (const stack of ["apart", "together"] as const) {
        const before = (await service.calls()).length;
        measured[stack].seconds.push(await run(stack, "plan", "-input=false"));
        const calls = (await service.calls()).slice(before);
        measured[stack].calls += calls.length;
        measured[stack].throttled += calls.filter(({ code }) => code === "Throttling.User").length;
      }
    }
    return measured;

    function stackOf(id: string): TerraformStack {
      const found = app.node.tryFindChild(id);
      if (found instanceof TerraformStack) return found;
      const stack = new TerraformStack(app, id);
      new LocalBackend(stack, { path: path.join(folder, `${id}.tfstate`) });
      return stack;
    }
  } finally {
    await service.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  }
}

function startOf(name: string) {
  return { name, seconds: [] as number[], calls: 0, throttled: 0 };
}

/** Runs a command of Terraform, and gives the seconds that it took. @throws Error with its output when it fails */
function terraformRun(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const options = { cwd, env, maxBuffer: 2 ** 26 };
    const child = execFile(command, [...args, "-no-color"], options, (error, out, err) => {
      if (error) reject(new Error(`terraform ${args[0] ?? ""} failed:\n${out}${err}`));
      else resolve((performance.now() - begin) / 1000);
    });
    standBack(child);
  });
}
