import { type IResolvable, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { BdrcTaskError } from "./errors";
import { Gate } from "./graph/gate";
import { addOutputs } from "./graph/outputs";
import { planTimeGate } from "./graph/plan-time-gate";
import { resultLocal } from "./graph/result-local";
import { completeStack } from "./graph/stack-setup";
import { type BdrcTaskProps, queryOfProps } from "./task-props";
import { BdrcTaskResult } from "./task-result";

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
  protected override readonly result: IResolvable;
  private readonly behind: Gate;

  /** @throws BdrcTaskError when a prop is wrong; the text names the prop, its value and what is allowed */
  constructor(scope: Construct, id: string, props: BdrcTaskProps) {
    super(scope, id);
    checkFramework(this);
    const query = queryOfProps(this, props);

    const snapshot = planTimeGate(this, query);
    this.behind = new Gate(this, snapshot);
    this.result = resultLocal(this, snapshot).expression as IResolvable;
    if (props.outputs ?? true) {
      addOutputs(this, props.outputPrefix ?? id, {
        resource_counts: this.counts,
        total_count: this.totalCount,
        status: this.status,
        task_id: this.taskId,
      });
    }
    completeStack(TerraformStack.of(this));
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
}

/** Two frameworks in one tree fail deep inside of synth; this says it where it can be understood. */
function checkFramework(task: BdrcTask): void {
  if ((TerraformStack.of(task) as unknown) instanceof TerraformStack) return;
  throw new BdrcTaskError(
    task,
    "This stack is made by another framework than the one this package was built on.",
    [
      ["Reason", "cdktf and cdktn, or two copies of one of them, do not mix in one app"],
      ["Next", 'with cdktn, alias it in package.json: "cdktf": "npm:cdktn@0.24"; else run npm dedupe'],
    ],
  );
}
