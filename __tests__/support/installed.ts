import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { ROOT } from "./example-project";

/**
 * Installs packages with npm into a folder of their own, once until node_modules goes, for what this project cannot have
 * installed itself: another Node, whose command would be found before the right one, and what needs it.
 *
 * @param packages with their exact versions, such as `cdktn-cli@0.24.0`
 * @returns the folder, with `node_modules` in it
 */
export function installed(...packages: string[]): string {
  const all = path.join(ROOT, "node_modules", ".cache", "installed");
  const folder = path.join(all, packages.join("+").replaceAll("/", "-"));
  if (existsSync(folder)) return folder;
  mkdirSync(all, { recursive: true });
  const aside = mkdtempSync(path.join(all, "next-"));
  try {
    writeFileSync(path.join(aside, "package.json"), "{}");
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...packages], {
      cwd: aside,
      stdio: ["ignore", "ignore", "inherit"],
    });
    renameSync(aside, folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return folder;
}

/** Node of an exact version, from npm's packages of it, for the machine that this runs on. */
export function nodeOf(version: string): string {
  const { platform, arch } = process;
  const name = `node-${platform}-${arch}`;
  return path.join(installed(`${name}@${version}`), "node_modules", name, "bin", "node");
}
