import type { IResolvable, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { checkNames, checkText } from "./check-props";
import type { GateProps } from "./gate-props";
import { opens } from "./graph/conditions";
import type { Gate } from "./graph/gate";
import { addOutputs } from "./graph/outputs";
import { resultLocal } from "./graph/result-local";
import { checkFramework, makeGate } from "./make-gate";
import { taskIdProblem } from "./protocol/task-id";
import { RemoteBdrcTask, type RemoteBdrcTaskProps } from "./remote-bdrc-task";
import { BdrcTaskResult, type IBdrcTaskResult } from "./task-result";

/** What a {@link BdrcTask} is made of. */
export interface BdrcTaskProps extends GateProps {
  /** The task to wait for, such as `t-0004d9ctt1iiabcdefgh`; may be a token. A new id is a new wait. */
  readonly taskId: string;
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
   * @param props the remote state, and what the names of the task's outputs begin with there
   * @throws BdrcTaskError when a prop is wrong
   */
  static fromRemoteState(scope: Construct, id: string, props: RemoteBdrcTaskProps): IBdrcTaskResult {
    return new RemoteBdrcTask(scope, id, props);
  }

  protected override readonly result: IResolvable;
  private readonly behind: Gate;

  /** @throws BdrcTaskError when a prop is wrong; the text names the prop, its value and what is allowed */
  constructor(scope: Construct, id: string, props: BdrcTaskProps) {
    super(scope, id);
    checkFramework(this);
    checkNames(this, props, ["taskId"]);
    checkText(this, "taskId", props.taskId, taskIdProblem, "an id such as t-0004d9ctt1iiabcdefgh");

    const { taskId } = props;
    const { result, behind } = makeGate(this, props, {
      query: { task_id: taskId },
      identity: [taskId],
      opens,
      typed: resultLocal,
    });
    this.behind = behind;
    this.result = result;
    if (props.outputs ?? true) {
      addOutputs(this, props.outputPrefix ?? id, {
        resource_counts: this.counts,
        total_count: this.totalCount,
        status: this.status,
        task_id: this.taskId,
        result: this.result,
      });
    }
  }

  /**
   * Lets things wait for the task: resources, data sources and modules, and whole constructs with everything under
   * them, also what is added to them later.
   *
   * Only needed for what does not use a value of the task.
   *
   * @throws BdrcTaskError when a thing is in another stack, holds the task, or cannot wait
   */
  gate(...dependables: IConstruct[]): void {
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
    this.behind.addStack(stack);
  }
}
