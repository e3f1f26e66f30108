import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import { ROOT } from "./example-project";

// eslint-disable-next-line @typescript-eslint/no-require-imports
const twin = require("../../scripts/twin.cjs") as { twinOfPage(text: string): string };

export type Framework = "cdktf" | "cdktn";
export const FRAMEWORKS: readonly Framework[] = ["cdktf", "cdktn"];

/** Packs the package of a framework from what the last build made. @returns the file, in the folder */
export function pack(framework: Framework, folder: string): string {
  const [program, args]: [string, string[]] =
    framework === "cdktf"
      ? ["npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder]]
      : [process.execPath, [path.join(ROOT, "scripts", "package-cdktn.mjs"), folder]];
  const printed = execFileSync(program, args, { cwd: ROOT, encoding: "utf8" });
  return path.join(folder, printed.trim());
}

/** A text of this project's own, such as an example, as it is written with a framework. */
export function written(framework: Framework, text: string): string {
  return framework === "cdktf" ? text : twin.twinOfPage(text);
}

/** Every file below a folder, by its path from there. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .sort();
}

/**
 * Makes a folder as it is after `npm install` of the package of a framework, its peers and tsx; the peers are links to
 * what this project has installed.
 */
export function packedProject(framework: Framework, folder: string): void {
  const modules = path.join(folder, "node_modules");
  const own = path.join(modules, `${framework}-bdrc-task`);
  mkdirSync(own, { recursive: true });
  mkdirSync(path.join(modules, "@types"));
  execFileSync("tar", ["-xzf", pack(framework, folder), "--strip-components=1", "-C", own]);
  for (const name of [framework, "constructs", "tsx", "@types/node"])
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name), "dir");
}

/** Copies a folder of this project with every name as it is with a framework. */
export function copyWritten(framework: Framework, from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    filter: (file) => !/[/\\](node_modules|cdktf\.out|\.terraform|\.gen)$/.test(file),
  });
  for (const name of filesOf(to).filter((file) => /\.([jt]s|json|md)$/.test(file))) {
    const file = path.join(to, name);
    writeFileSync(file, written(framework, readFileSync(file, "utf8")));
  }
}

/** Puts the bindings of the alicloud provider where a package of bindings would stand. */
export function installBindings(framework: Framework, folder: string): void {
  const bindings = path.join(ROOT, ".gen", "providers", "alicloud");
  if (!existsSync(bindings)) throw new Error("There are no bindings; npm run get makes them.");
  const installed = path.join(folder, "node_modules", "@cdktf", "provider-alicloud");
  copyWritten(framework, bindings, installed);
  symlinkSync(".", path.join(installed, "lib"), "dir");
}
