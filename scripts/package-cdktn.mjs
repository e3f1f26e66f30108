// Packs cdktn-bdrc-task, the twin for cdktn, from what the last build made of cdktf-bdrc-task:
//   node scripts/package-cdktn.mjs [folder for the .tgz]
// Prints the name of the file, as `npm pack --silent` does.
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { twinOfFile } from "./twin.cjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const target = path.resolve(process.argv[2] ?? ".");

const npm = (cwd, ...args) => execFileSync("npm", args, { cwd, encoding: "utf8" });

/** What npm would pack, so that both packages have the same files. */
function packedFiles() {
  const printed = JSON.parse(npm(root, "pack", "--dry-run", "--json", "--ignore-scripts", "--silent"));
  return Object.values(printed)[0].files.map((file) => file.path);
}

/** The assembly of jsii is the one file that is made for each of the packages. */
function sourceOf(name) {
  return path.join(root, ...(name === ".jsii" ? [".jsii-build", "cdktn-bdrc-task"] : []), name);
}

const staged = await mkdtemp(path.join(tmpdir(), "cdktn-bdrc-task-"));
try {
  for (const name of packedFiles()) {
    const [from, to] = [sourceOf(name), path.join(staged, name)];
    await mkdir(path.dirname(to), { recursive: true });
    await writeFile(to, twinOfFile(name, await readFile(from)));
    await chmod(to, (await stat(from)).mode);
  }
  await mkdir(target, { recursive: true });
  process.stdout.write(npm(staged, "pack", "--silent", "--pack-destination", target));
} finally {
  await rm(staged, { recursive: true, force: true });
}
