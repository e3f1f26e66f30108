/**
 * The product in two minutes, without an account: a fake BDRC service with a task of 20 seconds, and the real
 * `cdktf deploy` of this project's two stacks against it. Everything is made in one folder, which is removed again.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ENVIRONMENT } from "../../lib/protocol/environment";
import { chooseProvider, findTerraform, startFakeBdrc, type FakeBdrc } from "../../lib/testing";
import { describeEvent, followEvents } from "./follow-events";
import { runCommand, stopCommands } from "./run-command";
import { StackLines } from "./stack-lines";

const ROOT = path.resolve(__dirname, "..", "..");
const TASK_ID = "t-0004d9ctt1iidemodemo";
const TASK_SECONDS = 20;

const say = (line = ""): void => console.log(line);

async function demo(folder: string, onService: (service: FakeBdrc) => void): Promise<void> {
  const terraform = findTerraform(process.env);
  say(`Using ${terraform.product} ${terraform.version}.`);
  const environment = { ...process.env, TERRAFORM_BINARY_NAME: terraform.command };
  const provider = await chooseProvider({ environment, folder });
  say(provider.sentence);

  const service = await startFakeBdrc({
    tasks: {
      [TASK_ID]: {
        seconds: TASK_SECONDS,
        startsAtFirstLook: true,
        taskName: "Refresh of the resource inventory",
        counts: { "ACS::OSS::Bucket": 3, "ACS::ECS::Instance": 12, "ACS::NAS::FileSystem": 2 },
      },
    },
  });
  onService(service);
  say(
    `A fake BDRC service listens at ${service.endpoint}; its task ${TASK_ID} takes ${TASK_SECONDS} seconds.\n`,
  );

  const events = path.join(folder, "events.ndjson");
  const env: NodeJS.ProcessEnv = {
    ...environment,
    ...provider.environment,
    ...service.environment,
    BDRC_TASK_ID: TASK_ID,
    BDRC_ENDPOINT: service.endpoint,
    [ENVIRONMENT.events]: events,
    CHECKPOINT_DISABLE: "1",
    // cdktf would keep a cache of providers in the home folder.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    CDKTF_HOME: path.join(folder, "cdktf-home"),
    // Colours and cursor movements of cdktf would mix with the lines between them.
    NO_COLOR: "1",
    FORCE_COLOR: "0",
  };
  delete env["BDRC_REGION"];
  delete env["ALICLOUD_REGION"];
  delete env["ALIBABA_CLOUD_REGION"];
  await writeFile(path.join(folder, "cdktf.json"), JSON.stringify(projectFile()));

  say("$ cdktf deploy gate behind");
  const stopFollowing = followEvents(events, (event) => {
    const line = describeEvent(event);
    if (line) say(`  | ${line}`);
  });
  const cdktf = path.join(ROOT, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf");
  const outputs = path.join(folder, "outputs.json");
  const lines = new StackLines(["gate", "behind"]);
  const deploy = await runCommand(
    process.execPath,
    [cdktf, "deploy", "gate", "behind", "--auto-approve", "--skip-provider-lock", "--outputs-file", outputs],
    {
      cwd: folder,
      env,
      onLine: (line) => {
        const shown = lines.take(stripVTControlCharacters(line).trimEnd());
        if (shown !== undefined) say(`  ${shown}`);
      },
    },
  );
  stopFollowing();
  if (deploy.code !== 0) throw new Error(`cdktf deploy ended with ${deploy.code}:\n\n${deploy.output}`);

  say("\nThe outputs of both stacks, as other programs read them (--outputs-file):");
  const shown: unknown = JSON.parse(await readFile(outputs, "utf8"));
  say(JSON.stringify(shown, null, 2).replace(/^/gm, "  "));

  service.removeTask(TASK_ID);
  say("\nThe task is now deleted from the service. A later plan must not mind:");
  say(`$ ${terraform.command} plan`);
  const stack = path.join(folder, "cdktf.out", "stacks", "gate");
  const plan = await runCommand(terraform.command, ["plan", "-detailed-exitcode", "-no-color"], {
    cwd: stack,
    env,
  });
  if (plan.code !== 0)
    throw new Error(`${terraform.command} plan ended with ${plan.code}:\n\n${plan.output}`);
  say(`  ${/No changes\..*/.exec(plan.output)?.[0] ?? "No changes."}`);
  say(`\nThe service was called ${service.calls.length} times in all.`);
}

/** The same app as in this project's cdktf.json, started from another folder. */
function projectFile(): Record<string, unknown> {
  const app = [process.execPath, path.join(ROOT, "scripts", "run-ts.mjs"), path.join(ROOT, "main.ts")];
  const command = app.map((part) => `"${part}"`).join(" ");
  return { language: "typescript", app: command, projectId: "demo", sendCrashReports: "false" };
}

async function main(): Promise<number> {
  const begun = Date.now();
  const folder = await mkdtemp(path.join(tmpdir(), "bdrc-task-demo-"));
  let service: FakeBdrc | undefined;
  let interrupted = false;

  const cleanUp = async (): Promise<void> => {
    await stopCommands();
    await service?.close();
    await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (interrupted) return;
      interrupted = true;
      say("\nInterrupted: cleaning up.");
      void cleanUp().then(() => process.exit(130));
    });
  }

  try {
    await demo(folder, (started) => (service = started));
    say(
      `Done in ${Math.round((Date.now() - begun) / 1000)} seconds; everything the demo made is removed again.`,
    );
    return 0;
  } catch (error) {
    // While an interrupt cleans up, a command that was ended is no error.
    if (!interrupted) say(`\n${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    if (!interrupted) await cleanUp();
  }
}

void main().then((code) => (process.exitCode = code));
