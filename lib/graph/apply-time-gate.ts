import { Fn, type LocalExecProvisioner, Token } from "../framework";
import type { Construct } from "constructs";
import { ENVIRONMENT } from "../protocol/environment";
import { NOT_FOUND } from "../protocol/status";
import { acceptedWords, isEnded, type OpeningRules, problemOf, statusOf } from "./conditions";
import { DataExternal } from "./external";
import type { GatePlan, LifecycleCondition } from "./gate-plan";
import { jsonOf, localOf } from "./local";
import { closedUnlessGood, goodness, stampOf } from "./plan-time-gate";
import { warnOfOrder } from "./order-warning";
import { PlaceCheck } from "./place-check";
import { TerraformData } from "./terraform-data";
import { commandOf } from "./waiter-program";

/**
 * The gate that waits at apply: peek → wait → read → snapshot.
 *
 * The peek looks once, at plan, so that a task that has ended badly stops the plan and the result of one that has
 * ended well is known to it. The wait runs the waiter where Terraform shows its output; a wait that did not see the
 * task's end is tainted, and made again by the next apply. The read looks once after it, and closes the gate before
 * the snapshot is touched: one that stands from another task stays.
 */
export function applyTimeGate(scope: Construct, plan: GatePlan, rules: OpeningRules): TerraformData {
  const program = commandOf(scope, plan.waiter);
  const stamp = stampOf(scope, plan);
  // A folder can serve several states (workspaces, backends): the receipt of a started task is that of one stamp.
  const receipt = plan.query.receipt === undefined ? {} : { receipt: `${plan.query.receipt}-${stamp.id}` };
  const query = { ...plan.query, ...receipt };
  const once = { ...query, wait: "false", remembered: stamp.remembered };

  const peek = plan.exists ? new DataExternal(scope, "peek", { program, query: once }) : undefined;
  const seen = peek && `${peek.fqn}.result`;
  // What the plan has found is what the apply waits for, although another one may be newer by then.
  const found =
    seen === undefined || query.find === undefined
      ? {}
      : { task_id: foundPart(seen, "task_id"), choice: foundPart(seen, "choice") };
  const refused = seen !== undefined && !rules.notFound && isKnownAtPlan(plan);
  const wait = new TerraformData(scope, "wait", {
    input: {
      about: ABOUT_WAIT,
      at: Fn.plantimestamp(),
      ...(refused ? { seen: `\${${statusOf(seen)}}` } : {}),
    },
    triggersReplace: plan.identity,
    lifecycle: {
      ignoreChanges: ["input"],
      createBeforeDestroy: true,
      ...(refused ? { postcondition: [isFound(seen)] } : {}),
    },
    provisioners: [waitProvisioner(scope, { ...plan, query: { ...query, ...found } }, rules)],
  });

  warnOfOrder(scope, `${wait.terraformResourceType}.${wait.friendlyUniqueId}`, plan.exists);

  // What the snapshot is made of: a task that had ended at the first look stays as it was.
  const ended = seen && localOf(scope, "ended", `\${${isEnded(statusOf(seen))}}`);
  const best = (after: string): string => (seen && ended ? `(${ended} ? ${seen} : ${after})` : after);
  const earlier = localOf(scope, "earlier", `\${${wait.fqn}.input.at != plantimestamp()}`);
  const read = new DataExternal(scope, "read", {
    program,
    query: { ...once, ...found },
    dependsOn: [wait],
    lifecycle: {
      // Only in the run that makes the wait. The snapshot asks the same, but at apply only once it stands, and what
      // is bad would then be kept.
      postcondition: goodness(plan, best("self.result")).map(({ condition, errorMessage }) => ({
        condition: `\${${condition} || ${earlier}}`,
        errorMessage,
      })),
    },
  });
  const snapshot = new TerraformData(scope, "snapshot", {
    input: `\${${best(`${read.fqn}.result`)}}`,
    triggersReplace: [`\${${wait.fqn}.id}`],
    lifecycle: {
      ignoreChanges: ["input"],
      createBeforeDestroy: true,
      postcondition: closedUnlessGood(plan),
    },
  });
  new PlaceCheck(scope, "place", { snapshot, look: seen ?? `${read.fqn}.result`, earlier });
  return snapshot;
}

/** What a plan shows of the wait, beside the task in its triggers. */
const ABOUT_WAIT = "waits for the task during the apply; made again when it did not see the task's end";

/** Refuses, at plan, a task that BDRC does not know: a wrong id should not wait for the apply to be seen. */
function isFound(seen: string): LifecycleCondition {
  return {
    condition: `\${self.input.seen != "${NOT_FOUND}"}`,
    errorMessage: `\${coalesce(${problemOf(seen)}, self.input.seen)}`,
  };
}

/**
 * Whether everything that is asked is known when a plan is made. Where it may not be, the task may have been started
 * a moment ago by what gives its id, and BDRC may find it only during the wait.
 */
function isKnownAtPlan(plan: GatePlan): boolean {
  return !Object.values(plan.query).some((value) => Token.isUnresolved(value) || value.includes("${"));
}

/** A part of what a peek has found; empty when it has found nothing. */
function foundPart(seen: string, key: "task_id" | "choice"): string {
  return `\${lookup(${seen}, "${key}", "")}`;
}

/** Runs the waiter with its query in the environment; it prints a line whenever something changed. */
function waitProvisioner(scope: Construct, plan: GatePlan, rules: OpeningRules): LocalExecProvisioner {
  return {
    type: "local-exec",
    interpreter: [...plan.waiter.program],
    command: plan.waiter.file,
    environment: {
      [ENVIRONMENT.query]: jsonOf(scope, "query", plan.query),
      [ENVIRONMENT.label]: plan.label,
      [ENVIRONMENT.accept]: acceptedWords(rules),
    },
  };
}
