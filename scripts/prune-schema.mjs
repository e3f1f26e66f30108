// Makes scripts/alicloud/schema.json: what `terraform providers schema -json` says, cut down to the provider block
// and the resources that scripts/alicloud/resources.json lists.
//
//   node scripts/prune-schema.mjs <providers-schema.json>
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as prettier from "prettier";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const LIST = path.join(HERE, "alicloud", "resources.json");
const SCHEMA = path.join(HERE, "alicloud", "schema.json");
const PROVIDER = "registry.terraform.io/aliyun/alicloud";

/** What is kept of every attribute and block; texts are not: they are the provider's and the bulk of the file. */
const FACTS = new Set([
  "attributes",
  "block",
  "block_types",
  "computed",
  "deprecated",
  "max_items",
  "min_items",
  "nested_type",
  "nesting_mode",
  "optional",
  "required",
  "sensitive",
  "type",
  "version",
]);

/** Objects whose keys are names that the provider gave, and no facts. */
const NAMED = new Set(["attributes", "block_types"]);

/** A part of a schema without its texts, its keys in order. */
function facts(part) {
  const kept = Object.entries(part).filter(([key]) => FACTS.has(key));
  return sorted(
    kept.map(([key, value]) => {
      if (NAMED.has(key)) return [key, sorted(Object.entries(value).map(([name, it]) => [name, facts(it)]))];
      const isPart = key !== "type" && typeof value === "object" && value !== null;
      return [key, isPart ? facts(value) : value];
    }),
  );
}

function sorted(entries) {
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The schemas of the names that are listed. */
function pick(kind, schemas, names) {
  const missing = names.filter((name) => !(name in schemas));
  if (missing.length > 0) {
    throw new Error(
      `The schema has no ${kind} ${missing.join(", ")}.\n\n` +
        `  Expected: names as the provider has them, such as ${Object.keys(schemas)[0] ?? "alicloud_hbr_vault"}\n` +
        "  Next:     correct scripts/alicloud/resources.json, or take a schema that holds them",
    );
  }
  return sorted(names.map((name) => [name, facts(schemas[name])]));
}

async function main(file) {
  if (file === undefined) {
    throw new Error(
      "No schema is named.\n\n" +
        "  Expected: node scripts/prune-schema.mjs <providers-schema.json>\n" +
        "  Next:     make that file with terraform providers schema -json; see docs/alicloud.md",
    );
  }
  const whole = JSON.parse(await readFile(file, "utf8"));
  const provider = whole.provider_schemas?.[PROVIDER];
  if (provider === undefined) {
    const found = Object.keys(whole.provider_schemas ?? {}).join(", ") || "no provider at all";
    throw new Error(`${file} does not describe ${PROVIDER}.\n\n  Found: ${found}`);
  }
  const { resources, dataSources } = JSON.parse(await readFile(LIST, "utf8"));
  // Without provider_versions: the generator would pin that one version instead of the range in cdktf.json.
  const pruned = {
    format_version: whole.format_version,
    provider_schemas: {
      [PROVIDER]: {
        provider: facts(provider.provider),
        resource_schemas: pick("resource", provider.resource_schemas ?? {}, resources),
        data_source_schemas: pick("data source", provider.data_source_schemas ?? {}, dataSources),
      },
    },
  };
  const options = { ...(await prettier.resolveConfig(SCHEMA)), parser: "json" };
  await writeFile(SCHEMA, await prettier.format(JSON.stringify(pruned), options));
  console.log(
    `${path.relative(process.cwd(), SCHEMA)}: ${resources.length + dataSources.length} resources and data sources`,
  );
}

await main(process.argv[2]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
