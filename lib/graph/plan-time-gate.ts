import { Fn } from "../framework";
import type { Construct } from "constructs";
import { type OpeningRules, problemOf, type Rule } from "./conditions";
import { DataExternal } from "./external";
import type { GatePlan, LifecycleCondition, Requirement } from "./gate-plan";
import { localOf } from "./local";
import { PlaceCheck } from "./place-check";
import { TerraformData } from "./terraform-data";
import { commandOf, fileCheck } from "./waiter-program";

/**
 * The gate that waits at plan: stamp → read → snapshot.
 *
 * The read waits for the task whenever it has to, at plan when the id is known then. The snapshot keeps the first
 * good result; whatever later plans read, they see what it kept. Its conditions decide whether the gate opens.
 */
export function planTimeGate(scope: Construct, plan: GatePlan, rules: OpeningRules): TerraformData {
  const { earlier, remembered, unlessRemembered } = stampOf(scope, plan);
  // A task whose deadline is let pass runs on, and a find may bring a newer one that runs; the result that is kept is
  // another one by then, and no later plan waits.
  const mayRun = plan.query.find === undefined ? rules.deadline : true;
  const read = new DataExternal(scope, "read", {
    program: commandOf(scope, plan.waiter),
    query: { ...plan.query, remembered, ...waitAgain(mayRun, unlessRemembered) },
  });
  const result = `${read.fqn}.result`;
  const snapshot = new TerraformData(scope, "snapshot", {
    input: `\${${result}}`,
    triggersReplace: plan.identity,
    lifecycle: {
      ignoreChanges: ["input"],
      // Only in the run that plans the task first: later a bad read changes nothing, the snapshot stands.
      precondition: [closedUnless(scope, `${plan.opens(result)} || ${earlier}`, problemOf(result))],
      postcondition: closedUnlessGood(plan),
    },
  });
  new PlaceCheck(scope, "place", {
    snapshot,
    look: result,
    // Not the condition itself, which Terraform would print beside the warning.
    earlier: `${remembered.slice(2, -1)} == "true"`,
  });
  return snapshot;
}

/** Whether later plans wait again, for a query. */
function waitAgain(deadlinePasses: Rule, unlessRemembered: string): { readonly wait?: string } {
  if (deadlinePasses === false) return {};
  return {
    wait:
      deadlinePasses === true
        ? `\${${unlessRemembered}}`
        : `\${${deadlinePasses} ? ${unlessRemembered} : "true"}`,
  };
}

/**
 * The gate that waits at plan and remembers nothing: each plan looks at the task anew, and a task that is gone
 * closes it again.
 */
export function forgetfulGate(scope: Construct, plan: GatePlan): TerraformData {
  const read = new DataExternal(scope, "read", {
    program: commandOf(scope, plan.waiter),
    query: plan.query,
  });
  return new TerraformData(scope, "snapshot", {
    input: `\${${read.fqn}.result}`,
    triggersReplace: plan.identity,
    lifecycle: { postcondition: closedUnlessGood(plan) },
  });
}

/**
 * A condition that goes through a local: beside a failed condition Terraform prints whatever it refers to, and a
 * local that is false says less than the whole problem, which follows anyway.
 */
function closedUnless(scope: Construct, condition: string, problem: string): LifecycleCondition {
  const open = localOf(scope, "open", `\${${condition}}`);
  return { condition: `\${${open}}`, errorMessage: `\${${problem}}` };
}

/** What a snapshot has to be: a bad first read that is known at plan never becomes one. */
export function closedUnlessGood(plan: GatePlan): LifecycleCondition[] {
  return goodness(plan, "self.input").map(({ condition, errorMessage }) => ({
    condition: `\${${condition}}`,
    errorMessage,
  }));
}

/** Everything that a result has to be to open the gate. */
export function goodness(plan: GatePlan, result: string): Requirement[] {
  return [
    { condition: plan.opens(result), errorMessage: `\${${problemOf(result)}}` },
    ...plan.requirements(result),
  ];
}

/** What a plan shows of the stamp, whose name alone says little. */
const ABOUT_STAMP = "when this task was planned first, by which later runs know that its result is kept";

/**
 * Tells the run that plans a task first from all later ones.
 *
 * - `id`: the stamp's own, which no other state has and no other task of this one
 * - `earlier`: a condition that is true in later runs, to the second
 * - `remembered`: the same as a value for a query. Written straight into the query it would defer the read to the
 *   apply; a local in between keeps it at plan.
 * - `unlessRemembered`: the opposite, as an expression
 *
 * Everything that runs the waiter comes after it, so it is here that the waiter's file is looked at.
 */
export function stampOf(
  scope: Construct,
  { identity, waiter }: GatePlan,
): { id: string; earlier: string; remembered: string; unlessRemembered: string } {
  const stamp = new TerraformData(scope, "stamp", {
    input: { about: ABOUT_STAMP, planned_at: Fn.plantimestamp() },
    triggersReplace: identity,
    lifecycle: { ignoreChanges: ["input"], precondition: [fileCheck(waiter)] },
  });
  // In states of earlier versions the moment is all that there is.
  const earlier = `try(${stamp.fqn}.input.planned_at, ${stamp.fqn}.input) != plantimestamp()`;
  const remembered = localOf(scope, "remembered", `\${tostring(${earlier})}`);
  return {
    id: `\${${stamp.fqn}.id}`,
    earlier,
    remembered: `\${${remembered}}`,
    unlessRemembered: `tostring(${remembered} == "false")`,
  };
}
