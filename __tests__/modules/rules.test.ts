import { App, TerraformStack } from "cdktf";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { acceptedWords, type OpeningRules, opens } from "../../lib/graph/conditions";
import type { Requirement } from "../../lib/graph/gate-plan";
import { type CountRange, requirementConditions, requirementsOf } from "../../lib/graph/requirements";
import { MODULE_RULES } from "../../scripts/modules/graph";
import { EXPOSED } from "../../scripts/modules/inputs";
import { Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

/** What Terraform makes of expressions, by their names. */
async function evaluate(expressions: Record<string, string>): Promise<Record<string, unknown>> {
  workspace = await Workspace.create({});
  const folder = path.join(workspace.folder, "cdktf.out", "stacks", "rules");
  mkdirSync(folder, { recursive: true });
  const output = Object.fromEntries(
    Object.entries(expressions).map(([name, value]) => [name, { value: `\${${value}}` }]),
  );
  writeFileSync(path.join(folder, "main.tf.json"), JSON.stringify({ output }));
  const applied = await workspace.terraform("rules", "apply");
  expect(applied.output).toContain("Apply complete!");
  const state = JSON.parse(readFileSync(path.join(folder, "terraform.tfstate"), "utf8")) as {
    outputs: Record<string, { value: unknown }>;
  };
  return Object.fromEntries(Object.entries(state.outputs).map(([name, { value }]) => [name, value]));
}

const STATUSES = ["COMPLETE", "FAILED", "EXPIRED", "CANCELED", "RUNNING", "ODD", "NOT_FOUND", "UNREADABLE"];
const RESULTS = [
  '{ problem = "", status = "COMPLETE" }',
  "{}",
  ...STATUSES.map((status) => `{ problem = "x", status = "${status}" }`),
];

test("what a module is told to expose opens the gate exactly where the construct's props do", async () => {
  const words = EXPOSED.filter((word) => word !== "FAILED");
  const subsets = [...Array(2 ** words.length).keys()].map((bits) =>
    words.filter((_, at) => bits & (1 << at)),
  );
  const cases = [[], ...subsets.map((subset) => ["FAILED", ...subset])];
  const asked: Record<string, string> = {};
  cases.forEach((expose, at) => {
    const rules: OpeningRules = {
      anyEnd: expose.length > 0,
      notFound: expose.includes("NOT_FOUND"),
      unreadable: expose.includes("UNREADABLE"),
      deadline: expose.includes("DEADLINE"),
    };
    const given = `toset(${JSON.stringify(expose)})`;
    const fill = (expression: string): string => expression.replaceAll("var.expose", given);
    const all = (of: OpeningRules): string =>
      fill(`[${RESULTS.map((result) => opens(result, of)).join(", ")}]`);
    asked[`construct_${at}`] = all(rules);
    asked[`module_${at}`] = all(MODULE_RULES);
    asked[`construct_words_${at}`] = JSON.stringify(acceptedWords(rules));
    asked[`module_words_${at}`] = fill(acceptedWords(MODULE_RULES).replace(/^\$\{|\}$/g, ""));
  });
  const told = await evaluate(asked);
  cases.forEach((expose, at) => {
    const verdicts = told[`module_${at}`] as boolean[];
    expect({ expose, verdicts }).toEqual({ expose, verdicts: told[`construct_${at}`] });
    expect(told[`module_words_${at}`]).toBe(told[`construct_words_${at}`]);
    // Not all of them say the same.
    expect(new Set(verdicts).size).toBe(2);
  });
});

test("what is required of a module is said in the same words, of the same results, as of the construct", async () => {
  const required: Record<string, CountRange> = {
    "ACS::OSS::Bucket": { min: 2, max: 4 },
    "ACS::ECS::Disk": { exact: 1 },
    total: { min: 3 },
  };
  const result = (buckets: number, disks: number): string =>
    `{ problem = "", total_count = "${buckets + disks}", resource_counts = jsonencode({ "ACS::OSS::Bucket" = ${buckets}, "ACS::ECS::Disk" = ${disks} }) }`;
  const results = [
    result(2, 1),
    result(1, 1),
    result(5, 2),
    result(0, 0),
    '{ problem = "x", total_count = "0", resource_counts = "{}" }',
    '{ problem = "" }',
  ];
  const filled = Object.entries(required).map(
    ([key, { min = null, max = null, exact = null }]) => [key, { min, max, exact }] as const,
  );
  const scope = new TerraformStack(new App(), "owner");
  const asked: Record<string, string> = {};
  results.forEach((of, at) => {
    const texts = (requirements: readonly Requirement[]): string =>
      `compact(concat(${requirements
        .map(
          ({ condition, errorMessage }) =>
            `[(${condition}) ? "" : "${errorMessage.replaceAll("\n", "\\n")}"]`,
        )
        .join(", ")}))`;
    asked[`construct_${at}`] = texts(requirementConditions(scope, required)(of));
    asked[`module_${at}`] = texts(requirementsOf(JSON.stringify(Object.fromEntries(filled)), "owner")(of));
  });
  const told = await evaluate(asked);
  const lines = (name: string): string[] =>
    (told[name] as string[])
      .join("\n\n")
      .split(/\n\n(?=The result)/)
      .sort();
  results.forEach((_, at) => expect(lines(`module_${at}`)).toEqual(lines(`construct_${at}`)));
  expect(told["construct_0"]).toEqual([]);
  expect(told["construct_3"]).toHaveLength(3);
});
