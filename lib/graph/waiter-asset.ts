import { AssetType, TerraformAsset, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { BdrcTaskError } from "../errors";

/** Where the build puts the waiter, seen from the root of this package. */
const BUNDLE = path.join("dist", "waiter.cjs");

const ASSET_ID = "bdrc-task-waiter";

/**
 * The path of the waiter for a program of this stack. It is an asset, one for all tasks of the stack: a copy under
 * cdktf.out, named by its content, so that no path of this machine gets into a plan.
 *
 * It begins with the module's own folder, since Terraform runs programs in the folder of the root module, and the
 * stack may be a child of another one.
 *
 * @throws BdrcTaskError when the file is not where this package has it
 */
export function waiterPath(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const present = stack.node.tryFindChild(ASSET_ID) as TerraformAsset | undefined;
  const asset =
    present ?? new TerraformAsset(stack, ASSET_ID, { path: bundleFile(scope), type: AssetType.FILE });
  return `\${path.module}/${asset.path}`;
}

function bundleFile(scope: Construct): string {
  const places = [packageRoot(), installedRoot()].filter((root) => root !== undefined);
  const found = places.map((root) => path.join(root, BUNDLE)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new BdrcTaskError(scope, "The waiter's file is missing.", [
    ["Expected", `${BUNDLE} in the package cdktf-bdrc-task`],
    ["Reason", "an app that is bundled into one file leaves it behind"],
    [
      "Next",
      "keep the package out of the bundle (esbuild: --external:cdktf-bdrc-task) and install it beside",
    ],
    ["Or", "in a checkout of cdktf-bdrc-task, run npm run build"],
  ]);
}

/** The root of this package where its code is in its own files: the same way up from lib/graph and from dist/graph. */
function packageRoot(): string {
  return path.join(__dirname, "..", "..");
}

/** Where the app has this package installed, for code that was bundled into the app's own file. */
function installedRoot(): string | undefined {
  try {
    const require = createRequire(path.join(process.cwd(), "app.js"));
    return path.dirname(require.resolve("cdktf-bdrc-task/package.json"));
  } catch {
    return undefined;
  }
}
