// Packs the modules of plain HCL into one archive that a `source =` can name:
//
//   npm run pack:modules [-- <folder>]     writes <folder>/bdrc-task-modules-<version>.tgz
//
//   source = "https://…/bdrc-task-modules-<version>.tgz//at-plan"
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const target = path.resolve(process.argv[2] ?? root, `bdrc-task-modules-${version}.tgz`);

const aside = mkdtempSync(path.join(tmpdir(), "modules-"));
try {
  for (const name of ["at-plan", "at-apply"]) {
    const folder = path.join(root, "modules", name);
    if (!existsSync(path.join(folder, "waiter.cjs"))) {
      throw new Error(`modules/${name} has no waiter.\n\n  Next: run npm run build`);
    }
    // What Terraform leaves behind where somebody tried a module in place.
    cpSync(folder, path.join(aside, name), {
      recursive: true,
      filter: (file) => !path.basename(file).startsWith(".terraform"),
    });
  }
  cpSync(path.join(root, "LICENSE"), path.join(aside, "LICENSE"));
  execFileSync("tar", ["-czf", target, "-C", aside, "at-plan", "at-apply", "LICENSE"], { stdio: "inherit" });
  console.log(target);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(aside, { recursive: true, force: true });
}
