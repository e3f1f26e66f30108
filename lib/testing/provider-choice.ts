import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import {
  cliConfigFor,
  hasProviderInstallation,
  OPENTOFU_REGISTRY,
  TERRAFORM_REGISTRY,
  usesFilesystemMirror,
} from "./cli-config";
import { createOfflineMirror, OFFLINE_PROVIDER_VERSION } from "./offline-mirror";
import { askBinary, productOfName, type TerraformBinary } from "./terraform-binary";

/** The variable that names a filesystem mirror holding the real provider hashicorp/external. */
export const PROVIDER_MIRROR_VARIABLE = "BDRC_TASK_PROVIDER_MIRROR";

/** Where Terraform takes the provider hashicorp/external from. */
export interface ProviderChoice {
  /**
   * `mirror`: the mirror that BDRC_TASK_PROVIDER_MIRROR names; `cli-config`: what the user's own Terraform CLI
   * configuration says; `registry`: the public registry; `offline`: the stand-in of this package.
   */
  readonly kind: "mirror" | "cli-config" | "registry" | "offline";
  /** One line to print, so that nobody takes the stand-in for the real provider. */
  readonly sentence: string;
  /** To be added to the environment of `terraform`, `tofu` and `cdktf`. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * What a choice is made from.
 */
export interface ChooseProviderOptions {
  /** The environment in which Terraform will run. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * The Terraform or OpenTofu that will run: a name on PATH or a path.
   *
   * @default - TERRAFORM_BINARY_NAME of the environment, else `terraform`
   */
  readonly binary?: string;
  /** Where a CLI configuration or an offline mirror is put when one is needed; made when it does not exist. */
  readonly folder: string;
  /**
   * Tells whether a provider registry answers, given the address of its service discovery document.
   *
   * @default - an HTTPS request, no proxy, at most 3 seconds
   */
  readonly probe?: (url: string) => Promise<boolean>;
  /**
   * The folder that holds `.terraformrc` and `.tofurc`.
   *
   * @default - the home folder of this user
   */
  readonly homeFolder?: string;
}

/**
 * Chooses where Terraform takes hashicorp/external from: the mirror that BDRC_TASK_PROVIDER_MIRROR names, else
 * the user's own CLI configuration if it says so, else the public registry if it answers, else the stand-in.
 *
 * For tests and demonstrations, so that they run on any machine and with the real provider where there is one.
 *
 * @throws Error when BDRC_TASK_PROVIDER_MIRROR names no such mirror, and as {@link createOfflineMirror} does
 */
export async function chooseProvider(options: ChooseProviderOptions): Promise<ProviderChoice> {
  const binary = options.binary ?? (options.environment["TERRAFORM_BINARY_NAME"] || "terraform");
  const decision = await decideProvider(binary, options.environment, {
    ...thisMachine(),
    ...(options.homeFolder === undefined ? {} : { homeFolder: options.homeFolder }),
    ...(options.probe === undefined ? {} : { probe: options.probe }),
  });
  const { kind, sentence } = decision;
  switch (decision.kind) {
    case "mirror": {
      const cliConfigFile = path.resolve(options.folder, "mirror.tfrc");
      await mkdir(path.dirname(cliConfigFile), { recursive: true });
      await writeFile(cliConfigFile, cliConfigFor(decision.mirror, decision.providers));
      return { kind, sentence, environment: { TF_CLI_CONFIG_FILE: cliConfigFile, ...NO_PLUGIN_CACHE } };
    }
    case "cli-config":
      return { kind, sentence, environment: decision.usesFilesystemMirror ? NO_PLUGIN_CACHE : {} };
    case "registry":
      return { kind, sentence, environment: {} };
    case "offline":
      return { kind, sentence, environment: (await createOfflineMirror(options.folder)).environment };
  }
}

/** cdktf points Terraform at a cache in the home folder, where content of a mirror would stay as links. */
const NO_PLUGIN_CACHE = { CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1" };

/**
 * What is decided, with what is needed to carry it out.
 *
 * @internal
 */
export type Decision = { readonly sentence: string } & (
  | { readonly kind: "mirror"; readonly mirror: string; readonly providers: readonly string[] }
  | { readonly kind: "cli-config"; readonly usesFilesystemMirror: boolean }
  | { readonly kind: "registry" }
  | { readonly kind: "offline" }
);

/**
 * The world as a decision sees it.
 *
 * @internal
 */
export interface Outside {
  readonly homeFolder: string;
  /** What a binary says that it is; undefined when it cannot be asked. */
  readonly productOf: (binary: string) => TerraformBinary["product"] | undefined;
  readonly probe: (url: string) => Promise<boolean>;
  /** A file's text, or undefined when there is no such file. */
  readonly readText: (file: string) => Promise<string | undefined>;
  /** The names in a folder, or undefined when there is no such folder. */
  readonly listFolder: (folder: string) => Promise<readonly string[] | undefined>;
}

/**
 * The real world: this machine's files, and the registries that it reaches.
 *
 * @internal
 */
export function thisMachine(): Outside {
  const productOf: Outside["productOf"] = (binary) => askBinary(binary)?.product;
  return { homeFolder: homedir(), productOf, probe: registryAnswers, readText, listFolder };
}

/**
 * The rule of {@link chooseProvider}, which looks and changes nothing.
 *
 * @internal
 */
export async function decideProvider(
  binary: string,
  environment: ChooseProviderOptions["environment"],
  outside: Outside,
): Promise<Decision> {
  // A binary that cannot be asked goes by its name.
  const engine = outside.productOf(binary) ?? productOfName(binary);
  const isTofu = engine === "OpenTofu";
  const host = isTofu ? OPENTOFU_REGISTRY : TERRAFORM_REGISTRY;

  const mirror = environment[PROVIDER_MIRROR_VARIABLE];
  if (mirror) {
    const providers = await providersOfMirror(path.resolve(mirror), host, outside);
    const sentence = `${engine} takes hashicorp/external from the mirror ${mirror} (${PROVIDER_MIRROR_VARIABLE}).`;
    return { kind: "mirror", sentence, mirror: path.resolve(mirror), providers };
  }

  const cliConfig = await ownCliConfig(environment, isTofu, outside);
  if (cliConfig !== undefined && hasProviderInstallation(cliConfig.text)) {
    const sentence = `${engine} takes hashicorp/external from where ${cliConfig.file} says.`;
    return { kind: "cli-config", sentence, usesFilesystemMirror: usesFilesystemMirror(cliConfig.text) };
  }

  if (await outside.probe(`https://${host}/.well-known/terraform.json`)) {
    return { kind: "registry", sentence: `${engine} takes hashicorp/external from ${host}.` };
  }
  const sentence =
    `${host} does not answer, so ${engine} runs this package's test stand-in ` +
    `(version ${OFFLINE_PROVIDER_VERSION}) and not hashicorp/external itself.`;
  return { kind: "offline", sentence };
}

/** All providers of a mirror, not hashicorp/external alone: whoever names a mirror wants it used. */
async function providersOfMirror(mirror: string, host: string, outside: Outside): Promise<readonly string[]> {
  const advice =
    `Expected a filesystem mirror, as 'terraform providers mirror' makes it, that holds ` +
    `${host}/hashicorp/external. Correct the variable, or unset it to let the provider be found another way.`;
  if ((await outside.listFolder(mirror)) === undefined) {
    throw new Error(`${PROVIDER_MIRROR_VARIABLE} names ${mirror}, which is no folder. ${advice}`);
  }
  const external = await outside.listFolder(path.join(mirror, host, "hashicorp", "external"));
  if (external === undefined || external.length === 0) {
    throw new Error(
      `${PROVIDER_MIRROR_VARIABLE} names ${mirror}, which does not hold the provider. ${advice}`,
    );
  }
  const providers: string[] = [];
  // Of both registries: the same configuration serves whichever of the two runs with it.
  for (const registry of [TERRAFORM_REGISTRY, OPENTOFU_REGISTRY]) {
    for (const namespace of (await outside.listFolder(path.join(mirror, registry))) ?? []) {
      for (const type of (await outside.listFolder(path.join(mirror, registry, namespace))) ?? []) {
        providers.push(`${registry}/${namespace}/${type}`);
      }
    }
  }
  return providers.sort();
}

/** The CLI configuration that Terraform itself would read: a named file replaces those of the home folder. */
async function ownCliConfig(
  environment: ChooseProviderOptions["environment"],
  isTofu: boolean,
  outside: Outside,
): Promise<{ readonly file: string; readonly text: string } | undefined> {
  const named = environment["TF_CLI_CONFIG_FILE"] || environment["TERRAFORM_CONFIG"];
  const names = isTofu ? [".tofurc", ".terraformrc"] : [".terraformrc"];
  const files = named ? [named] : names.map((name) => path.join(outside.homeFolder, name));
  for (const file of files) {
    const text = await outside.readText(file);
    if (text !== undefined) return { file, text };
  }
  return undefined;
}

async function registryAnswers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3000) });
    // A captive portal answers, too, but not with this.
    const discovery: unknown = await response.json();
    return response.ok && typeof discovery === "object" && discovery !== null && "providers.v1" in discovery;
  } catch {
    return false;
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}

async function listFolder(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch {
    return undefined;
  }
}
