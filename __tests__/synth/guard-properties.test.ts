import { TerraformStack, Testing } from "cdktf";
import * as fc from "fast-check";
import { StackGuard } from "../../lib/graph/stack-guard";
import { buildTree, randomTree } from "../support/random-tree";
import { task } from "../support/synth";

test("whatever is done to a random tree after it was gated, synth names just the things that lost the gate", () => {
  fc.assert(
    fc.property(randomTree, (tree) => {
      const stack = new TerraformStack(Testing.app(), "gate");
      const things = buildTree(stack, task(stack), "tree", tree);
      const named = [...StackGuard.of(stack).problems().values()]
        .flat()
        .map((text) => /^The gate would not hold: (\S+) does not depend on it\.$/m.exec(text)?.[1] ?? text);
      expect(named.sort()).toEqual(
        things
          .filter(({ lost }) => lost)
          .map(({ path }) => path)
          .sort(),
      );
    }),
    { numRuns: 150 },
  );
});
