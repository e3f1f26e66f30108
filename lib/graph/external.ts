import { type TerraformMetaArguments, TerraformDataSource, TerraformProvider } from "../framework";
import type { Construct } from "constructs";
import { keepElement } from "./kept";

/**
 * The versions of hashicorp/external that are good for long waits: since 2.2.3 it no longer kills a program after
 * 20 minutes. A range of our own, since the published binding pins one exact version.
 */
export const EXTERNAL_VERSIONS = ">= 2.3.0, < 3.0.0";

const METADATA = { providerName: "external", providerVersionConstraint: EXTERNAL_VERSIONS };

/** What a data source `external` is made of. */
export interface DataExternalConfig extends TerraformMetaArguments {
  /** The program and its arguments, or a template of the list; empty ones would be dropped by the provider. */
  readonly program: readonly string[] | string;
  /** The object of strings that the program reads from stdin. */
  readonly query: Readonly<Record<string, unknown>>;
}

/**
 * The data source `external` of hashicorp/external: runs a program and keeps the object of strings it prints.
 *
 * Part of a gate: it is written as it is made here, or not at all.
 */
export class DataExternal extends TerraformDataSource {
  constructor(
    scope: Construct,
    id: string,
    private readonly config: DataExternalConfig,
  ) {
    super(scope, id, { terraformResourceType: "external", terraformGeneratorMetadata: METADATA, ...config });
    keepElement(this);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { program: this.config.program, query: this.config.query };
  }
}

/**
 * The provider hashicorp/external, which has no configuration.
 *
 * So it is written without a block of its own, as long as nobody adds to it: of an empty one Terraform warns on each
 * plan where the stack is a child of another module.
 */
export class ExternalProvider extends TerraformProvider {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      terraformResourceType: "external",
      terraformGeneratorMetadata: METADATA,
      terraformProviderSource: "hashicorp/external",
    });
  }

  override toTerraform(): unknown {
    const { terraform, provider } = super.toTerraform() as WrittenProvider;
    const isEmpty = Object.values(provider)
      .flat()
      .every((block) => Object.keys(block).length === 0);
    return isEmpty ? { terraform } : { terraform, provider };
  }
}

interface WrittenProvider {
  readonly terraform: unknown;
  readonly provider: Readonly<Record<string, readonly object[]>>;
}
