import { App, TerraformStack, Token } from "../../lib/framework";
import { applyTimeGate } from "../../lib/graph/apply-time-gate";
import { type OpeningRules, opens } from "../../lib/graph/conditions";
import type { GatePlan } from "../../lib/graph/gate-plan";
import { planTimeGate } from "../../lib/graph/plan-time-gate";
import { requirementsOf } from "../../lib/graph/requirements";
import { resultLocal } from "../../lib/graph/result-local";
import type { StackBlocks } from "../../lib/graph/stack-blocks";

/** The modules that there are; each is the graph of the construct in one of its placements. */
export const MODULES = ["at-plan", "at-apply"] as const;

/** One of the modules. */
export type ModuleName = (typeof MODULES)[number];

/** The name under which the waiter's bundle stands in a module. */
export const BUNDLE = "waiter.cjs";

/** The file beside it that holds its SHA-256. */
export const DIGEST = "waiter.sha256";

/** A variable as a token, so that the graph takes it for what only Terraform knows. */
const variable = (name: string): string => Token.asString(`\${var.${name}}`);

/** Which ends open the gate, each asked of the variable. */
export const MODULE_RULES: OpeningRules = {
  anyEnd: "length(var.expose) > 0",
  notFound: 'contains(var.expose, "NOT_FOUND")',
  unreadable: 'contains(var.expose, "UNREADABLE")',
  deadline: 'contains(var.expose, "DEADLINE")',
};

/**
 * The graph of a module: that of the construct, made by the same functions, with variables for its props.
 */
export function graphOf(name: ModuleName): StackBlocks {
  const stack = new TerraformStack(new App(), name);
  const plan: GatePlan = {
    waiter: {
      program: Token.asList("${var.program}"),
      file: `\${path.module}/${BUNDLE}`,
      digest: `trimspace(file("\${path.module}/${DIGEST}"))`,
    },
    label: variable("label"),
    exists: true,
    query: {
      task_id: variable("task_id"),
      region_id: variable("region_id"),
      endpoint: variable("endpoint"),
      profile: variable("profile"),
      timeout_seconds: Token.asString("${tostring(var.timeout_seconds)}"),
      max_outage_seconds: Token.asString("${tostring(var.max_outage_seconds)}"),
    },
    identity: [variable("task_id")],
    opens: (result) => opens(result, MODULE_RULES),
    requirements: requirementsOf("var.require", "the module"),
  };
  const snapshot =
    name === "at-apply" ? applyTimeGate(stack, plan, MODULE_RULES) : planTimeGate(stack, plan, MODULE_RULES);
  resultLocal(stack, snapshot);
  // As it is written, and checked on the way: the guard of the stack holds here, too.
  return JSON.parse(JSON.stringify(stack.toTerraform())) as StackBlocks;
}
