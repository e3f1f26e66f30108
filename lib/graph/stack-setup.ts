import { Aspects, type IAspect, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { ExternalProvider } from "./external";

/** The oldest Terraform with plantimestamp and terraform_data; every OpenTofu (from 1.6) satisfies it, too. */
export const TERRAFORM_VERSIONS = ">= 1.5.0";

const PROVIDER_ID = "bdrc-task-external";

/**
 * Completes a stack that holds a BDRC task, once, at synth: a provider for `external` when the stack has none, and
 * the Terraform version that the graph needs.
 *
 * At synth and not before, since the user may add a provider after the task; two default ones are refused.
 */
export function completeStack(stack: TerraformStack): void {
  const aspects = Aspects.of(stack);
  if (!aspects.all.some((aspect) => aspect instanceof StackSetup)) aspects.add(new StackSetup(stack));
}

class StackSetup implements IAspect {
  constructor(private readonly stack: TerraformStack) {}

  visit(node: IConstruct): void {
    if (node !== this.stack) return;
    const own = this.stack.allProviders().filter((provider) => TerraformStack.of(provider) === this.stack);
    if (!own.some((provider) => provider.terraformResourceType === "external")) {
      new ExternalProvider(this.stack, PROVIDER_ID);
    }
    this.requireVersion();
  }

  /** Adds to a constraint that the user has set, instead of taking its place. */
  private requireVersion(): void {
    const overrides = this.stack["rawOverrides"] as { terraform?: { required_version?: unknown } };
    const users = overrides.terraform?.required_version;
    const both =
      typeof users === "string" && users.trim() !== "" ? `${users}, ${TERRAFORM_VERSIONS}` : undefined;
    this.stack.addOverride("terraform.required_version", both ?? TERRAFORM_VERSIONS);
  }
}
