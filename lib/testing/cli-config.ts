/** The host of the provider registry that Terraform uses for a provider without a host of its own. */
export const TERRAFORM_REGISTRY = "registry.terraform.io";

/** The same for OpenTofu. */
export const OPENTOFU_REGISTRY = "registry.opentofu.org";

/**
 * Writes a Terraform CLI configuration that takes some providers from a filesystem mirror and from nowhere
 * else, and all others from their registries.
 *
 * @param mirror the absolute path of the mirror
 * @param providers full addresses, such as `registry.terraform.io/hashicorp/external`
 */
export function cliConfigFor(mirror: string, providers: readonly string[]): string {
  const list = `[${providers.map((provider) => JSON.stringify(provider)).join(", ")}]`;
  return [
    "provider_installation {",
    "  filesystem_mirror {",
    `    path    = ${JSON.stringify(mirror)}`,
    `    include = ${list}`,
    "  }",
    "  direct {",
    `    exclude = ${list}`,
    "  }",
    "}",
    "",
  ].join("\n");
}

/** Whether a Terraform CLI configuration says where providers come from. */
export function hasProviderInstallation(cliConfig: string): boolean {
  return /(^|[\s{,])"?provider_installation"?\s*[:={]/.test(withoutComments(cliConfig));
}

/** Whether a Terraform CLI configuration takes providers from a folder of this machine. */
export function usesFilesystemMirror(cliConfig: string): boolean {
  return /(^|[\s{,])"?filesystem_mirror"?\s*[:={]/.test(withoutComments(cliConfig));
}

function withoutComments(cliConfig: string): string {
  // Strings are matched first, since a URL in one holds "//".
  return cliConfig.replace(/("(?:\\.|[^"\\])*")|#.*|\/\/.*|\/\*[\s\S]*?\*\//g, "$1");
}
