import { mkdir, readFile, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { blockWith } from "../../__tests__/support/markdown";
import { written } from "../../__tests__/support/packed-project";
import { createOfflineMirror, startFakeBdrc, type FakeBdrc, type TerraformBinary } from "../../lib/testing";
import { runCommand } from "../demo/run-command";
import { NEWEST, type Framework, type Row } from "./rows";

const TASK_ID = "t-0004d9ctt1iimatrixxx";
const BUCKETS = 3;
const STACKS = ["gate", "behind"] as const;

/** Variables of this process that would change what a row does. */
const OWN = /^(TSX_|BDRC_|TF_|CDKTF_|ALICLOUD_|ALIBABA_)/;

/** Installs the packed package with the framework and the constructs of a row. @returns the constructs that npm chose */
export async function install(row: Row, packed: string, tsx: string, project: string): Promise<string> {
  await writeFile(path.join(project, "package.json"), "{}");
  const constructs = row.constructs === NEWEST ? [] : [`constructs@${row.constructs}`];
  const flags = ["--save-exact", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
  const packages = [packed, `${row.framework}@${row.version}`, ...constructs, `tsx@${tsx}`];
  await ended(0, "npm", ["install", ...flags, ...packages], project, process.env);
  await writeFile(path.join(project, "main.ts"), firstExample(row.framework));
  const { version } = JSON.parse(
    await readFile(path.join(project, "node_modules", "constructs", "package.json"), "utf8"),
  ) as { readonly version: string };
  return version;
}

/**
 * Synthesizes the project with a Node, plans and applies its stacks with a binary, and plans them again without the task.
 *
 * @param folder below the project, made for this run, so that its states are its own
 * @throws Error with the command that did otherwise than it should, and all that it printed
 */
export async function run(node: string, binary: TerraformBinary, folder: string): Promise<void> {
  await mkdir(folder);
  const service = await startFakeBdrc({
    tasks: {
      [TASK_ID]: { seconds: 2, startsAtFirstLook: true, counts: { "ACS::OSS::Bucket": BUCKETS } },
    },
  });
  try {
    await runAgainst(service, node, binary, folder);
  } finally {
    await service.close();
  }
}

async function runAgainst(
  service: FakeBdrc,
  node: string,
  binary: TerraformBinary,
  folder: string,
): Promise<void> {
  const { environment: provider } = await createOfflineMirror(path.join(folder, "mirror"));
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN.test(name))),
    ...provider,
    ...service.environment,
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
    BDRC_TASK_ID: TASK_ID,
    BDRC_ENDPOINT: service.endpoint,
    TERRAFORM_BINARY_NAME: binary.command,
    HOME: folder,
    // The waiter and the stand-in run with the `node` that is found first.
    PATH: `${path.dirname(node)}${path.delimiter}${process.env["PATH"] ?? ""}`,
  };
  const tsx = path.join("..", "node_modules", "tsx", "dist", "cli.mjs");
  await ended(0, node, [tsx, path.join("..", "main.ts")], folder, env);

  const terraform = (code: number, stack: string, command: string, ...args: string[]): Promise<string> =>
    ended(
      code,
      binary.command,
      [command, "-no-color", "-input=false", ...args],
      path.join(folder, "cdktf.out", "stacks", stack),
      env,
    );
  for (const stack of STACKS) {
    await terraform(0, stack, "init");
    await terraform(CHANGES, stack, "plan", "-detailed-exitcode", "-out=plan");
    await terraform(0, stack, "apply", "plan");
  }
  const found = await outputOf(path.join(folder, "terraform.behind.tfstate"), "to_protect");
  if (found !== BUCKETS) {
    throw new Error(`The output to_protect is ${JSON.stringify(found)}.\n\n  Expected: ${BUCKETS}`);
  }
  service.removeTask(TASK_ID);
  for (const stack of STACKS) await terraform(0, stack, "plan", "-detailed-exitcode");
}

/** What `plan -detailed-exitcode` ends with when it would change something. */
const CHANGES = 2;

async function ended(
  code: number,
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const end = await runCommand(command, args, { cwd, env });
  if (end.code === code) return end.output;
  const line = [path.basename(command), ...args].join(" ");
  throw new Error(`${line}\n\nended with ${end.code} instead of ${code}:\n\n${end.output}`);
}

async function outputOf(state: string, name: string): Promise<unknown> {
  const { outputs } = JSON.parse(await readFile(state, "utf8")) as {
    readonly outputs: Readonly<Record<string, { readonly value: unknown }>>;
  };
  return outputs[name]?.value;
}

/** The README's own, as it is written with a framework. */
function firstExample(framework: Framework): string {
  return written(framework, blockWith("README.md", "ts", "process.env.BDRC_TASK_ID").text);
}
