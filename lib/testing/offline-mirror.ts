import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { packageFile } from "../package-file";
import { PACKAGE } from "../package-name";
import { cliConfigFor, OPENTOFU_REGISTRY, TERRAFORM_REGISTRY } from "./cli-config";

/**
 * The version under which the stand-in for hashicorp/external is offered.
 *
 * It satisfies `>= 2.3.0, < 3.0.0`, is far above any release of the real provider, so that the two are never taken for
 * each other, and says what it is in its build metadata, which version constraints do not look at, and
 * which `terraform version` and the dependency lock file show. (A pre-release, `2.999.0-…`, would not satisfy any
 * range.)
 */
export const OFFLINE_PROVIDER_VERSION = "2.999.0+test-stand-in";

const BUNDLE = "offline-provider.cjs";
const COMMONJS = `${JSON.stringify({ type: "commonjs" })}\n`;

/**
 * How a mirror is laid; everything has a default.
 */
export interface OfflineMirrorOptions {
  /**
   * The version that the stand-in is offered as, for a configuration that asks for one exact version.
   *
   * @default "2.999.0+test-stand-in"
   */
  readonly version?: string;
  /**
   * The platform of the Terraform that will use the mirror, in Go's words.
   *
   * @default - this machine's, such as `linux_amd64`
   */
  readonly target?: string;
  /**
   * The file that is the provider.
   *
   * @default - `dist/offline-provider.cjs` of this package
   */
  readonly providerFile?: string;
}

/** A filesystem mirror that holds the stand-in for hashicorp/external, and how to make Terraform use it. */
export interface OfflineMirror {
  /** The Terraform CLI configuration that points at the mirror, an absolute path. */
  readonly cliConfigFile: string;
  /**
   * To be added to the environment of `terraform`, `tofu` and `cdktf`.
   *
   * Besides the CLI configuration it switches off the look for new Terraform versions and every plugin cache:
   * a cache would keep the stand-in and offer it to other projects of the same user.
   */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Lays a filesystem mirror with a stand-in for the provider hashicorp/external, so that Terraform and OpenTofu
 * run `data "external"` where no provider registry is in reach.
 *
 * For tests and demonstrations. All other providers still come from their registries. Laying it again into
 * the same folder is harmless, also while Terraform uses it. `cdktf deploy` and `cdktn deploy` need `--skip-provider-lock` with it.
 *
 * @param folder where the mirror and the CLI configuration are put; made when it does not exist
 * @throws Error on Windows, where a script cannot be a provider, or when this package was not built
 */
export async function createOfflineMirror(
  folder: string,
  options: OfflineMirrorOptions = {},
): Promise<OfflineMirror> {
  const target = options.target ?? thisMachine();
  if (target.startsWith("windows_")) {
    throw new Error(
      `The stand-in for hashicorp/external does not run on Windows (target ${target}): it is a script with a ` +
        `shebang line. Use Linux, macOS or WSL, or set BDRC_TASK_PROVIDER_MIRROR to a filesystem mirror that ` +
        `holds the real provider.`,
    );
  }
  const providerFile = options.providerFile ?? packageFile(BUNDLE);
  if (providerFile === undefined || !existsSync(providerFile)) {
    throw new Error(
      `The stand-in for hashicorp/external is missing: expected it at ${providerFile ?? `dist/${BUNDLE} of this package`}. ` +
        `In a working copy of ${PACKAGE} run npm run build; in an installed package install it again; ` +
        `keep the package out of a bundle (esbuild: --external:${PACKAGE}).`,
    );
  }

  const root = path.resolve(folder);
  const version = options.version ?? OFFLINE_PROVIDER_VERSION;
  const providers = [TERRAFORM_REGISTRY, OPENTOFU_REGISTRY].map((host) => `${host}/hashicorp/external`);
  for (const provider of providers) {
    const package_ = path.join(root, provider, version, target);
    await mkdir(package_, { recursive: true });
    // A program without an extension is read as what the nearest package.json says, which may be a project of ES modules.
    await putInPlace(path.join(package_, "package.json"), (file) => writeFile(file, COMMONJS));
    await putInPlace(path.join(package_, `terraform-provider-external_v${version}`), async (file) => {
      await copyFile(providerFile, file);
      await chmod(file, 0o755);
    });
  }
  const cliConfigFile = path.join(root, "offline.tfrc");
  await writeFile(cliConfigFile, cliConfigFor(root, providers));
  return {
    cliConfigFile,
    environment: {
      TF_CLI_CONFIG_FILE: cliConfigFile,
      CHECKPOINT_DISABLE: "1",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      // Terraform reads an empty value as none.
      TF_PLUGIN_CACHE_DIR: "",
    },
  };
}

/** Puts the whole file in place at once, for a Terraform that starts it at the same moment. */
async function putInPlace(to: string, write: (file: string) => Promise<void>): Promise<void> {
  // The folder may hold one executable only, so the half-written one stands outside of it.
  const halfWritten = path.join(to, "..", "..", `.${randomUUID()}`);
  await write(halfWritten);
  await rename(halfWritten, to);
}

function thisMachine(): string {
  const systems: Partial<Record<string, string>> = { win32: "windows", sunos: "solaris" };
  const architectures: Partial<Record<string, string>> = { x64: "amd64", ia32: "386" };
  const system = systems[process.platform] ?? process.platform;
  return `${system}_${architectures[process.arch] ?? process.arch}`;
}
