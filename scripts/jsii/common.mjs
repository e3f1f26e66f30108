// What the scripts of this folder share.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A path in this project. */
export const at = (...parts) => path.join(root, ...parts);

/** Where everything is made that is not TypeScript; git ignores it. */
export const BUILD = at(".jsii-build");

/** jsii says on each start which versions of Node it likes. */
const QUIET = {
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: process.versions.node.split(".")[0],
  JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: "1",
  JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: "1",
};

/** Runs jsii or jsii-pacmak; what they refuse they say themselves, and this process ends as they do. */
export function run(tool, args, cwd = BUILD) {
  const options = { cwd, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...QUIET } };
  const { status } = spawnSync(process.execPath, [at("node_modules", tool, "bin", tool), ...args], options);
  if (status !== 0) process.exit(status ?? 1);
}
