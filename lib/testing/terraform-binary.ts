import { spawnSync } from "node:child_process";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";

/** A Terraform or OpenTofu that can be run. */
export interface TerraformBinary {
  /** What to run: a name on PATH or a path. */
  readonly command: string;
  /** Which of the two it is. */
  readonly product: "Terraform" | "OpenTofu";
  /** Such as 1.11.4. */
  readonly version: string;
}

/**
 * Runs a command and gives what it printed, or undefined when it cannot be run.
 *
 * @inline
 */
export type CommandRunner = (command: string, args: readonly string[]) => string | undefined;

/** The variable of cdktf that names the binary. */
const NAME_VARIABLE = "TERRAFORM_BINARY_NAME";
/** What is good enough. */
const WANTED = "Terraform 1.5 or newer, or OpenTofu 1.6 or newer";

/**
 * Finds the Terraform to use: the one that TERRAFORM_BINARY_NAME names (cdktf's own variable), else `terraform`,
 * else `tofu`.
 *
 * @param environment the environment in which Terraform will run, such as `process.env`
 * @param run how a command is run, for tests
 * @throws Error with one sentence and what to do when there is none, or when it is too old
 */
export function findTerraform(
  environment: Readonly<Record<string, string | undefined>>,
  run: CommandRunner = runCommand,
): TerraformBinary {
  const named = environment[NAME_VARIABLE];
  for (const command of named ? [named] : ["terraform", "tofu"]) {
    const asked = askBinary(command, run);
    if (asked === undefined) continue;
    const { product, version } = asked;
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major < 1 || (major === 1 && minor < 5)) {
      throw new Error(
        `${product} ${version} (${command}) is too old.\n\n  Expected: ${WANTED}\n` +
          `  Next:     install ${WANTED}, or name one in ${NAME_VARIABLE}`,
      );
    }
    return { command, product, version };
  }
  throw new Error(
    named
      ? `${NAME_VARIABLE} names ${named}, which cannot be run.\n\n  Expected: ${WANTED}\n` +
          `  Next:     correct ${NAME_VARIABLE}, or unset it for the terraform or tofu on PATH`
      : `There is neither terraform nor tofu on PATH.\n\n  Expected: ${WANTED}\n` +
          `  Next:     install ${WANTED}, or name one in ${NAME_VARIABLE}`,
  );
}

/**
 * Asks a binary what it is, since its name tells nothing: many machines have OpenTofu as `terraform`.
 *
 * As text, which says the product; its JSON is the same for both.
 *
 * @returns undefined when it cannot be run, or is neither of the two
 * @internal
 */
export function askBinary(
  command: string,
  run: CommandRunner = runCommand,
): Pick<TerraformBinary, "product" | "version"> | undefined {
  return readVersion(run(command, ["version"]) ?? "", command);
}

/**
 * What `version` or `version -json` has printed, whatever a wrapper or a warning prints before it: OpenTofu warns on
 * stdout when its CLI configuration is missing.
 *
 * @param printed all that came on stdout
 * @param command what was run; its name says the product where only JSON was printed, which is the same for both
 * @returns undefined when no version of either is in it
 * @internal
 */
export function readVersion(
  printed: string,
  command: string,
): Pick<TerraformBinary, "product" | "version"> | undefined {
  const plain = stripVTControlCharacters(printed);
  const [, product, version] = /^(Terraform|OpenTofu) v(\d+\.\d+\.\S+)(?: \(.*\))?\s*$/m.exec(plain) ?? [];
  if (version !== undefined) return { product: product as TerraformBinary["product"], version };
  const [, inJson] = /^\s*"terraform_version": *"(\d+\.\d+\.[^"]+)"/m.exec(plain) ?? [];
  return inJson === undefined ? undefined : { product: productOfName(command), version: inJson };
}

/**
 * What a binary is by its name, where nothing better is known.
 *
 * @internal
 */
export function productOfName(command: string): TerraformBinary["product"] {
  return /tofu/i.test(path.basename(command)) ? "OpenTofu" : "Terraform";
}

function runCommand(command: string, args: readonly string[]): string | undefined {
  const ended = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
  });
  return ended.status === 0 ? ended.stdout : undefined;
}
