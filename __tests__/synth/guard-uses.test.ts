import {
  App,
  DataResource,
  type TerraformElement,
  TerraformHclModule,
  TerraformIterator,
  TerraformStack,
  Testing,
} from "cdktf";
import { Construct } from "constructs";
import { type BdrcTask, WaitAt } from "../../lib";
import { otherCdktf } from "../support/other-cdktf";
import { synthStack, task } from "../support/synth";

describe("what a thing behind the gate hands over with a move has to wait, too", () => {
  const LOST =
    /gate\/behind does not depend on it[^]*Block: +(\S+)\n[^]*Changed by: +a move of gate\/behind\n +Next: +gate what it is moved to, too/;
  function moved(
    move: (stack: TerraformStack, behind: DataResource, inventory: BdrcTask) => void,
  ): () => void {
    return () =>
      synthStack((stack) => {
        const inventory = task(stack);
        const behind = new DataResource(stack, "behind", {});
        inventory.gate(behind);
        move(stack, behind, inventory);
      });
  }
  const all = (stack: TerraformStack): DataResource => {
    const made = new DataResource(stack, "all", { forEach: TerraformIterator.fromList(["a"]) });
    made.addMoveTarget("all");
    return made;
  };

  test.each<[string, string, (stack: TerraformStack, behind: DataResource) => void]>([
    [
      "to one of several instances, by its key",
      "terraform_data.all",
      (stack, behind) => {
        all(stack);
        behind.moveTo("all", "a");
      },
    ],
    [
      "to one of several instances, by its address",
      "terraform_data.all",
      (stack, behind) => {
        all(stack);
        behind.moveToId('terraform_data.all["a"]');
      },
    ],
    [
      "into a module",
      "module.vaults",
      (stack, behind) => {
        new TerraformHclModule(stack, "vaults", { source: "a/b/c" });
        behind.moveToId("module.vaults.terraform_data.behind");
      },
    ],
  ])("%s", (_, block, move) => {
    expect(moved(move)).toThrow(LOST);
    expect(moved(move)).toThrow(`Block:      ${block}\n`);
  });

  test("and may be handed over to what does", () => {
    expect(
      moved((stack, behind, inventory) => {
        inventory.gate(all(stack));
        behind.moveTo("all", "a");
      }),
    ).not.toThrow();
  });
});

test("a module that is gated can get another name afterwards, as everything else", () => {
  const other = otherCdktf();
  const { module } = synthStack((stack) => {
    const modules = [
      new TerraformHclModule(stack, "own", { source: "a/b/c" }),
      new other.TerraformHclModule(stack, "other", { source: "a/b/c" }),
    ] as const;
    const inventory = task(stack);
    for (const one of modules) {
      inventory.gate(one);
      one.overrideLogicalId(`${one.node.id}_renamed`);
    }
  });
  const snapshot = ["terraform_data.inventory_snapshot_28785481"];
  expect(module).toEqual({
    own_renamed: expect.objectContaining({ depends_on: snapshot }) as object,
    other_renamed: expect.objectContaining({ depends_on: snapshot }) as object,
  });
});

test("a stack within a gated construct that comes after the task's stack is behind the gate", () => {
  const app = Testing.app();
  const stack = new TerraformStack(app, "gate");
  const inventory = task(stack);
  const group = new Construct(stack, "group");
  new DataResource(group, "beside", {});
  const inner = new TerraformStack(group, "inner");
  inventory.gate(group);
  expect(() => Testing.synth(stack, true)).toThrow(/Next: +order it with gateStack, or move it out/);
  inventory.gateStack(inner);
  expect(() => Testing.synth(stack, true)).not.toThrow();
});

test.each([WaitAt.PLAN, WaitAt.APPLY])(
  "a stack that gives names of any script is held to its gates like every other, at %s",
  (waitAt) => {
    class Named extends TerraformStack {
      protected override allocateLogicalId(element: TerraformElement): string {
        return `größe_${super.allocateLogicalId(element)}`;
      }
    }
    const build = (spoil: boolean) => () => {
      const stack = new Named(new App(), "gate");
      const inventory = task(stack, { waitAt });
      const group = new Construct(stack, "group");
      inventory.gate(group);
      new TerraformHclModule(group, "vaults", { source: "a/b/c" });
      const behind = new DataResource(group, "behind", {});
      if (spoil) behind.addOverride("depends_on", undefined);
      return Testing.synth(stack, true);
    };
    expect(build(false)).not.toThrow();
    expect(build(true)).toThrow(/gate\/group\/behind does not depend on it/);
  },
);

test("a stack is not written more often for many tasks than for one", () => {
  class Counted extends TerraformStack {
    written = 0;
    override toTerraform(): object {
      this.written += 1;
      return super.toTerraform() as object;
    }
  }
  const writes = (tasks: number): number => {
    const stack = new Counted(Testing.app(), "gate");
    const group = new Construct(stack, "group");
    for (let index = 0; index < tasks; index += 1) {
      task(stack, { waitAt: WaitAt.APPLY }, `inventory${index}`).gate(
        new DataResource(group, `x${index}`, {}),
      );
    }
    Testing.synth(stack, true);
    return stack.written;
  };
  expect(writes(12)).toBe(writes(1));
});
