import { type IResolvable, type TerraformLocal, TerraformStack } from "../framework";
import type { Construct } from "constructs";
import { modesOf, programOf, queryOf } from "./check-props";
import { BdrcTaskError } from "../graph/errors";
import { type GateProps, WaitAt } from "./gate-props";
import { applyTimeGate } from "../graph/apply-time-gate";
import type { OpeningRules } from "../graph/conditions";
import { warnOfCounts } from "../graph/count-warning";
import { Gate } from "../graph/gate";
import type { GatePlan, GateQuery } from "../graph/gate-plan";
import { forgetfulGate, planTimeGate } from "../graph/plan-time-gate";
import { requirementConditions } from "../graph/requirements";
import { completeStack } from "../graph/stack-setup";
import type { TerraformData } from "../graph/terraform-data";
import { waiterAsset } from "../graph/waiter-asset";

/** What is waited for: one task or many. */
export interface Waited {
  /** Whether the task is there before the apply; one that is started then is not, and is waited for at apply only. */
  readonly exists: boolean;
  /** What it adds to the query. */
  readonly query: GateQuery;
  /** Values whose change is a new wait. */
  readonly identity: readonly unknown[];
  /** The condition under which a result opens the gate; see {@link GatePlan.opens}. */
  readonly opens: (result: string, rules: OpeningRules) => string;
  /** Makes the local with the typed result of a snapshot. */
  readonly typed: (scope: Construct, snapshot: TerraformData) => TerraformLocal;
}

/** A gate in its stack: the typed result, and what stands behind it. */
export interface MadeGate {
  readonly result: IResolvable;
  /** The local that the result is a reference to. */
  readonly local: TerraformLocal;
  readonly behind: Gate;
}

/**
 * Checks the props of a gate and makes its graph.
 *
 * @throws BdrcTaskError when a prop is wrong; the text names the prop, its value and what is allowed
 */
export function makeGate(scope: Construct, props: GateProps, waited: Waited): MadeGate {
  const query = { ...waited.query, ...queryOf(scope, props) };
  const { waitAt, remember, rules } = modesOf(scope, props);
  if (!waited.exists && waitAt !== WaitAt.APPLY) {
    throw new BdrcTaskError(scope, "start does not go with WaitAt.PLAN.", [
      ["Reason", "a plan changes nothing, so it starts no task"],
      ["Next", "set waitAt: WaitAt.APPLY"],
    ]);
  }
  const plan: GatePlan = {
    waiter: { program: programOf(scope, props.program), ...waiterAsset(scope) },
    label: scope.node.id,
    exists: waited.exists,
    query,
    identity: waited.identity,
    opens: (result) => waited.opens(result, rules),
    requirements: requirementConditions(scope, props.require === undefined ? {} : props.require),
  };
  completeStack(TerraformStack.of(scope));
  const snapshot =
    waitAt === WaitAt.APPLY
      ? applyTimeGate(scope, plan, rules)
      : remember
        ? planTimeGate(scope, plan, rules)
        : forgetfulGate(scope, plan);
  const local = waited.typed(scope, snapshot);
  if (waitAt === WaitAt.APPLY) warnOfCounts(scope, local);
  return { result: local.expression as IResolvable, local, behind: new Gate(scope, snapshot) };
}
