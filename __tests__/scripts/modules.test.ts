import { readFileSync } from "node:fs";
import * as path from "node:path";
import { filesOf } from "../../scripts/modules/files";
import { graphOf, MODULES } from "../../scripts/modules/graph";
import { expressionOf } from "../../scripts/modules/hcl";

// By its name alone: its types would bring those of a browser into the whole project.
const { parse } = jest.requireActual<{ parse: (name: string, text: string) => Promise<object> }>(
  "@cdktf/hcl2json",
);

const FOLDER = path.resolve(__dirname, "..", "..", "modules");

describe.each(MODULES)("modules/%s", (name) => {
  test("is what the graph of the construct gives today", () => {
    for (const [file, text] of Object.entries(filesOf(name))) {
      if (readFileSync(path.join(FOLDER, name, file), "utf8") === text) continue;
      throw new Error(
        `modules/${name}/${file} is stale.\n\n  Next: run npm run modules and commit what it changes`,
      );
    }
  });

  test("says in HCL what the graph says in JSON, block by block, condition by condition", async () => {
    const main = readFileSync(path.join(FOLDER, name, "main.tf"), "utf8");
    const { resource, data, locals, check } = graphOf(name);
    expect(plain(await parse("main.tf", main))).toEqual(plain({ resource, data, locals, check }));
  });

  test("gives every value of the result under the name that the construct's outputs have", () => {
    const outputs = [...(filesOf(name)["outputs.tf"] ?? "").matchAll(/^output "(\w+)"/gm)].map(
      ([, output]) => output,
    );
    const { value } = graphOf(name).locals as { value: object };
    expect(outputs.sort()).toEqual([...Object.keys(value), "result"].sort());
  });
});

/** Without what the two syntaxes write differently: one block or a list of one, an address with or without a template. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [only] = value as unknown[];
    return value.length === 1 && typeof only === "object" ? plain(only) : value.map(plain);
  }
  if (typeof value === "string") return value.replace(/^\$\{([\w.]+)\}$/, "$1");
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, inner]) => [key, plain(inner)]),
  );
}

test.each([
  ["plain", '"plain"'],
  ["", '""'],
  ["${var.a}", "var.a"],
  ['${lookup(a, "}", "?")}', 'lookup(a, "}", "?")'],
  ['say "${a["b"]}"\nand $${more}', '"say \\"${a["b"]}\\"\\nand $${more}"'],
  ['${"${a}-${b}"}', '"${a}-${b}"'],
  ["${{ a = 1 }}", "{ a = 1 }"],
])("a text of Terraform's JSON is written as an expression: %j", (template, expression) => {
  expect(expressionOf(template)).toBe(expression);
});
