import { type IResolvable, TerraformStack } from "../framework";
import type { Construct, IConstruct } from "constructs";
import { checkNames, checkText } from "./check-props";
import { BdrcTaskError } from "../graph/errors";
import { checkFramework } from "../graph/frameworks";
import type { GateProps } from "./gate-props";
import { opens } from "../graph/conditions";
import type { Gate } from "../graph/gate";
import { jsonOf } from "../graph/local";
import { addOutputs, defaultPrefix } from "../graph/outputs";
import { resultLocal, shownResult } from "../graph/result-local";
import { makeGate, type Waited } from "./make-gate";
import { startProblem } from "../protocol/start";
import { taskIdProblem } from "../protocol/task-id";
import type { StartTask } from "./start-task";
import { RemoteBdrcTask, type RemoteBdrcTaskProps } from "./remote-bdrc-task";
import { BdrcTaskResult, type IBdrcTaskResult } from "./task-result";

/** What a {@link BdrcTask} is made of. */
export interface BdrcTaskProps extends GateProps {
  /**
   * The task to wait for, such as `t-0004d9ctt1iiabcdefgh`; may be a token. A new id is a new wait.
   * @default - none; then `start` is required
   */
  readonly taskId?: string;
  /**
   * The task to start at apply and to wait for, with {@link WaitAt.APPLY}. Its id and its result are kept; another
   * operation or other {@link triggers} start another one.
   * @default - none; then `taskId` is required
   */
  readonly start?: StartTask;
  /**
   * Values of your own whose change starts the task anew, such as a version or a date.
   * @default - it is started once
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

  /**
   * @param scope the stack, or a construct in it
   * @param id the name within the scope; see `outputPrefix` for the names of the outputs
   * @param props the task, where BDRC is, and what the gate does
   * @throws BdrcTaskError when a prop is wrong; the text names the prop, its value and what is allowed
   */
  constructor(scope: Construct, id: string, props: BdrcTaskProps) {
    super(scope, id);
    checkFramework(this);
    checkNames(this, props, ["taskId", "start", "triggers"]);
    const { result, local, behind } = makeGate(this, props, {
      ...waitedTask(this, props),
      opens,
      typed: resultLocal,
    });
    this.behind = behind;
    this.result = result;
    if (props.outputs ?? true) {
      addOutputs(this, props.outputPrefix ?? defaultPrefix(this), {
        resource_counts: this.counts,
        total_count: this.totalCount,
        status: this.status,
        task_id: this.taskId,
        result: shownResult(local),
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
    this.behind.addStack(stack);
  }
}

/** What a task adds to the query: its id, or the request that starts it. */
function waitedTask(task: BdrcTask, props: BdrcTaskProps): Pick<Waited, "exists" | "query" | "identity"> {
  const { taskId, start, triggers } = props;
  if (start === undefined) {
    checkText(task, "taskId", taskId, taskIdProblem, "an id such as t-0004d9ctt1iiabcdefgh, or start");
    if (triggers !== undefined) {
      throw new BdrcTaskError(task, "triggers does nothing without start.", [
        ["Next", "leave triggers out, or start a task; a new taskId is a new wait by itself"],
      ]);
    }
    return { exists: true, query: { task_id: taskId }, identity: [taskId] };
  }
  if (taskId !== undefined) {
    throw new BdrcTaskError(task, "Both taskId and start are given.", [["Expected", "exactly one of them"]]);
  }
  const wrong =
    typeof start === "object" ? startProblem(String(start.action), start.form ?? {}) : "it is none";
  if (wrong !== undefined) {
    throw new BdrcTaskError(task, `start is no task that can be started: ${wrong}.`, [
      ["Expected", "StartTask.updateResources(…), .checkRules(…) or .precheckResourceCount(…)"],
    ]);
  }
  const odd = Object.entries(triggers ?? {}).find(([, value]) => typeof value !== "string");
  if (odd) {
    throw new BdrcTaskError(task, `triggers has ${odd[0]}: ${JSON.stringify(odd[1])}.`, [
      ["Expected", "texts, or tokens of texts"],
    ]);
  }
  const { action, form } = start;
  const request = jsonOf(task, "request", { action, form, triggers: triggers ?? {} });
  // The name of a construct in its stack, which keeps the receipts of several tasks apart.
  const receipt = TerraformStack.of(task)
    .getLogicalId(task.node)
    .replace(/[^\w-]/g, "_");
  return { exists: false, query: { start: request, receipt }, identity: [request] };
}
