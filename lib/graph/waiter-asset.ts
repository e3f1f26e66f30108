import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { existsSync } from "node:fs";
import * as path from "node:path";

/** Where the build puts the waiter; the same way up and down from lib/graph and from dist/graph. */
const BUNDLE = path.join(__dirname, "..", "..", "dist", "waiter.cjs");

const ASSET_ID = "bdrc-task-waiter";

/**
 * The waiter as an asset of the stack, one for all its tasks: a copy under cdktf.out, named by its content and
 * addressed relative to the stack, so that no path of this machine gets into a plan.
 *
 * @throws Error when the waiter has not been built, which happens only in a checkout of this project
 */
export function waiterAsset(scope: Construct): TerraformAsset {
  const stack = TerraformStack.of(scope);
  const present = stack.node.tryFindChild(ASSET_ID);
  if (present) return present as TerraformAsset;
  if (!existsSync(BUNDLE)) {
    throw new Error(
      "The waiter's bundle is missing.\n\n  Expected: dist/waiter.cjs\n  Next:     run npm run build",
    );
  }
  return new TerraformAsset(stack, ASSET_ID, { path: BUNDLE, type: AssetType.FILE });
}
