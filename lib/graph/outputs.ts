import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { BdrcTaskError, errorText } from "../errors";
import { keepOutput } from "./kept";

/** What the names of outputs can begin with. */
export const OUTPUT_PREFIX = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Names of outputs after the prefix, and what each holds. */
export type OutputValues = Readonly<Record<string, unknown>>;

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
    return output;
  });
  scope.node.addValidation({ validate: () => outputs.flatMap((output) => collisions(output)) });
}

function collisions(output: TerraformOutput): string[] {
  const name = output.friendlyUniqueId;
  const others = TerraformStack.of(output)
    .node.findAll()
    .filter((node): node is TerraformOutput => TerraformOutput.isTerraformOutput(node) && node !== output)
    .filter((other) => other.cdktfStack === output.cdktfStack && other.friendlyUniqueId === name);
  return others.map((other) =>
    errorText(`The output ${name} is made twice, also by ${other.node.path}.`, [
      ["Next", "give one of the tasks another outputPrefix, or outputs: false"],
    ]),
  );
}
