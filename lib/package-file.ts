import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { PACKAGE } from "./package-name";

/**
 * Finds a file that the build of this package makes in `dist`; undefined when it is nowhere.
 *
 * Code that a bundler has put into the app's own file does not stand in this package any more: then the file is
 * looked for beside that one, and in the package as it is installed for the app's main script or the current folder.
 *
 * @param name such as `waiter.cjs`
 */
export function packageFile(name: string): string | undefined {
  const main = path.dirname(path.resolve(process.argv[1] ?? "app.js"));
  // Bundled as an ES module, the code has no folder of its own.
  const here = typeof __dirname === "string" ? __dirname : main;
  const folders = [path.join(here, "..", "dist"), here, ...installed(main), ...installed(process.cwd())];
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

/** The `dist` of this package as code in a folder would find it. */
function installed(folder: string): string[] {
  try {
    const { resolve } = createRequire(path.join(folder, "app.js"));
    return [path.join(path.dirname(resolve(`${PACKAGE}/package.json`)), "dist")];
  } catch {
    return [];
  }
}
