import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chooseProvider, findTerraform } from "../../lib/testing";
import { readVersion } from "../../lib/testing/terraform-binary";

const found = (printed: Record<string, string>, environment: Record<string, string> = {}) =>
  findTerraform(environment, (command) => printed[command]);

test.each<[string, string, string, string]>([
  ["Terraform v1.11.4\non linux_amd64\n", "terraform", "Terraform", "1.11.4"],
  ["OpenTofu v1.10.6\non linux_amd64\n", "terraform", "OpenTofu", "1.10.6"],
  ["Terraform v1.5.7\n", "tofu", "Terraform", "1.5.7"],
  ["OpenTofu v1.12.0-beta1\n", "tofu", "OpenTofu", "1.12.0-beta1"],
  [
    "\u001b[33mWarning: something\u001b[0m\n\n  about v9.9.9\n\n\u001b[1mTerraform v1.9.0\u001b[0m\n",
    "terraform",
    "Terraform",
    "1.9.0",
  ],
])(
  "what a binary says decides, not its name, and a warning before it changes nothing: %j",
  (printed, command, product, version) => {
    expect(found({ [command]: printed })).toEqual({ command, product, version });
  },
);

const MISSING_CONFIG = `There are some problems with the CLI configuration:
╷
│ Warning: Unable to open CLI configuration file
│
│ The CLI configuration file at "/home/u/none.tfrc" does not exist.
╵

`;
const AS_JSON = `{
  "terraform_version": "1.11.4",
  "platform": "linux_amd64",
  "provider_selections": {},
  "terraform_outdated": false
}
`;

test.each<[string, string, string, string]>([
  [MISSING_CONFIG + "OpenTofu v1.12.6\non linux_amd64\n", "terraform", "OpenTofu", "1.12.6"],
  // TF_CLI_ARGS_version=-json makes every `terraform version` print JSON.
  [AS_JSON, "terraform", "Terraform", "1.11.4"],
  [MISSING_CONFIG + AS_JSON, "/usr/bin/tofu", "OpenTofu", "1.11.4"],
  [AS_JSON + "\nYour version is out of date\n", "terraform", "Terraform", "1.11.4"],
  // A sentence about a version is not the version.
  ["Terraform v1.2.0 was replaced by a wrapper\nTerraform v1.9.0\n", "terraform", "Terraform", "1.9.0"],
])(
  "the version is read from text and from JSON, with a warning of any length before it: %#",
  (printed, command, product, version) => {
    expect(readVersion(printed, command)).toEqual({ product, version });
    const environment: Record<string, string> = { TERRAFORM_BINARY_NAME: command };
    expect(found({ [command]: printed }, environment)).toEqual({ command, product, version });
  },
);

test("what is no version is none", () => {
  for (const printed of ["", MISSING_CONFIG, "{}", '{"terraform_version": ""}', "Terraform vNext\n"])
    expect(readVersion(printed, "terraform")).toBeUndefined();
});

test("the binary that the variable names is the only one asked", () => {
  const printed = { terraform: "Terraform v1.11.4\n", "/opt/mine": "OpenTofu v1.9.0\n" };
  expect(found(printed, { TERRAFORM_BINARY_NAME: "/opt/mine" }).product).toBe("OpenTofu");
  expect(() => found(printed, { TERRAFORM_BINARY_NAME: "/opt/other" })).toThrow(
    "TERRAFORM_BINARY_NAME names /opt/other",
  );
});

test("one that is too old or none of the two is refused", () => {
  expect(() => found({ terraform: "Terraform v1.4.6\n" })).toThrow("Terraform 1.4.6 (terraform) is too old.");
  expect(() => found({ terraform: "Welcome to something else v2.0.0\n" })).toThrow(
    "There is neither terraform nor tofu on PATH.",
  );
});

test("a program named terraform that says OpenTofu gets the mirror and the registry of OpenTofu", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "as-terraform-"));
  try {
    const binary = path.join(folder, "terraform");
    writeFileSync(
      binary,
      "#!/bin/sh\necho 'Warning: a wrapper' >&2\necho 'OpenTofu v1.10.6'\necho 'on linux_amd64'\n",
    );
    chmodSync(binary, 0o755);
    const environment = { TERRAFORM_BINARY_NAME: binary };
    expect(findTerraform(environment)).toEqual({ command: binary, product: "OpenTofu", version: "1.10.6" });
    const asked: string[] = [];
    const probe = (url: string): Promise<boolean> => Promise.resolve(asked.push(new URL(url).host) > 0);
    const choice = await chooseProvider({ environment, folder, homeFolder: folder, probe });
    expect(asked).toEqual(["registry.opentofu.org"]);
    expect(choice.sentence).toBe("OpenTofu takes hashicorp/external from registry.opentofu.org.");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each<[string, Record<string, string>, Record<string, string>]>([
  ["none on PATH", {}, {}],
  ["one that is too old", { terraform: "Terraform v1.4.6\n" }, {}],
  ["a name that cannot be run", {}, { TERRAFORM_BINARY_NAME: "/opt/other" }],
])(
  "without a Terraform the last line says what to do, and makes sense alone: %s",
  (_, printed, environment) => {
    let text = "";
    try {
      found(printed, environment);
    } catch (error) {
      text = (error as Error).message;
    }
    const last = text.split("\n").at(-1) ?? "";
    expect(last).toMatch(/^ {2}Next: {5}(install Terraform 1\.5|correct TERRAFORM_BINARY_NAME)/);
    expect(last).toContain("TERRAFORM_BINARY_NAME");
  },
);
