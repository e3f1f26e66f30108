import { Fn, TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import type { QueryKey } from "../protocol/query";
import { DataExternal } from "./external";
import { TerraformData } from "./terraform-data";
import { waiterAsset } from "./waiter-asset";

/** The query of a wait, without what the graph adds itself; values may be tokens. */
export type GateQuery = Readonly<Partial<Record<Exclude<QueryKey, "remembered" | "wait">, string>>>;

/**
 * The gate that waits at plan: stamp → read → snapshot.
 *
 * The read waits for the task whenever it has to, at plan when the id is known then. The snapshot keeps the first
 * good result; whatever later plans read, they see what it kept. Its conditions decide whether the gate opens.
 */
export function planTimeGate(scope: Construct, query: GateQuery): TerraformData {
  const taskId = query.task_id;

  // When this task was first planned; in later runs it differs from plantimestamp().
  const stamp = new TerraformData(scope, "stamp", {
    input: Fn.plantimestamp(),
    triggersReplace: [taskId],
    lifecycle: { ignoreChanges: ["input"] },
  });
  const earlier = `${stamp.fqn}.input != plantimestamp()`;

  // Written straight into the query this would defer the read to the apply; a local in between keeps it at plan.
  const remembered = new TerraformLocal(scope, "remembered", `\${tostring(${earlier})}`);
  const read = new DataExternal(scope, "read", {
    program: ["node", waiterAsset(scope).path],
    query: { ...query, remembered: remembered.asString },
  });

  const problem = `${read.fqn}.result.problem`;
  return new TerraformData(scope, "snapshot", {
    input: `\${${read.fqn}.result}`,
    triggersReplace: [taskId],
    lifecycle: {
      ignoreChanges: ["input"],
      // Only in the run that plans the task first: later a bad read changes nothing, the snapshot stands.
      precondition: [{ condition: `\${${problem} == "" || ${earlier}}`, errorMessage: `\${${problem}}` }],
      // Without this a bad first read would be kept for ever.
      postcondition: [{ condition: '${self.input.problem == ""}', errorMessage: "${self.input.problem}" }],
    },
  });
}
