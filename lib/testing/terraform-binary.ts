import { spawnSync } from "node:child_process";

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
    const printed = run(command, ["version", "-json"]);
    const version = printed === undefined ? undefined : readVersion(printed);
    if (printed === undefined || version === undefined) continue;
    const product = /tofu/i.test(command) ? "OpenTofu" : "Terraform";
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

function readVersion(printed: string): string | undefined {
  try {
    const { terraform_version: version } = JSON.parse(printed) as { terraform_version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

function runCommand(command: string, args: readonly string[]): string | undefined {
  const ended = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
  });
  return ended.status === 0 ? ended.stdout : undefined;
}
