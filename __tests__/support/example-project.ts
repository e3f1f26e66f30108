import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import * as path from "node:path";

/** The folder of this project. */
export const ROOT = path.resolve(__dirname, "..", "..");

/** What an example installs besides this package; the tests take it from here instead of from a registry. */
const INSTALLED = ["cdktf", "constructs", "cdktf-cli", "tsx"];

/**
 * Copies every example into a folder as someone would have them after `npm install`, with the packed package, and no
 * way up to the packages of this project.
 *
 * @param folder where they are put; it may exist
 */
export function installExamples(folder: string, examples: readonly string[]): void {
  const modules = path.join(folder, "node_modules");
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  mkdirSync(path.join(modules, "cdktf-bdrc-task"));
  // What the last build made; npm test builds first.
  const packed = execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], {
    cwd: ROOT,
    encoding: "utf8",
  });
  execFileSync(
    "tar",
    ["-xzf", path.join(folder, packed.trim()), "--strip-components=1", "-C", "cdktf-bdrc-task"],
    {
      cwd: modules,
    },
  );
  for (const name of INSTALLED)
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name), "dir");
  symlinkSync(path.join("..", "tsx", "dist", "cli.mjs"), path.join(modules, ".bin", "tsx"));

  const script = path.join("examples", "rehearse.mjs");
  mkdirSync(path.join(folder, "examples"));
  cpSync(path.join(ROOT, script), path.join(folder, script));
  for (const example of examples) {
    const copy = path.join(folder, "examples", example);
    cpSync(path.join(ROOT, "examples", example), copy, {
      recursive: true,
      filter: (file) => !/[/\\](node_modules|cdktf\.out|\.terraform)$/.test(file),
    });
    symlinkSync(modules, path.join(copy, "node_modules"), "dir");
  }
}
