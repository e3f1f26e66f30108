import { type TerraformMetaArguments, TerraformResource } from "../framework";
import type { Construct } from "constructs";
import { keepElement } from "./kept";

/** What a `terraform_data` is made of. */
export interface TerraformDataConfig extends TerraformMetaArguments {
  /** The value that is kept; any type. */
  readonly input: unknown;
  /** Values whose change replaces the resource. @default - it is never replaced */
  readonly triggersReplace?: readonly unknown[];
}

/**
 * The built-in resource `terraform_data`, which keeps a value in state.
 *
 * Part of a gate: it is written as it is made here, or not at all. cdktf's own class for it (DataResource) writes a
 * list of triggers as an object and a number token as `{}`.
 */
export class TerraformData extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly config: TerraformDataConfig,
  ) {
    super(scope, id, {
      terraformResourceType: "terraform_data",
      // The built-in provider: it needs no entry in required_providers.
      terraformGeneratorMetadata: { providerName: "terraform" },
      ...config,
    });
    keepElement(this);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { input, triggersReplace } = this.config;
    return { input, ...(triggersReplace ? { triggers_replace: triggersReplace } : {}) };
  }
}
