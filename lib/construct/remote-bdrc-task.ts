import {
  call,
  conditional,
  type IResolvable,
  propertyAccess,
  TerraformRemoteState,
  Token,
} from "../framework";
import type { Construct } from "constructs";
import { BdrcTaskError } from "../graph/errors";
import { checkFramework } from "../graph/frameworks";
import { keepRemoteState } from "../graph/kept";
import { NeededOutputs } from "../graph/needed-outputs";
import { OUTPUT_PREFIX } from "../graph/outputs";
import { FRAMEWORK } from "../package-name";
import { CODE_OF_STATUS } from "../protocol/problem";
import { BdrcTaskResult } from "./task-result";

/** Where the result of a task stands that another configuration waits for. */
export interface RemoteBdrcTaskProps {
  /** The state of that configuration, of any backend: a DataTerraformRemoteState… of the framework. */
  readonly state: TerraformRemoteState;
  /**
   * What the names of the task's outputs begin with there: its id, for a task within another construct such as
   * `level1_inventory`, or its own `outputPrefix`.
   * @default - the construct's id
   */
  readonly outputPrefix?: string;
}

/** Values that have an output of their own, by default, and what turns it on; all others come from the whole result. */
const OWN_OUTPUTS: Readonly<Record<string, string>> = {
  resource_counts: "resourceCounts",
  total_count: "totalCount",
  status: "status",
  task_id: "taskId",
};

/** The result of a task that another configuration waits for; see {@link BdrcTask.fromRemoteState}. */
export class RemoteBdrcTask extends BdrcTaskResult {
  private readonly state: TerraformRemoteState;
  private readonly prefix: string;
  private readonly needed: NeededOutputs;

  /** @throws BdrcTaskError when the state is none or the prefix cannot begin the name of an output */
  constructor(scope: Construct, id: string, props: RemoteBdrcTaskProps) {
    super(scope, id);
    checkFramework(this);
    const { state, outputPrefix = id } = props;
    if (!(state instanceof TerraformRemoteState)) {
      throw new BdrcTaskError(this, "state is no remote state.", [
        ["Expected", `a DataTerraformRemoteState… of ${FRAMEWORK}, such as DataTerraformRemoteStateOss`],
      ]);
    }
    if (!OUTPUT_PREFIX.test(outputPrefix)) {
      throw new BdrcTaskError(
        this,
        `outputPrefix ${JSON.stringify(outputPrefix)} begins the name of no output.`,
        [["Expected", "the prefix that the task has there: its construct id, or its outputPrefix"]],
      );
    }
    this.state = state;
    this.prefix = outputPrefix;
    keepRemoteState(this, state);
    this.needed = new NeededOutputs(this, state);
  }

  protected override attribute(name: string): IResolvable {
    const own = Object.hasOwn(OWN_OUTPUTS, name) ? OWN_OUTPUTS[name] : undefined;
    const output = `${this.prefix}_${own === undefined ? "result" : name}`;
    this.needed.add(output, own ?? "result");
    const value = this.state.get(output);
    return own === undefined ? propertyAccess(value, [name]) : value;
  }

  /** Also of a state that an earlier version of this package has written, which knew no codes. */
  override get problemCode(): string {
    return Token.asString(call("try", [this.attribute("problem_code"), this.codeByStatus()]));
  }

  private codeByStatus(): IResolvable {
    const { succeeded, status } = this;
    return conditional(succeeded, "", call("lookup", [{ ...CODE_OF_STATUS }, status, "UNKNOWN"]));
  }
}
