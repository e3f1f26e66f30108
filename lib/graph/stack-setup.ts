import { Aspects, type IAspect, type ISynthesisSession, TerraformStack } from "../framework";
import type { IConstruct } from "constructs";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { ExternalProvider } from "./external";
import { refuseStrangers } from "./frameworks";

/** The oldest Terraform with plantimestamp and terraform_data; every OpenTofu (from 1.6) satisfies it, too. */
export const TERRAFORM_VERSIONS = ">= 1.5.0";

/**
 * The file beside the stack's own that says which Terraform the graph needs.
 *
 * Not in the stack's own: checkov 3 reads nothing of a Terraform JSON file with `required_version` in it, finds nothing
 * to complain about and exits 0. Terraform reads every file of the folder, and holds to each constraint.
 */
export const VERSIONS_FILE = "bdrc-task-versions.tf";

const PROVIDER_ID = "bdrc-task-external";

/**
 * Completes a stack that holds a BDRC task, once, at synth: a provider for `external` when the stack has none, and
 * the Terraform version that the graph needs.
 *
 * At synth and not before, since the user may add a provider after the task; two default ones are refused.
 */
export function completeStack(stack: TerraformStack): void {
  const aspects = Aspects.of(stack);
  if (aspects.all.some((aspect) => aspect instanceof StackSetup)) return;
  aspects.add(new StackSetup(stack));
  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize: (session) => {
      synthesizer.synthesize(session);
      writeVersions(stack, session);
    },
  };
}

class StackSetup implements IAspect {
  constructor(private readonly stack: TerraformStack) {}

  visit(node: IConstruct): void {
    if (node !== this.stack) return;
    // A test of a single stack comes along here only.
    refuseStrangers(this.stack);
    const own = this.stack.allProviders().filter((provider) => TerraformStack.of(provider) === this.stack);
    if (!own.some((provider) => provider.terraformResourceType === "external")) {
      new ExternalProvider(this.stack, PROVIDER_ID);
    }
  }
}

function writeVersions(stack: TerraformStack, session: ISynthesisSession): void {
  const folder = path.join(session.outdir, session.manifest.forStack(stack).workingDirectory);
  const text = `# What the graph of a BDRC task needs.\nterraform {\n  required_version = "${TERRAFORM_VERSIONS}"\n}\n`;
  writeFileSync(path.join(folder, VERSIONS_FILE), text);
}
