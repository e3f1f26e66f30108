/**
 * Holds the README to its word in a folder that is made by its own commands and holds nothing but the packed package:
 * every TypeScript block is type-checked with the newest TypeScript and with 5, as CommonJS and as ES modules, and the
 * first example is synthesized as both.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { codeBlocks, type CodeBlock } from "../__tests__/support/markdown";

const ROOT = path.resolve(__dirname, "..");
/** Ten minutes: an install brings half a gigabyte. */
const LIMIT = 600_000;

const blocks = codeBlocks(["README.md"]);

/** The first block of the README that says this. */
function blockWith(language: string, text: string): CodeBlock {
  const found = blocks.find((block) => block.language === language && block.text.includes(text));
  if (!found) throw new Error(`The README has no ${language} block with ${text}.`);
  return found;
}

/** Without what tsx is told for this project: it would find the package in its sources. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("TSX_")),
);

/** What a command prints. @throws Error with all of it when the command fails */
function run(folder: string, command: string): string {
  const { status, stdout, stderr } = spawnSync("bash", ["-ec", command], {
    cwd: folder,
    encoding: "utf8",
    timeout: LIMIT,
    env: { ...environment, CI: "true", CHECKPOINT_DISABLE: "1" },
  });
  if (status === 0) return stdout;
  throw new Error(`${command}\n\nended with ${String(status)} in ${folder}:\n\n${stdout}${stderr}`);
}

function main(store: string): void {
  run(ROOT, `npm pack --silent --ignore-scripts --pack-destination ${JSON.stringify(store)}`);
  const project = path.join(store, "project");
  mkdirSync(project);
  const install = blockWith("sh", "npm install cdktf-bdrc-task").text;
  run(project, install.replace(/\bcdktf-bdrc-task\b/, `${JSON.stringify(store)}/cdktf-bdrc-task-*.tgz`));

  writeFileSync(path.join(project, "cdktf.json"), blockWith("json", '"app"').text);
  writeFileSync(path.join(project, "tsconfig.json"), blockWith("json", "compilerOptions").text);
  const example = blockWith("ts", "process.env.BDRC_TASK_ID");
  for (const block of blocks.filter(({ language }) => language === "ts")) {
    const name = block === example ? "main" : block.place.replace(/\W+/g, "-");
    writeFileSync(path.join(project, `${name}.ts`), `${block.text}\n`);
  }

  for (const typescript of [undefined, "typescript@5"]) {
    if (typescript) run(project, `npm install --save-dev ${typescript}`);
    const version = run(project, "npx tsc --version").trim();
    for (const type of ["commonjs", "module"]) {
      run(project, `npm pkg set type=${type}`);
      run(project, "npx tsc");
      console.log(`Every block of the README has the right types: ${version}, ${type}.`);
      if (typescript) continue;
      rmSync(path.join(project, "cdktf.out"), { recursive: true, force: true });
      run(project, "npx tsx main.ts");
      if (!existsSync(path.join(project, "cdktf.out", "stacks", "behind", "cdk.tf.json"))) {
        throw new Error(`The first example writes no stack as ${type}.`);
      }
      console.log(`The first example is synthesized: ${type}.`);
    }
  }
}

const store = mkdtempSync(path.join(tmpdir(), "readme-"));
try {
  main(store);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(store, { recursive: true, force: true });
}
