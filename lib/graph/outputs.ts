import { TerraformOutput, TerraformStack } from "../framework";
import type { Construct } from "constructs";
import { copyOf } from "./as-given";
import { BdrcTaskError, errorText } from "./errors";
import { outputProblems } from "./kept";
import { StackGuard } from "./stack-guard";

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
function defaultPrefix(scope: Construct): string {
  const ids = scope.node.scopes.map(({ node }) => node.id);
  const inStack = ids.slice(TerraformStack.of(scope).node.scopes.length);
  const around = inStack.slice(0, -1).map((id) => id.replace(/[^A-Za-z0-9_-]/g, "_"));
  return [...around, scope.node.id].join("_");
}

/**
 * Adds the outputs `<prefix>_<name>` to the stack, none of them sensitive: they are counts and words.
 *
 * They are written with these values or not at all; their description and whether they are sensitive are the user's.
 * Two outputs of one name are refused, whoever made the other: the later would silently win.
 *
 * @param outputPrefix what was asked for; see {@link defaultPrefix} when nothing was
 * @throws BdrcTaskError when the prefix cannot begin the name of an output
 */
export function addOutputs(scope: Construct, outputPrefix: string | undefined, values: OutputValues): void {
  if (Object.keys(values).length === 0) return;
  const prefix = outputPrefix ?? defaultPrefix(scope);
  if (!OUTPUT_PREFIX.test(prefix)) {
    throw new BdrcTaskError(scope, `Outputs cannot be named after ${JSON.stringify(prefix)}.`, [
      ["Expected", "letters, digits, '_' and '-', not beginning with a digit or '-'"],
      ["Next", "set outputPrefix, or outputs: false"],
    ]);
  }
  const outputs = Object.entries(values).map(([name, value]) => {
    const output = new TerraformOutput(scope, name, { value });
    output.overrideLogicalId(`${prefix}_${name}`);
    made.add(output);
    return { output, value: copyOf(value) };
  });
  const own = new Set(outputs.map(({ output }) => output));
  StackGuard.of(TerraformStack.of(scope)).add({
    owner: scope,
    problems: (written) => {
      const others = namesakes(scope, own);
      const taken = new Set(others.map((other) => other.friendlyUniqueId));
      return [
        ...clashes(scope, others),
        // Of two with one name only one is written, which is told already.
        ...outputs
          .filter(({ output }) => !taken.has(output.friendlyUniqueId))
          .flatMap(({ output, value }) => outputProblems(output, value, written)),
      ];
    },
  });
}

/** The outputs of this stack that have the name of one of these. */
function namesakes(scope: Construct, own: ReadonlySet<TerraformOutput>): TerraformOutput[] {
  const stack = TerraformStack.of(scope);
  const names = new Set([...own].map((output) => output.friendlyUniqueId));
  return stack.node
    .findAll()
    .filter((node): node is TerraformOutput => TerraformOutput.isTerraformOutput(node))
    .filter((other) => !own.has(other) && other.cdktfStack === stack && names.has(other.friendlyUniqueId));
}

/** One text for each construct that makes outputs of the same names; of two tasks, one tells it. */
function clashes(scope: Construct, others: readonly TerraformOutput[]): string[] {
  const byOwner = new Map<string, string[]>();
  for (const other of others) {
    if (made.has(other) && scope.node.path > other.node.path) continue;
    const owner = made.has(other) ? (other.node.scope?.node.path ?? "") : other.node.path;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), other.friendlyUniqueId]);
  }
  return [...byOwner].map(([owner, clashing]) =>
    errorText("BAD_CONFIGURATION", `Outputs are made twice, also by ${owner}.`, [
      ["Outputs", clashing.join(", ")],
      ["Next", "give one of them another name: of a task with outputPrefix, or outputs: false"],
    ]),
  );
}
