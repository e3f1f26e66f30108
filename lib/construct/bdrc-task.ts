import { type IResolvable, propertyAccess, type TerraformStack } from "../framework";
import type { Construct, IConstruct } from "constructs";
import { checkNames } from "./check-props";
import { chosenOutputs, type OfferedOutput } from "./choose-outputs";
import type { Duration } from "./duration";
import type { FindTask } from "./find-task";
import { BdrcTaskError } from "../graph/errors";
import { checkFramework } from "../graph/frameworks";
import { type GateProps, WaitAt } from "./gate-props";
import { isStarted, opens } from "../graph/conditions";
import type { Gate } from "../graph/gate";
import { addMovedFrom } from "../graph/moved-from";
import { addOutputs } from "../graph/outputs";
import { resultLocal, shownResult } from "../graph/result-local";
import { makeGate } from "./make-gate";
import type { StartTask } from "./start-task";
import { RemoteBdrcTask, type RemoteBdrcTaskProps } from "./remote-bdrc-task";
import { BdrcTaskResult, type IBdrcTaskResult } from "./task-result";
import { isStartOnly, waitedTask } from "./waited-task";

/** Which outputs of a {@link BdrcTask} its stack gets; what is not said stays as it is by default. */
export interface BdrcTaskOutputs {
  /**
   * `<prefix>_resource_counts`: how many resources of each type.
   * @default true
   */
  readonly resourceCounts?: boolean;
  /**
   * `<prefix>_total_count`: how many resources in all.
   * @default true
   */
  readonly totalCount?: boolean;
  /**
   * `<prefix>_status`: the status as the API gave it.
   * @default true
   */
  readonly status?: boolean;
  /**
   * `<prefix>_task_id`: the id of the task.
   * @default true
   */
  readonly taskId?: boolean;
  /**
   * `<prefix>_choice`: which task was taken and why; only with `find` or `start`.
   * @default true
   */
  readonly choice?: boolean;
  /**
   * `<prefix>_result`: everything as one object of some 25 lines. Other programs read it, and
   * {@link BdrcTask.fromRemoteState} takes from it what has no output of its own.
   * @default false
   */
  readonly result?: boolean;
}

/** What a {@link BdrcTask} is made of. */
export interface BdrcTaskProps extends GateProps {
  /**
   * Required unless `start` or `find` is given: the task to wait for, such as `t-0004d9ctt1iiabcdefgh`; may be a token.
   * A new id is a new wait.
   * @default - none
   */
  readonly taskId?: string;
  /**
   * Required unless `taskId` or `start` is given: a task that BDRC knows already and whose id nobody knows; nothing is
   * started. The one that was found is kept with
   * its result, whatever is newer later; another {@link FindTask} or other {@link triggers} look again. When there is
   * none the gate stays closed, with a text that says what was found instead.
   * @default - none
   */
  readonly find?: FindTask;
  /**
   * Required unless `taskId` or `find` is given: the task to start at apply and to wait for, with {@link WaitAt.APPLY}. Its id and its result are kept; another
   * operation or other {@link triggers} start another one.
   * @default - none
   */
  readonly start?: StartTask;
  /**
   * With `start`: how fresh a task of the same operation and parameters has to be to be taken instead, up to 30 days.
   * The newest one that is under way or completed within that time is taken, else one is started; the apply's output
   * says in one line which it was and why. Not for operations whose tasks cannot be told from others
   * ({@link StartTask.precheckResourceCount}, {@link StartTask.updateCrossAccounts}).
   * @default - one is started
   */
  readonly reuse?: Duration;
  /**
   * With `start`: whether the task is waited for. `false` starts it and goes on: its id is a value and an output, to be
   * waited for in another stack or repository. There is no gate then, and no other value.
   * @default true
   */
  readonly wait?: boolean;
  /**
   * Values of your own whose change starts the task anew, or finds one anew, such as a version or a date.
   * @default - it is started, or found, once
   */
  readonly triggers?: { [name: string]: string };
  /**
   * Which outputs the stack gets, named `<prefix>_…`: `false` for none, `{ result: true }` for the whole result besides
   * the others.
   * @default true: `resourceCounts`, `totalCount`, `status` and `taskId`
   */
  readonly outputs?: boolean | BdrcTaskOutputs;
}

/**
 * A task of Alibaba Cloud's Backup and Disaster Recovery Center (BDRC) as a Terraform value.
 *
 * Terraform waits for the task, stops when it did not succeed, and keeps its result: the counts are typed values
 * for this stack and for others. Whatever uses a value, or is given to {@link gate}, comes after the task.
 *
 * @example
 * const inventory = new BdrcTask(this, "inventory", { taskId: "t-0004d9ctt1iiabcdefgh", regionId: "cn-shanghai" });
 * inventory.gate(vault);
 * new TerraformOutput(this, "buckets", { value: inventory.count("ACS::OSS::Bucket") });
 */
export class BdrcTask extends BdrcTaskResult {
  /**
   * The result of a task that another configuration waits for, read from that one's state: the same typed values.
   *
   * @param scope the stack, or a construct in it
   * @param id the name within the scope
   * @param props the remote state, and what the names of the task's outputs begin with there
   * @throws BdrcTaskError when a prop is wrong
   */
  static fromRemoteState(scope: Construct, id: string, props: RemoteBdrcTaskProps): IBdrcTaskResult {
    return new RemoteBdrcTask(scope, id, props);
  }

  private readonly result: IResolvable;
  private readonly behind: Gate;
  /** Whether the task is started only, and waited for elsewhere. */
  private readonly isStartOnly: boolean;

  /**
   * @param scope the stack, or a construct in it
   * @param id the name within the scope; see `outputPrefix` for the names of the outputs
   * @param props the task, where BDRC is, and what the gate does
   * @throws BdrcTaskError when a prop is wrong; the text names the prop, its value and what is allowed
   */
  constructor(scope: Construct, id: string, props: BdrcTaskProps) {
    super(scope, id);
    checkFramework(this);
    checkNames(this, props, ["taskId", "find", "start", "reuse", "wait", "triggers", "outputs"]);
    this.isStartOnly = isStartOnly(this, props);
    const { result, local, behind } = makeGate(
      this,
      // What is not waited for needs no place to wait.
      this.isStartOnly ? { waitAt: WaitAt.APPLY, ...props } : props,
      { ...waitedTask(this, props), opens: this.isStartOnly ? isStarted : opens, typed: resultLocal },
    );
    this.behind = behind;
    this.result = result;
    const ofEnd: Omit<Record<keyof BdrcTaskOutputs, OfferedOutput>, "taskId" | "choice"> = {
      resourceCounts: { name: "resource_counts", byDefault: true, value: () => this.counts },
      totalCount: { name: "total_count", byDefault: true, value: () => this.totalCount },
      status: { name: "status", byDefault: true, value: () => this.status },
      result: {
        name: "result",
        byDefault: false,
        value: () => `\${${shownResult(`local.${local.friendlyUniqueId}`)}}`,
      },
    };
    const choice = { name: "choice", byDefault: true, value: () => this.choice };
    addOutputs(
      this,
      props.outputPrefix,
      chosenOutputs(this, props.outputs, {
        ...(this.isStartOnly ? {} : ofEnd),
        taskId: { name: "task_id", byDefault: true, value: () => this.taskId },
        ...(props.taskId === undefined ? { choice } : {}),
      }),
    );
  }

  /**
   * Lets things wait for the task: resources, data sources and modules, and whole constructs with everything under
   * them, also what is added to them later.
   *
   * Only needed for what does not use a value of the task.
   *
   * @param dependables of this task's stack
   * @throws BdrcTaskError when a thing is in another stack, holds the task, or cannot wait
   */
  gate(...dependables: IConstruct[]): void {
    this.checkWaits("gate");
    this.behind.add(dependables);
  }

  /**
   * Lets another stack wait for the task: it is deployed after this task's stack, and not at all when that fails.
   *
   * The order holds for `cdktf deploy` (or `cdktn deploy`), which runs the stacks; Terraform itself knows nothing across stacks.
   *
   * @throws BdrcTaskError when the stack is this task's own, or is itself waited for
   */
  gateStack(stack: TerraformStack): void {
    this.checkWaits("gateStack");
    this.behind.addStack(stack);
  }

  /**
   * Takes over what stands at another place in the state, as after a new id or a move into another construct: nothing
   * is waited for again, also when the task's record has expired since. The outputs' names change with the id, unless
   * `outputPrefix` says what they begin with.
   *
   * Leave it in until each state has been applied once.
   *
   * @param places where it stood, the oldest first: an id in the same scope (`inventory`), a path as that of a file
   *   (`../inventory`, or `/level1/inventory` from the stack), or the address of a module of this package (`module.inventory`)
   * @throws BdrcTaskError when a place cannot be one, or is named in a second call; at synth when something is still there
   */
  movedFrom(...places: string[]): void {
    addMovedFrom(this, places);
  }

  protected override attribute(name: string): IResolvable {
    if (name !== "task_id" && name !== "choice") this.checkWaits(name);
    return propertyAccess(this.result, [name]);
  }

  /** @throws BdrcTaskError when the task is not waited for, so that only its id and why it is this one are known */
  private checkWaits(what: string): void {
    if (!this.isStartOnly) return;
    throw new BdrcTaskError(this, `${what} is not there with wait: false.`, [
      ["Reason", "the task is started and not waited for, so that only its id is known"],
      ["Next", "give its taskId to another BdrcTask, which waits for it, or leave wait out"],
    ]);
  }
}
