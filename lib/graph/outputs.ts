import { TerraformOutput, TerraformStack } from "../framework";
import type { Construct } from "constructs";
import { BdrcTaskError, errorText } from "./errors";
import { keepOutput } from "./kept";

/** What the names of outputs can begin with. */
export const OUTPUT_PREFIX = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Names of outputs after the prefix, and what each holds. */
export type OutputValues = Readonly<Record<string, unknown>>;

/** Outputs that were made here, so that one clash of two tasks is one message. */
const made = new WeakSet<TerraformOutput>();

/**
 * What the outputs of a construct begin with when nothing else is said: its id, and within other constructs their ids
 * before it, so that a construct of one's own can be used more than once.
 */
export function defaultPrefix(scope: Construct): string {
  const ids = scope.node.scopes.map(({ node }) => node.id);
  const inStack = ids.slice(TerraformStack.of(scope).node.scopes.length);
  const around = inStack.slice(0, -1).map((id) => id.replace(/[^A-Za-z0-9_-]/g, "_"));
  return [...around, scope.node.id].join("_");
}

/**
 * Adds the outputs `<prefix>_<name>` to the stack, none of them sensitive: they are counts and words.
 *
 * A check at synth refuses two outputs of one name, whoever made the other: the later would silently win.
 *
 * @throws BdrcTaskError when the prefix cannot begin the name of an output
 */
export function addOutputs(scope: Construct, prefix: string, values: OutputValues): void {
  if (!OUTPUT_PREFIX.test(prefix)) {
    throw new BdrcTaskError(scope, `Outputs cannot be named after ${JSON.stringify(prefix)}.`, [
      ["Expected", "letters, digits, '_' and '-', not beginning with a digit or '-'"],
      ["Next", "set outputPrefix, or outputs: false"],
    ]);
  }
  const outputs = Object.entries(values).map(([name, value]) => {
    const output = new TerraformOutput(scope, name, { value });
    output.overrideLogicalId(`${prefix}_${name}`);
    keepOutput(output, value);
    made.add(output);
    return output;
  });
  scope.node.addValidation({ validate: () => collisions(scope, outputs) });
}

function collisions(scope: Construct, outputs: readonly TerraformOutput[]): string[] {
  const stack = TerraformStack.of(scope);
  const names = outputs.map((output) => output.friendlyUniqueId);
  const others = stack.node
    .findAll()
    .filter((node): node is TerraformOutput => TerraformOutput.isTerraformOutput(node))
    .filter((other) => !outputs.includes(other) && names.includes(other.friendlyUniqueId))
    .filter((other) => other.cdktfStack === stack)
    // Of two tasks, one tells it.
    .filter((other) => !made.has(other) || scope.node.path < other.node.path);
  const byOwner = new Map<string, string[]>();
  for (const other of others) {
    const owner = made.has(other) ? (other.node.scope?.node.path ?? "") : other.node.path;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), other.friendlyUniqueId]);
  }
  return [...byOwner].map(([owner, clashing]) =>
    errorText(`Outputs are made twice, also by ${owner}.`, [
      ["Outputs", clashing.join(", ")],
      ["Next", "give one of them another name: of a task with outputPrefix, or outputs: false"],
    ]),
  );
}
