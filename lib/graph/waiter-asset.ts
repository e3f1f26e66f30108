import { AssetType, TerraformAsset, TerraformStack } from "../framework";
import type { Construct } from "constructs";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { BdrcTaskError, errorText } from "./errors";
import type { WaiterProgram } from "./gate-plan";
import { packageFile } from "../package-file";
import { PACKAGE } from "../package-name";

const ASSET_ID = "bdrc-task-waiter";
const BUNDLE = "waiter.cjs";

/**
 * The waiter's file for a program of this stack. It is an asset, one for all tasks of the stack: a copy under
 * cdktf.out, named by its content, so that no path of this machine gets into a plan.
 *
 * It begins with the module's own folder, since Terraform runs programs in the folder of the root module, and the
 * stack may be a child of another one.
 *
 * @throws BdrcTaskError when the file is neither in this package nor beside the app
 */
export function waiterAsset(scope: Construct): Omit<WaiterProgram, "program"> {
  const stack = TerraformStack.of(scope);
  const source = bundleFile(scope);
  const present = stack.node.tryFindChild(ASSET_ID) as TerraformAsset | undefined;
  const asset = present ?? new TerraformAsset(stack, ASSET_ID, { path: source, type: AssetType.FILE });
  const digest = createHash("sha256").update(readFileSync(source)).digest("hex");
  return { file: `\${path.module}/${asset.path}`, digest: JSON.stringify(digest) };
}

function bundleFile(scope: Construct): string {
  const file = packageFile(BUNDLE);
  if (file !== undefined) return file;
  const text = errorText("NO_WAITER", "The waiter's file is missing.", [
    ["Expected", `dist/${BUNDLE} of the package ${PACKAGE}`],
    ["Reason", "an app that is bundled into one file leaves it behind"],
    ["Next", `keep the package out of the bundle (esbuild: --external:${PACKAGE}) and install it`],
    ["Or", `copy it beside the bundled file: node_modules/${PACKAGE}/dist/${BUNDLE}`],
    ["Or", "in a checkout of this package, run npm run build"],
  ]);
  throw new BdrcTaskError(scope, text, undefined);
}
