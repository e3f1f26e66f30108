import { App, LocalBackend, TerraformStack } from "cdktf";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startFakeBdrc, type FakeBdrc, type FakeBdrcOptions } from "../../lib/testing";
import type { WaitEvent } from "../../lib/protocol/event";
import type { EndToEnd } from "./e2e-setup";

/** How a Terraform command ended. */
export interface TerraformEnd {
  readonly code: number;
  /** Both streams, without colours. */
  readonly output: string;
  readonly milliseconds: number;
}

/** @throws Error with the one sentence that says why the end-to-end tests cannot run */
export function endToEnd(): EndToEnd {
  const problem = process.env["BDRC_TASK_END_TO_END_PROBLEM"];
  if (problem) throw new Error(problem);
  return JSON.parse(process.env["BDRC_TASK_END_TO_END"] ?? "") as EndToEnd;
}

/** A folder with stacks of its own, a fake BDRC service, and the real Terraform. */
export class Workspace {
  readonly folder = mkdtempSync(path.join(tmpdir(), "workspace-"));
  private readonly initialized = new Set<string>();
  private readonly running = new Set<ChildProcess>();
  private extraEnvironment: Record<string, string> = {};

  private constructor(readonly service: FakeBdrc) {}

  /** @throws Error with one sentence when there is no Terraform to run */
  static async create(options: FakeBdrcOptions = {}): Promise<Workspace> {
    // cdktf asks the same Terraform for its version while it synthesizes.
    process.env["TERRAFORM_BINARY_NAME"] = endToEnd().terraform;
    return new Workspace(await startFakeBdrc(options));
  }

  /** Ends the service and every Terraform, and removes the folder. */
  async remove(): Promise<void> {
    this.running.forEach((child) => pressKey(child, "SIGKILL"));
    await this.service.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Variables for every later command; an empty text takes one away. */
  setEnvironment(variables: Record<string, string>): void {
    this.extraEnvironment = { ...this.extraEnvironment, ...variables };
  }

  /** Synthesizes stacks into this folder, each with a state file of its own. */
  synth(stacks: Record<string, (stack: TerraformStack, app: App) => void>): void {
    const app = new App({ outdir: path.join(this.folder, "cdktf.out") });
    for (const [id, build] of Object.entries(stacks)) build(this.stack(app, id), app);
    app.synth();
  }

  /** A stack with a state file of its own in this folder. */
  stack(app: App, id: string): TerraformStack {
    const stack = new TerraformStack(app, id);
    new LocalBackend(stack, { path: path.join(this.folder, `${id}.tfstate`) });
    return stack;
  }

  /** Runs a Terraform command in a stack's folder, after `init` when that was not done yet. */
  async terraform(stack: string, ...args: string[]): Promise<TerraformEnd> {
    if (!this.initialized.has(stack)) {
      const init = await this.start(stack, ["init", "-input=false", "-no-color"]).ended;
      if (init.code !== 0) throw new Error(`terraform init failed in ${stack}:\n${init.output}`);
      this.initialized.add(stack);
    }
    return this.start(stack, args).ended;
  }

  /** Whether `init` was done in a stack's folder. */
  isInitialized(stack: string): boolean {
    return this.initialized.has(stack);
  }

  /** Starts a Terraform command and gives the process, to interrupt it, and what it has printed so far. */
  start(
    stack: string,
    args: readonly string[],
  ): { child: ChildProcess; output: () => string; ended: Promise<TerraformEnd> } {
    const { terraform, environment } = endToEnd();
    const [command = "", ...rest] = args;
    const begun = Date.now();
    const child = spawn(terraform, [command, ...flagsFor(command), ...rest], {
      cwd: path.join(this.folder, "cdktf.out", "stacks", stack),
      env: this.environment(environment),
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that a test can press Ctrl-C for all of it.
      detached: true,
    });
    this.running.add(child);
    let output = "";
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    child.stderr.on("data", (chunk) => (output += String(chunk)));
    const ended = new Promise<TerraformEnd>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        this.running.delete(child);
        resolve({ code: code ?? -1, output, milliseconds: Date.now() - begun });
      });
    });
    return { child, output: () => output, ended };
  }

  /** The environment of every command: this process's, the provider's, the service's keys. */
  environment(provider: Readonly<Record<string, string>> = endToEnd().environment): NodeJS.ProcessEnv {
    const merged: NodeJS.ProcessEnv = {
      ...process.env,
      ...provider,
      ...this.service.environment,
      BDRC_TASK_EVENTS: path.join(this.folder, "events.ndjson"),
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
      HOME: this.folder,
      ...this.extraEnvironment,
    };
    return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ""));
  }

  /** The outputs of a stack as they stand in its state. */
  outputs(stack: string): Record<string, unknown> {
    const state = this.state(stack);
    return Object.fromEntries(Object.entries(state.outputs).map(([name, { value }]) => [name, value]));
  }

  /** The addresses of everything managed that stands in a stack's state. */
  resources(stack: string): string[] {
    return this.state(stack)
      .resources.filter(({ mode, instances }) => mode === "managed" && instances.length > 0)
      .map(({ type, name }) => `${type}.${name}`)
      .sort();
  }

  /** The addresses of everything tainted in a stack's state. */
  tainted(stack: string): string[] {
    return this.state(stack)
      .resources.filter(({ instances }) => instances.some(({ status }) => status === "tainted"))
      .map(({ type, name }) => `${type}.${name}`);
  }

  /** Everything that the waiters of this folder have told so far. */
  events(): WaitEvent[] {
    try {
      const text = readFileSync(path.join(this.folder, "events.ndjson"), "utf8");
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as WaitEvent);
    } catch {
      return [];
    }
  }

  private state(stack: string): {
    outputs: Record<string, { value: unknown }>;
    resources: { mode: string; type: string; name: string; instances: { status?: string }[] }[];
  } {
    try {
      return JSON.parse(readFileSync(path.join(this.folder, `${stack}.tfstate`), "utf8")) as never;
    } catch {
      return { outputs: {}, resources: [] };
    }
  }
}

/** The graph tells runs apart by plantimestamp(), which counts whole seconds. */
export const nextSecond = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1100));

/** Sends a signal to a Terraform and everything it has started, as the terminal does with Ctrl-C. */
export function pressKey(child: ChildProcess, signal: NodeJS.Signals = "SIGINT"): void {
  if (child.pid !== undefined) process.kill(-child.pid, signal);
}

function flagsFor(command: string): string[] {
  if (command === "apply" || command === "destroy") return ["-auto-approve", "-input=false", "-no-color"];
  if (command === "plan") return ["-detailed-exitcode", "-input=false", "-no-color"];
  return [];
}
