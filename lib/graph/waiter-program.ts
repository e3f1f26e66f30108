import { Token } from "../framework";
import type { Construct } from "constructs";
import { errorText } from "./errors";
import type { LifecycleCondition, WaiterProgram } from "./gate-plan";
import { localOf } from "./local";

/** What runs the waiter when nothing else is said: Node.js, looked for on PATH where Terraform runs. */
export const DEFAULT_PROGRAM: readonly string[] = ["node"];

/**
 * The whole command of the waiter, as `data.external` takes it; asked for once in a scope.
 *
 * A list that only Terraform knows is added to there, by way of a local: cdktf would take the path's template for text.
 */
export function commandOf(scope: Construct, { program, file }: WaiterProgram): readonly string[] | string {
  if (!Token.isUnresolved(program)) return [...program, file];
  return `\${concat(${localOf(scope, "program", program)}, ["${file}"])}`;
}

/**
 * Refuses, at plan, to run a waiter that is not the one that was made with the graph: a folder that was copied without
 * its files is common where runs are remote, and Node.js would say it with a stack trace.
 */
export function fileCheck({ file, digest }: WaiterProgram): LifecycleCondition {
  return {
    condition: `\${try(filesha256("${file}") == ${digest}, false)}`,
    errorMessage: errorText(
      "NO_WAITER",
      "The waiter's file is missing, or is not the one that belongs here.",
      [
        ["File", file],
        ["Reason", "only a part of the folder was copied, or something changed the file since"],
        ["Next", "copy the whole folder once more, with everything in it"],
      ],
    ),
  };
}
