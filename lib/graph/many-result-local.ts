import type { TerraformLocal, TerraformResource } from "../framework";
import type { Construct } from "constructs";
import { problemCodeOf } from "./conditions";
import { keptLocal } from "./local";
import type { MANY_RESULT_KEYS } from "../protocol/result";
import { readableTimes } from "./result-local";

/** A local with the typed result of a snapshot of many tasks; see {@link resultLocal}. */
export function manyResultLocal(scope: Construct, snapshot: TerraformResource): TerraformLocal {
  const of = (key: (typeof MANY_RESULT_KEYS)[number]): string => `${snapshot.fqn}.input["${key}"]`;
  const orElse = (expression: string, otherwise: string): string => `\${try(${expression}, ${otherwise})}`;
  const times = Object.entries(readableTimes((key) => `task.${key}`))
    .map(([name, time]) => `${name} = ${time}`)
    .join(", ");
  return keptLocal(scope, "value", {
    status: orElse(of("status"), '""'),
    succeeded: orElse(`${of("problem")} == ""`, "false"),
    problem: orElse(of("problem"), '""'),
    // Kept before there were codes: the statuses of the tasks tell more than that of the whole.
    problem_code: `\${try(${of("problem_code")}, ${of("problem")} == "" ? "" : "UNKNOWN", "")}`,
    task_count: orElse(`tonumber(${of("task_count")})`, "0"),
    tasks: orElse(
      `{for id, task in jsondecode(${of("tasks")}) : id => merge({problem_code = ${problemCodeOf("task")}}, task, {${times}})}`,
      "{}",
    ),
    statuses: orElse(`{for id, task in jsondecode(${of("tasks")}) : id => task.status}`, "{}"),
    failed_task_ids: orElse(`tolist(jsondecode(${of("failed_task_ids")}))`, "tolist([])"),
    resource_types: orElse(`tolist(jsondecode(${of("resource_types")}))`, "tolist([])"),
    resource_counts: orElse(`tomap(jsondecode(${of("resource_counts")}))`, "tomap({})"),
    total_count: orElse(`tonumber(${of("total_count")})`, "0"),
  });
}
