import { TerraformVariable } from "cdktf";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { BdrcTask, BdrcTasks, StartTask, WaitAt } from "../../lib";
import { GOOD, only, synthStack, task, type SynthesizedStack } from "../support/synth";

const WAITER = path.resolve(__dirname, "..", "..", "dist", "waiter.cjs");

/** The programs of every read, and the interpreter and the command of every wait. */
function programsOf({ data, resource }: SynthesizedStack): { reads: unknown[]; waits: unknown[] } {
  const waits = Object.values(resource?.["terraform_data"] ?? {}).flatMap(
    (block) => (block["provisioner"] ?? []) as { "local-exec": { interpreter: unknown; command: unknown } }[],
  );
  return {
    reads: Object.values(data?.["external"] ?? {}).map((read) => read["program"]),
    waits: waits.map((wait) => [wait["local-exec"].interpreter, wait["local-exec"].command]),
  };
}

test("a program runs every look and every wait, of one task, of many and of one that is started", () => {
  const program = ["/opt/node/bin/node", "--use-openssl-ca"];
  const { reads, waits } = programsOf(
    synthStack((stack) => {
      task(stack, { program }, "plan");
      task(stack, { program, remember: false }, "forgetful");
      task(stack, { program, waitAt: WaitAt.APPLY }, "apply");
      new BdrcTask(stack, "started", {
        regionId: "cn-shanghai",
        start: StartTask.updateResources(),
        waitAt: WaitAt.APPLY,
        program,
      });
      new BdrcTasks(stack, "many", { taskIds: ["t-1"], regionId: "cn-shanghai", program });
    }),
  );
  const file = expect.stringMatching(/^\$\{path\.module\}\/assets\/.*\/waiter\.cjs$/) as string;
  expect(reads).toHaveLength(6);
  reads.forEach((read) => expect(read).toEqual([...program, file]));
  expect(waits).toEqual([
    [program, file],
    [program, file],
  ]);
});

test("without one it is node, as it always was", () => {
  const { reads, waits } = programsOf(synthStack((stack) => void task(stack, { waitAt: WaitAt.APPLY })));
  reads.forEach((read) => expect((read as string[])[0]).toBe("node"));
  expect(waits).toEqual([[["node"], expect.any(String)]]);
});

test("a program that only Terraform knows is added to there", () => {
  const stack = synthStack((scope) => {
    const { listValue } = new TerraformVariable(scope, "node", { type: "list(string)" });
    task(scope, { program: listValue, waitAt: WaitAt.APPLY });
  });
  const { reads, waits } = programsOf(stack);
  const name = Object.keys(stack.locals ?? {}).find((local) => local.startsWith("inventory_program"));
  expect(stack.locals?.[name ?? ""]).toBe("${var.node}");
  reads.forEach((read) =>
    expect(read).toMatch(
      new RegExp(
        `^\\$\\{concat\\(local\\.${name}, \\["\\$\\{path\\.module\\}/assets/.*/waiter\\.cjs"\\]\\)\\}$`,
      ),
    ),
  );
  expect(waits).toEqual([["${var.node}", expect.stringContaining("waiter.cjs")]]);
});

test.each([
  ["node", "it is not a list"],
  [[], "it is empty"],
  [["node", ""], "entry 1 is no text, or an empty one"],
  [[7], "entry 0 is no text, or an empty one"],
  [null, "it is not a list"],
])("program %j is refused with its value and what is allowed", (program, why) => {
  const wrong = { ...GOOD, program } as never;
  expect(() => synthStack((stack) => void new BdrcTask(stack, "inventory", wrong))).toThrow(
    `program ${JSON.stringify(program)} cannot be used: ${why}.\n\n  Code:     BAD_CONFIGURATION\n  Expected: a command and its arguments`,
  );
});

test("the stamp holds the waiter's file to the one of this synth, before anything runs it", () => {
  const stack = synthStack((scope) => void task(scope));
  const stamp = Object.entries(stack.resource?.["terraform_data"] ?? {}).find(([name]) =>
    name.includes("stamp"),
  );
  const { precondition } = stamp?.[1]["lifecycle"] as { precondition: { condition: string }[] };
  const digest = createHash("sha256").update(readFileSync(WAITER)).digest("hex");
  const file = (only(stack.data?.["external"])["program"] as string[])[1] ?? "";
  expect(precondition.map(({ condition }) => condition)).toEqual([
    `\${try(filesha256("${file}") == "${digest}", false)}`,
  ]);
});
