import type { Attribute, Messages, Schema } from "./protocol";

/** The one data source; it is named like its provider. */
export const DATA_SOURCE = "external";

/** The provider's schema: `provider "external"` takes nothing, `data "external"` is as the real one. */
export function providerSchema(): Messages["SchemaResponse"] {
  return {
    provider: { version: 0, block: { attributes: [] } },
    dataSourceSchemas: { [DATA_SOURCE]: dataSourceSchema() },
    serverCapabilities: { getProviderSchemaOptional: true },
  };
}

function dataSourceSchema(): Schema {
  return {
    version: 0,
    block: {
      description:
        "Runs a program and takes the JSON object of strings that it prints. Test stand-in for hashicorp/external.",
      attributes: [
        attribute("id", "string", { computed: true }, "Always `-`."),
        attribute(
          "program",
          ["list", "string"],
          { required: true },
          "The program, then its arguments; no shell is used.",
        ),
        attribute(
          "query",
          ["map", "string"],
          { optional: true },
          "The JSON object that the program finds on its stdin.",
        ),
        attribute(
          "result",
          ["map", "string"],
          { computed: true },
          "The JSON object that the program printed.",
        ),
        attribute("working_dir", "string", { optional: true }, "The folder in which the program runs."),
      ],
    },
  };
}

function attribute(
  name: string,
  type: string | readonly string[],
  use: Pick<Attribute, "required" | "optional" | "computed">,
  description: string,
): Attribute {
  return { name, type: Buffer.from(JSON.stringify(type)), description, ...use };
}
