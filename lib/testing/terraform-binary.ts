import { spawnSync } from "node:child_process";
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
  const named = environment["TERRAFORM_BINARY_NAME"];
  for (const command of named ? [named] : ["terraform", "tofu"]) {
    const asked = askBinary(command, run);
    if (asked === undefined) continue;
    const { product, version } = asked;
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major < 1 || (major === 1 && minor < 5)) {
      throw new Error(
        `${product} ${version} is too old.\n\n  Expected: Terraform 1.5 or newer, or OpenTofu 1.6 or newer`,
      );
    }
    return { command, product, version };
  }
  throw new Error(
    named
      ? `TERRAFORM_BINARY_NAME names ${named}, which cannot be run.\n\n  Expected: Terraform 1.5 or newer, or OpenTofu 1.6 or newer`
      : "There is no Terraform on PATH.\n\n  Expected: terraform (1.5 or newer) or tofu (1.6 or newer)\n" +
          "  Next:     install one of them, or name it in TERRAFORM_BINARY_NAME",
  );
}

/**
 * Asks a binary what it is, since its name tells nothing: many machines have OpenTofu as `terraform`.
 *
 * As text, which says the product, and whatever a wrapper or a warning prints before it.
 *
 * @returns undefined when it cannot be run, or is neither of the two
 * @internal
 */
export function askBinary(
  command: string,
  run: CommandRunner = runCommand,
): Pick<TerraformBinary, "product" | "version"> | undefined {
  const printed = run(command, ["version"]) ?? "";
  const match = /^(Terraform|OpenTofu) v(\d+\.\d+\.\S+)/m.exec(stripVTControlCharacters(printed));
  const [, product, version] = match ?? [];
  return version === undefined ? undefined : { product: product as TerraformBinary["product"], version };
}

function runCommand(command: string, args: readonly string[]): string | undefined {
  const ended = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
  });
  return ended.status === 0 ? ended.stdout : undefined;
}
