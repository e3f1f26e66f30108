import type { IResolvable, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { checkNames } from "./check-props";
import type { Duration } from "./duration";
import type { FindTask } from "./find-task";
import { BdrcTaskError } from "../graph/errors";
import { type GateProps, WaitAt } from "./gate-props";
import { isStarted, opens } from "../graph/conditions";
import type { Gate } from "../graph/gate";
import { addOutputs, defaultPrefix } from "../graph/outputs";
import { resultLocal, shownResult } from "../graph/result-local";
import { checkFramework, makeGate } from "./make-gate";
import type { StartTask } from "./start-task";
import { RemoteBdrcTask, type RemoteBdrcTaskProps } from "./remote-bdrc-task";
import { BdrcTaskResult, type IBdrcTaskResult } from "./task-result";
import { isStartOnly, waitedTask } from "./waited-task";

/** What a {@link BdrcTask} is made of. */
export interface BdrcTaskProps extends GateProps {
  /**
   * The task to wait for, such as `t-0004d9ctt1iiabcdefgh`; may be a token. A new id is a new wait.
   * @default - none; then `find` or `start` is required
   */
  readonly taskId?: string;
  /**
   * A task that BDRC knows already and whose id nobody knows; nothing is started. The one that was found is kept with
   * its result, whatever is newer later; another {@link FindTask} or other {@link triggers} look again. When there is
   * none the gate stays closed, with a text that says what was found instead.
   * @default - none; then `taskId` or `start` is required
   */
  readonly find?: FindTask;
  /**
   * The task to start at apply and to wait for, with {@link WaitAt.APPLY}. Its id and its result are kept; another
   * operation or other {@link triggers} start another one.
   * @default - none; then `taskId` or `find` is required
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

  protected override readonly result: IResolvable;
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
    checkNames(this, props, ["taskId", "find", "start", "reuse", "wait", "triggers"]);
    this.isStartOnly = isStartOnly(this, props);
    const { result, local, behind } = makeGate(
      this,
      // What is not waited for needs no place to wait.
      this.isStartOnly ? { waitAt: WaitAt.APPLY, ...props } : props,
      { ...waitedTask(this, props), opens: this.isStartOnly ? isStarted : opens, typed: resultLocal },
    );
    this.behind = behind;
    this.result = result;
    if (props.outputs ?? true) {
      addOutputs(this, props.outputPrefix ?? defaultPrefix(this), {
        ...(this.isStartOnly
          ? { task_id: this.taskId }
          : {
              resource_counts: this.counts,
              total_count: this.totalCount,
              status: this.status,
              task_id: this.taskId,
              result: shownResult(local),
            }),
        ...(props.taskId === undefined ? { choice: this.choice } : {}),
      });
    }
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
   * The order holds for `cdktf deploy`, which runs the stacks; Terraform itself knows nothing across stacks.
   *
   * @throws BdrcTaskError when the stack is this task's own, or is itself waited for
   */
  gateStack(stack: TerraformStack): void {
    this.checkWaits("gateStack");
    this.behind.addStack(stack);
  }

  /** @throws BdrcTaskError when the task is not waited for, so that only its id and why it is this one are known */
  protected override checkKey(key: string): void {
    if (key !== "task_id" && key !== "choice") this.checkWaits(key);
  }

  private checkWaits(what: string): void {
    if (!this.isStartOnly) return;
    throw new BdrcTaskError(this, `${what} is not there with wait: false.`, [
      ["Reason", "the task is started and not waited for, so that only its id is known"],
      ["Next", "give its taskId to another BdrcTask, which waits for it, or leave wait out"],
    ]);
  }
}
