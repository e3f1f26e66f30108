import { App, Aspects, DataResource, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import * as fc from "fast-check";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { BdrcTask, WaitAt } from "../../lib";
import { StackGuard } from "../../lib/graph/stack-guard";
import { dependentsOf } from "../../lib/graph/stack-blocks";
import { otherCdktf } from "../support/other-cdktf";
import { buildTree, type MadeThing, MODULE, randomTree } from "../support/random-tree";
import { Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

/** Writes the module of the random trees, in the folder of a stack. */
function writeModule(stack: string): void {
  const folder = path.join(workspace.folder, "cdktf.out", "stacks", stack, MODULE.source);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "main.tf"), MODULE.text);
}

test("nothing behind the gate of a task that failed comes into being, whatever was done to it after it was gated", async () => {
  workspace = await Workspace.create({
    tasks: { "t-1": { ends: "FAILED", seconds: 1, startsAtFirstLook: true } },
  });
  const { TerraformHclModule: OtherModule } = otherCdktf();
  workspace.synth({
    gate: (stack) => {
      const task = new BdrcTask(stack, "inventory", {
        taskId: "t-1",
        endpoint: workspace.service.endpoint,
        // What does not wait is made there, however the task ends.
        waitAt: WaitAt.APPLY,
      });
      const first = new DataResource(stack, "first", {});
      const assigned = new DataResource(stack, "assigned", {});
      const group = new Construct(stack, "group");
      task.gate(assigned, group);
      assigned.dependsOn = [`terraform_data.${first.friendlyUniqueId}`];
      new OtherModule(group, "module", { source: MODULE.source, skipAssetCreationFromLocalModules: true });
      const aspect = new DataResource(group, "aspect", {});
      Aspects.of(stack).add({
        visit: (node) => void (node === aspect && (aspect.dependsOn = undefined as never)),
      });
    },
  });
  writeModule("gate");
  const { code, output } = await workspace.terraform("gate", "apply");
  expect(code).toBe(1);
  expect(output).toContain("FAILED");
  const made = (await workspace.terraform("gate", "state", "list")).output;
  expect(made.match(/^(module\.|terraform_data\.(?!inventory)).*$/gm)).toEqual(["terraform_data.first"]);
});

test("a stack whose gate would not hold is not written", async () => {
  workspace = await Workspace.create();
  expect(() =>
    workspace.synth({
      gate: (stack) => {
        const task = new BdrcTask(stack, "inventory", {
          taskId: "t-1",
          endpoint: workspace.service.endpoint,
        });
        task.gate(new DataResource(stack, "behind", {}));
        Aspects.of(stack).add({
          visit: (node) => {
            if (TerraformResource.isTerraformResource(node)) node.lifecycle = { createBeforeDestroy: true };
          },
        });
      },
    }),
  ).toThrow(/The gate would not hold: gate\/inventory\/snapshot is not what it was made as/);
  expect(existsSync(path.join(workspace.folder, "cdktf.out", "stacks", "gate", "cdk.tf.json"))).toBe(false);
});

test("what synth says of random trees and later changes is what Terraform's own graph says", async () => {
  workspace = await Workspace.create();
  const app = new App({ outdir: path.join(workspace.folder, "cdktf.out") });
  const stack = workspace.stack(app, "gate");
  const task = new BdrcTask(stack, "inventory", { taskId: "t-1", endpoint: workspace.service.endpoint });
  const trees = fc.sample(randomTree, { numRuns: 40, seed: 7 });
  const things = trees.flatMap((tree, index): MadeThing[] => buildTree(stack, task, `tree${index}`, tree));
  const said = [...StackGuard.of(stack).problems().values()]
    .flat()
    .map((text) => /^ +Block: +(.+)$/m.exec(text)?.[1]);

  const folder = path.join(workspace.folder, "cdktf.out", "stacks", "gate");
  writeModule("gate");
  writeFileSync(path.join(folder, "cdk.tf.json"), JSON.stringify(StackGuard.of(stack).blocks()));
  const { code, output } = await workspace.terraform("gate", "graph");
  expect(code).toBe(0);
  // OpenTofu says of each where it stands and that it may become many.
  const plain = (node = ""): string => node.replace(/^\[root\] /, "").replace(/ \(expand\)$/, "");
  const edges = [...output.matchAll(/"(.+)" -> "(.+)"/g)].map(
    ([, from, to]) => [plain(from), plain(to)] as const,
  );
  const order = new Map(
    edges.map(([from]) => [from, new Set(edges.filter((e) => e[0] === from).map((e) => e[1]))]),
  );
  const waiting = dependentsOf(order, "terraform_data.inventory_snapshot_28785481");
  const lost = things
    .map(({ address }) => address)
    .filter((address) => !waiting.has(address) && !waiting.has(`${address}.terraform_data.inside`));
  expect(lost.length).toBeGreaterThan(20);
  expect(said.sort()).toEqual(lost.sort());
  // The generator and Terraform agree, too: else the unit tests would rest on a mistake.
  expect(
    things
      .filter((thing) => thing.lost)
      .map(({ address }) => address)
      .sort(),
  ).toEqual(lost);
});
