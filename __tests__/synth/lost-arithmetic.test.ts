import { App, DataResource, TerraformOutput, TerraformStack, Testing } from "cdktf";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { BdrcTask } from "../../lib";
import { lostArithmetic, placeOfCaller } from "../../lib/construct/lost-arithmetic";
import { lostNumbers } from "../../lib/graph/lost-numbers";
import { task } from "../support/synth";

describe("a line that computes with a value", () => {
  /** What is found in a line; the member is where it says `count` or `totalCount` first. */
  const find = (line: string): string | undefined => {
    const { index = 0, 0: member } = /\b(?:count|totalCount|succeeded|status)\b/.exec(
      line,
    ) as RegExpExecArray;
    return lostArithmetic(line, index + 1, member);
  };

  test.each([
    ['if (task.count("ACS::OSS::Bucket") > 0) {', 'task.count("ACS::OSS::Bucket") > 0'],
    ["const n = this.inventory.totalCount + 1;", "this.inventory.totalCount + 1"],
    ["new X(this, 'x', { size: t.totalCount * 2 });", "t.totalCount * 2"],
    ["const half = all.task(id).totalCount / 2;", "all.task(id).totalCount / 2"],
    ["for (let i = 0; i < task.totalCount; i++) {", "< task.totalCount"],
    ["while (1 <= t.totalCount) {", "<= t.totalCount"],
    ["const n = 5 - t.totalCount;", "5 - t.totalCount"],
    ["const n = m - t.totalCount;", "- t.totalCount"],
    ['if (task.count("a) > (b::c")) return;', 'if (task.count("a) > (b::c"))'],
    ["if (!t.succeeded) return;", "!t.succeeded"],
    ['if (task.status === "COMPLETE") {', "task.status ==="],
    ["const n = t.totalCount || 1;", "t.totalCount || 1"],
    ["const n = t.totalCount ? 1 : 0;", "t.totalCount ? 1"],
    ["const n = Math.max(1, t.totalCount);", "Math.max(1, t.totalCount"],
    ["Array.from({ length: t.totalCount }, f);", "Array.from({ length: t.totalCount"],
    ["const n=e.totalCount>0?1:2", "e.totalCount>0"],
  ])("%s", (line, code) => {
    expect(find(line)?.replace(/\s/g, "")).toBe(code.replace(/\s/g, ""));
  });

  test.each([
    'const slots = TerraformCount.of(inventory.count("ACS::OSS::Bucket"));',
    "new TerraformOutput(this, 'n', { value: Op.gte(t.totalCount, 1) });",
    "const text = `found ${t.totalCount} of ${t.totalCount}-x`;",
    'const text = "found " + t.totalCount + " buckets";',
    "const get = () => t.totalCount;",
    "const both = [t.totalCount, -1];",
    "const n = wanted ? t.totalCount : 0;",
    "const n = t.totalCount; // > 0",
    "const n = t.totalCount /* > 0 */;",
    "const n = /* all */ t.totalCount;",
    'const n = t.count(  // "a"',
    "const n = totalCount > 0;",
    "count: Fn.conditional(t.succeeded, 0, 1) as unknown as number,",
    "const n = t?.totalCount;",
    "const n = <number>t.totalCount;",
  ])("is told from one that hands it on: %s", (line) => {
    expect(find(line)).toBeUndefined();
  });
});

test.each([
  ["Error\n    at f (/app/main.ts:12:15)", { file: "/app/main.ts", line: 12, column: 15 }],
  ["Error\n    at file:///app/main.mjs:3:4", { file: "/app/main.mjs", line: 3, column: 4 }],
  [
    "Error\n    at new A (/app/a b.ts:1:2)\n    at /app/c.ts:3:4",
    { file: "/app/a b.ts", line: 1, column: 2 },
  ],
  ["Error\n    at f (/app/node_modules/x/y.js:1:1)\n    at g (/app/main.ts:1:1)", undefined],
  ["Error\n    at f (node:internal/x:1:1)", undefined],
  ["Error", undefined],
])("of the stack %j the program of the user is read, and no package", (stack, place) => {
  expect(placeOfCaller(stack)).toEqual(place);
});

describe("a program", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "arithmetic-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is warned of the line in which it computes with a value, once and with what to write", () => {
    const file = path.join(folder, "app.cjs");
    const lines = [
      "module.exports = (task) => {",
      '  for (const _ of [1, 2]) if (task.count("ACS::OSS::Bucket") > 0) throw new Error("never");',
      "  return [task.totalCount + 1, task.totalCount];",
      "};",
    ];
    writeFileSync(file, lines.join("\n"));
    const stack = new TerraformStack(Testing.app(), "gate");
    const inventory = task(stack);
    jest.requireActual<(of: BdrcTask) => unknown>(file)(inventory);
    const told = inventory.node.metadata.map(({ data }) => String(data));
    expect(told).toHaveLength(2);
    expect(told[0]).toContain(
      'app.cjs:2 computes with a value that only the plan knows: task.count("ACS::OSS::Bucket") > 0. ',
    );
    expect(told[1]).toContain(
      "app.cjs:3 computes with a value that only the plan knows: task.totalCount + 1. ",
    );
    expect(told[1]).toContain("Op.add(");
  });
});

describe("what is left of a number", () => {
  const token = -1.8881545897087616e289;

  test.each<[string, unknown, string[]]>([
    ["multiplied", { input: { n: token * 2 } }, ["input.n"]],
    ["halved", { a: [1, token / 2] }, ["a.1"]],
    ["turned round", -token, [""]],
    ["a sum of two", { n: token + token }, ["n"]],
    ["with a text behind it", { n: "-1.8881545897087616e+2891" }, ["n"]],
    ["a number of a user", { n: 1e21, m: 12.5, z: 0, text: "1e+289", x: null }, []],
  ])("%s is found in what is written", (_, value, names) => {
    expect(lostNumbers(value)).toEqual(names);
  });

  test("is refused in each stack of the app, with its place", () => {
    const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), "lost-")) });
    const gate = new TerraformStack(app, "gate");
    const double = task(gate).totalCount * 2;
    new TerraformOutput(gate, "here", { value: double });
    new DataResource(new TerraformStack(app, "behind"), "there", { input: { n: double } });
    const told = gate.node.validate().filter((text) => text.startsWith("JavaScript"));
    expect(told).toEqual([
      expect.stringMatching(
        /in the stack gate\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Place: output\.here: value\n {2}Next: +write Op\.mul/,
      ),
      expect.stringMatching(
        /in the stack behind\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Place: terraform_data\.there: input\.n\n/,
      ),
    ]);
    expect(() => app.synth()).toThrow("JavaScript has computed with a number that only the plan knows");
    rmSync(app.outdir, { recursive: true });
  });
});
