import { Fn, type LocalExecProvisioner } from "cdktf";
import type { Construct } from "constructs";
import { ENVIRONMENT } from "../protocol/environment";
import { hopelessStatuses, isEnded, list, openingStatuses, type OpeningRules } from "./conditions";
import { DataExternal } from "./external";
import type { GatePlan } from "./gate-plan";
import { closedUnless, closedUnlessGood, stampOf } from "./plan-time-gate";
import { TerraformData } from "./terraform-data";
import { waiterAsset } from "./waiter-asset";

/**
 * The gate that waits at apply: peek → wait → read → snapshot.
 *
 * The peek looks once, at plan, so that a task that has ended badly stops the plan and the result of one that has
 * ended well is known to it. The wait runs the waiter where Terraform shows its output; a wait that did not see the
 * task's end is tainted, and made again by the next apply. The read looks once after it.
 */
export function applyTimeGate(scope: Construct, plan: GatePlan, rules: OpeningRules): TerraformData {
  const program = ["node", waiterAsset(scope).path];
  const { remembered } = stampOf(scope, plan.identity);
  const once = { ...plan.query, wait: "false", remembered };

  const peek = plan.exists ? new DataExternal(scope, "peek", { program, query: once }) : undefined;
  const seen = peek && `${peek.fqn}.result`;
  const wait = new TerraformData(scope, "wait", {
    input: { at: Fn.plantimestamp(), ...(seen ? { seen: `\${${seen}.status}` } : {}) },
    triggersReplace: plan.identity,
    lifecycle: {
      ignoreChanges: ["input"],
      createBeforeDestroy: true,
      ...(seen ? { postcondition: [notHopeless(seen, rules)] } : {}),
    },
    provisioners: [waitProvisioner(scope, program[1] ?? "", plan, rules)],
  });
  const read = new DataExternal(scope, "read", { program, query: once, dependsOn: [wait] });

  const after = `${read.fqn}.result`;
  const made = `${wait.fqn}.input.at`;
  const opening = [...(seen ? [plan.opens(seen)] : []), plan.opens(after), `${made} != plantimestamp()`];
  return new TerraformData(scope, "snapshot", {
    input: seen ? `\${${isEnded(`${seen}.status`)} ? ${seen} : ${after}}` : `\${${after}}`,
    triggersReplace: [`\${${wait.fqn}.id}`],
    lifecycle: {
      ignoreChanges: ["input"],
      createBeforeDestroy: true,
      // Only in the run that made the wait; without it a bad read at apply would be kept.
      precondition: [
        closedUnless(scope, opening.join(" || "), `coalesce(${after}.problem, ${after}.status)`),
      ],
      postcondition: [...closedUnlessGood(plan)],
    },
  });
}

/** Refuses, at plan, a task for which waiting would change nothing. */
function notHopeless(seen: string, rules: OpeningRules): GatePlan["requirements"][number] {
  return {
    condition: `\${!contains(${list(hopelessStatuses(rules))}, self.input.seen)}`,
    errorMessage: `\${coalesce(${seen}.problem, self.input.seen)}`,
  };
}

/** Runs the waiter with its query in the environment; it prints a line whenever something changed. */
function waitProvisioner(
  scope: Construct,
  script: string,
  plan: GatePlan,
  rules: OpeningRules,
): LocalExecProvisioner {
  return {
    type: "local-exec",
    interpreter: ["node"],
    command: script,
    environment: {
      [ENVIRONMENT.query]: Fn.jsonencode(plan.query),
      [ENVIRONMENT.label]: scope.node.id,
      [ENVIRONMENT.accept]: [...openingStatuses(rules), ...(rules.deadline ? ["DEADLINE"] : [])].join(","),
    },
  };
}
