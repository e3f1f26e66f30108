import { DataResource, TerraformCount, type TerraformStack } from "cdktf";
import type { ChildProcess } from "node:child_process";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import * as path from "node:path";
import { BdrcTask, type BdrcTaskProps, Duration, WaitAt } from "../../../lib";
import type { WaitEvent } from "../../../lib/protocol/event";
import type { RecordedCall, TaskScript } from "../../../lib/testing";
import { Workspace } from "../../support/workspace";
import { readText } from "./read-text";
import { type Block, type Row, standing } from "./row";

export const COUNTS = { "ACS::OSS::Bucket": 3, "ACS::NAS::FileSystem": 2 };
export const DONE: TaskScript = { counts: COUNTS };
/** Runs until a test puts another script in its place. */
export const RUNNING: TaskScript = { ends: "NEVER" };
export const FAILED: TaskScript = { ends: "FAILED", errorMessage: "no access" };

/** What a test does besides running one command. */
export interface Doing {
  /** What happens once the command waits. @default - the task `t-1` ends well */
  readonly onceBlocked?: (child: ChildProcess) => void;
  /** The stack's folder in which the command runs. @default "gate" */
  readonly stack?: string;
  /** Whether a plan follows, to see whether it is clean. @default - after an apply that went well */
  readonly planAfter?: boolean;
}

/** A workspace in which scenarios play, and the rows of the table that they make. */
export class Scene {
  readonly rows: Row[] = [];

  private constructor(
    readonly workspace: Workspace,
    readonly waitAt: WaitAt,
  ) {}

  static async open(waitAt: WaitAt, tasks: Record<string, TaskScript>): Promise<Scene> {
    return new Scene(await Workspace.create({ tasks, quotaPerSecond: 0 }), waitAt);
  }

  /** Synthesizes a gate with things behind it, and one that has nothing to do with it. */
  gate(props: Partial<BdrcTaskProps> = {}): void {
    this.workspace.synth({ gate: (stack) => void this.task(stack, props) });
  }

  /** Synthesizes a gate whose task id is an attribute of another resource, unknown until that is made or changed. */
  gateOfUnknown(id: string, props: Partial<BdrcTaskProps> = {}): void {
    this.workspace.synth({
      gate: (stack) => {
        const source = new DataResource(stack, "source", { input: { id } });
        this.task(stack, { taskId: source.output.lookup("id") as string, ...props }, false);
      },
    });
  }

  /**
   * The gate inside of a stack, with a resource that is gated, one that uses a value, and one that is free.
   *
   * @param sized whether the one that uses a value is sized by it
   */
  task(
    stack: TerraformStack,
    props: Partial<BdrcTaskProps> = {},
    sized = this.waitAt === WaitAt.PLAN,
  ): BdrcTask {
    const task = new BdrcTask(stack, "inventory", {
      taskId: "t-1",
      endpoint: this.workspace.service.endpoint,
      // The longest wait for a test's release; the last look falls on it.
      timeout: Duration.seconds(4),
      // The fake service is in the process that also synthesizes, and may be slow to answer.
      maxOutage: Duration.seconds(5),
      waitAt: this.waitAt,
      ...props,
    });
    new DataResource(stack, "free", {});
    task.gate(new DataResource(stack, "gated", {}));
    if (sized) {
      new DataResource(stack, "sized", { count: TerraformCount.of(task.count("ACS::OSS::Bucket")) });
    } else {
      new DataResource(stack, "behind", { input: { total: task.totalCount } });
    }
    return task;
  }

  /** Runs a command, and makes a row of what was seen; `note` is what a reader has to know of the circumstances. */
  async observe(what: string, command: readonly string[], doing: Doing = {}): Promise<Row> {
    const { workspace } = this;
    const { onceBlocked = () => workspace.service.addTask("t-1", DONE), stack = "gate" } = doing;
    const calls = workspace.service.calls.length;
    const events = workspace.events().length;
    if (!workspace.isInitialized(stack)) await workspace.terraform(stack, "validate");
    const run = workspace.start(stack, command);

    let block: Block = "nowhere";
    let ended = false;
    const end = run.ended.finally(() => (ended = true));
    while (!ended) {
      if (block === "nowhere" && this.isWaiting(events)) {
        // A plan that is shown is over; a plan file is applied without showing it again.
        block = run.output().includes("Plan: ") || command.includes("saved.plan") ? "apply" : "plan";
        onceBlocked(run.child);
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const { code, output } = await end;
    const seen = workspace.service.calls.slice(calls);
    const state = this.standing(stack);

    const follows = doing.planAfter ?? (command[0] === "apply" && code === 0);
    const clean =
      command[0] === "plan"
        ? code === 0
        : follows
          ? (await workspace.terraform(stack, "plan")).code === 0
          : undefined;
    const row: Row = {
      what,
      command: command.filter((word) => !word.startsWith("-out=")).join(" "),
      block,
      calls: this.calls(
        command,
        seen,
        workspace.events().slice(events),
        output.includes("Interrupt received"),
      ),
      code,
      clean,
      state,
      value: this.value(stack),
      text: readText(output),
      output,
    };
    this.rows.push(row);
    return row;
  }

  /** Takes everything out of the state without touching what stands in it. */
  forget(stack = "gate"): void {
    rmSync(this.stateFile(stack), { force: true });
  }

  /** Keeps the state, to come back to it with {@link restore}. */
  keep(stack = "gate"): void {
    copyFileSync(this.stateFile(stack), `${this.stateFile(stack)}.kept`);
  }

  restore(stack = "gate"): void {
    copyFileSync(`${this.stateFile(stack)}.kept`, this.stateFile(stack));
  }

  /** What stands in a stack's state, in short. */
  standing(stack = "gate"): string {
    let text: string;
    try {
      text = readFileSync(this.stateFile(stack), "utf8");
    } catch {
      return standing({ resources: [] });
    }
    return standing(JSON.parse(text) as Parameters<typeof standing>[0]);
  }

  /** What other stacks get to see: the outputs of the gate, in short. */
  private value(stack: string): string {
    const outputs = this.workspace.outputs(stack);
    const status = outputs["inventory_status"];
    return typeof status === "string" ? `${status}, ${String(outputs["inventory_total_count"])}` : "–";
  }

  private stateFile(stack: string): string {
    return path.join(this.workspace.folder, `${stack}.tfstate`);
  }

  /**
   * How many calls the service saw. How often a wait looks, and how often a look is made again, is a matter of time:
   * then a bound; a destroy repeats nothing.
   */
  private calls(
    command: readonly string[],
    seen: readonly RecordedCall[],
    events: readonly WaitEvent[],
    interrupted: boolean,
  ): string {
    const looksAgain = events.some(
      (event) => "next_look_seconds" in event && event.next_look_seconds !== null,
    );
    // What cannot be reached, or is not there, is looked at again while the short outage of these gates lasts.
    const retries =
      command[0] !== "destroy" && seen.some(({ fault, status }) => fault === "reset" || status === 404);
    if (!looksAgain && !retries) return String(seen.length);
    const bound = interrupted || retries ? 1 : 2;
    if (seen.length < bound)
      throw new Error(`${command.join(" ")}: ${seen.length} calls, expected ${bound} at least`);
    return `≥ ${bound}`;
  }

  private isWaiting(eventsBefore: number): boolean {
    return this.workspace
      .events()
      .slice(eventsBefore)
      .some((event) => event.type === "look" && event.next_look_seconds !== null);
  }
}

/** Plays a scenario in a workspace of its own, and gives the rows that it made. */
export async function play(
  waitAt: WaitAt,
  tasks: Record<string, TaskScript>,
  scenario: (scene: Scene) => Promise<void>,
): Promise<Row[]> {
  const scene = await Scene.open(waitAt, tasks);
  try {
    await scenario(scene);
    return scene.rows;
  } finally {
    await scene.workspace.remove();
  }
}
