/**
 * Holds the README to its word in a folder that is made by its own commands and holds nothing but the packed package:
 * every TypeScript block is type-checked with the newest TypeScript and with 5, as CommonJS and as ES modules, and the
 * first example is deployed as both, twice, as "Rehearsing offline" tells it.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { blockWith, codeBlocks, type CodeBlock } from "../__tests__/support/markdown";
import { chooseProvider, type ProviderChoice } from "../lib/testing";

const ROOT = path.resolve(__dirname, "..");
/** Ten minutes: an install brings half a gigabyte. */
const LIMIT = 600_000;

/** What two deploys of the first example leave, besides what was there: the states, and what cdktf and Terraform keep. */
const LEFT = [
  "cdktf.out",
  "terraform.behind.tfstate",
  "terraform.gate.tfstate",
  // Terraform keeps the state before the second deploy, whose read was another one.
  "terraform.gate.tfstate.backup",
];

const blockOf = (language: string, text: string): CodeBlock => blockWith("README.md", language, text);

/** Without what tsx is told for this project: it would find the package in its sources. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("TSX_")),
);

/** What a command prints. @throws Error with all of it when the command fails */
function run(folder: string, command: string, variables: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync("bash", ["-ec", command], {
    cwd: folder,
    encoding: "utf8",
    timeout: LIMIT,
    env: { ...environment, ...variables, CI: "true", CHECKPOINT_DISABLE: "1" },
  });
  if (status === 0) return stdout;
  throw new Error(`${command}\n\nended with ${String(status)} in ${folder}:\n\n${stdout}${stderr}`);
}

/** The lines of "Rehearsing offline", with a task that is over soon, and with those for the stand-in where it is needed. */
async function deployTwice(project: string, { kind, environment: own }: ProviderChoice): Promise<void> {
  const fake = blockOf("sh", "bdrc-task fake").text.replace("--seconds 60", "--seconds 4").trim();
  const deploy = blockOf("sh", ". ./fake.env").text.trim();
  const mirror = blockOf("sh", "createOfflineMirror").text.trim();
  const before = readdirSync(project);
  const service = spawn("bash", ["-ec", fake], {
    cwd: project,
    env: environment,
    detached: true,
    stdio: "ignore",
  });
  const ended = once(service, "close");
  try {
    // A reader sees the file before going on.
    run(project, "until grep -q BDRC_TASK_ID fake.env; do sleep 0.1; done");
    const isOffline = kind === "offline";
    const command = isOffline ? `${mirror}\n${deploy} --skip-provider-lock` : deploy;
    const variables = isOffline ? {} : own;
    const first = run(project, command, variables);
    expectText(first, /slot\[2\].*Creation complete/, "one resource for each bucket");
    expectText(first, /to_protect = \d+/, "the output of the stack behind");
    expectText(run(project, command, variables), /No changes/, "a second deploy has nothing to do");
  } finally {
    // The shell and what it started, as Ctrl-C in that terminal does.
    process.kill(-(service.pid as number), "SIGINT");
    await ended;
  }
  const made = readdirSync(project).filter((name) => !before.includes(name));
  const left = made.filter((name) => !/^(fake\.env|mirror(\.env)?)$/.test(name));
  if (JSON.stringify(left) !== JSON.stringify(LEFT)) throw new Error(`Two deploys left ${left.join(", ")}.`);
  const stray = spawnSync("pgrep", ["-af", project], { encoding: "utf8" }).stdout;
  if (stray !== "") throw new Error(`Two deploys left processes:\n${stray}`);
  for (const name of made) rmSync(path.join(project, name), { recursive: true, force: true });
}

function expectText(output: string, pattern: RegExp, what: string): void {
  if (!pattern.test(output))
    throw new Error(`There is no sign of this: ${what} (${String(pattern)}).\n\n${output}`);
}

async function main(store: string): Promise<void> {
  run(ROOT, `npm pack --silent --ignore-scripts --pack-destination ${JSON.stringify(store)}`);
  const project = path.join(store, "project");
  mkdirSync(project);
  const install = blockOf("sh", "npm install cdktf-bdrc-task").text;
  run(project, install.replace(/\bcdktf-bdrc-task\b/, `${JSON.stringify(store)}/cdktf-bdrc-task-*.tgz`));

  writeFileSync(path.join(project, "cdktf.json"), blockOf("json", '"app"').text);
  writeFileSync(path.join(project, "tsconfig.json"), blockOf("json", "compilerOptions").text);
  const example = blockOf("ts", "process.env.BDRC_TASK_ID");
  for (const block of codeBlocks(["README.md"]).filter(({ language }) => language === "ts")) {
    const name = block.place === example.place ? "main" : block.place.replace(/\W+/g, "-");
    writeFileSync(path.join(project, `${name}.ts`), `${block.text}\n`);
  }

  const provider = await chooseProvider({ environment, folder: path.join(store, "provider") });
  console.log(provider.sentence);
  for (const typescript of [undefined, "typescript@5"]) {
    if (typescript) run(project, `npm install --save-dev ${typescript}`);
    const version = run(project, "npx tsc --version").trim();
    for (const type of ["commonjs", "module"]) {
      run(project, `npm pkg set type=${type}`);
      run(project, "npx tsc");
      console.log(`Every block of the README has the right types: ${version}, ${type}.`);
      if (typescript) continue;
      await deployTwice(project, provider);
      console.log(`The first example is deployed, twice, and leaves nothing else behind: ${type}.`);
    }
  }
}

const store = mkdtempSync(path.join(tmpdir(), "readme-"));
main(store)
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  })
  .finally(() => rmSync(store, { recursive: true, force: true }));
