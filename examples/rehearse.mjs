// Rehearses an example offline: node ../rehearse.mjs [folder of an app ...]
//
// Starts a fake BDRC service with the example's scenario.json, runs the real `cdktf deploy` of every app in a copy of
// the example, and removes the copy. REHEARSAL_SECONDS sets how long a task takes.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const example = process.cwd();
const apps = process.argv.length > 2 ? process.argv.slice(2) : ["."];
const needs = createRequire(path.join(example, "package.json"));
const { chooseProvider, findTerraform, startFakeBdrc } = needs("cdktf-bdrc-task/testing");
const cdktf = needs.resolve("cdktf-cli/bundle/bin/cdktf");

/** The scenario, with the clock of each task started by the first look at it. */
function readScenario() {
  const scenario = JSON.parse(readFileSync(path.join(example, "scenario.json"), "utf8"));
  const seconds = Number(process.env.REHEARSAL_SECONDS) || undefined;
  const lasting = (task) => (seconds && task.seconds ? { ...task, seconds } : task);
  const tasks = Object.entries(scenario.tasks ?? {}).map(([id, task]) => [
    id,
    { startsAtFirstLook: true, ...lasting(task) },
  ]);
  return { ...scenario, tasks: Object.fromEntries(tasks), newTask: lasting(scenario.newTask ?? {}) };
}

/** Runs a command to its end, and hands on a signal to it. */
function run(command, args, options) {
  const child = spawn(command, args, { stdio: "inherit", ...options });
  const forward = () => child.kill("SIGTERM");
  // Ctrl-C reaches the child by itself; this process only waits, to clean up after it.
  const wait = () => undefined;
  process.on("SIGINT", wait).on("SIGTERM", forward);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  }).finally(() => process.off("SIGINT", wait).off("SIGTERM", forward));
}

const folder = mkdtempSync(path.join(tmpdir(), "rehearsal-"));
const scenario = readScenario();
const service = await startFakeBdrc(scenario);
try {
  const copy = path.join(folder, path.basename(example));
  const isOwn = (file) => !/[/\\](node_modules|cdktf\.out|terraform\..*\.tfstate.*)$/.test(file);
  cpSync(example, copy, { recursive: true, filter: isOwn });
  symlinkSync(path.join(example, "node_modules"), path.join(copy, "node_modules"), "dir");

  const terraform = findTerraform(process.env);
  const provider = await chooseProvider({
    environment: { ...process.env, TERRAFORM_BINARY_NAME: terraform.command },
    folder,
  });
  console.log(`Using ${terraform.product} ${terraform.version}. ${provider.sentence}`);
  console.log(`A fake BDRC service listens at ${service.endpoint}.`);

  const ids = Object.keys(scenario.tasks);
  const env = {
    ...process.env,
    ...provider.environment,
    ...service.environment,
    TERRAFORM_BINARY_NAME: terraform.command,
    BDRC_ENDPOINT: service.endpoint,
    BDRC_TASK_ID: ids[0] ?? "",
    BDRC_TASK_IDS: ids.join(","),
    CHECKPOINT_DISABLE: "1",
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    CDKTF_HOME: path.join(folder, "cdktf-home"),
  };
  for (const app of apps) {
    if (process.exitCode) break;
    console.log(`\n$ cdktf deploy "*"${app === "." ? "" : ` (in ${app})`}\n`);
    const args = [cdktf, "deploy", "*", "--auto-approve", "--skip-provider-lock"];
    process.exitCode = await run(process.execPath, args, { cwd: path.join(copy, app), env });
  }
} finally {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\nThe service is stopped, and everything that the rehearsal made is removed.`);
