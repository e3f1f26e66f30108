import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chooseProvider, findTerraform } from "../../lib/testing";

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

test("the binary that the variable names is the only one asked", () => {
  const printed = { terraform: "Terraform v1.11.4\n", "/opt/mine": "OpenTofu v1.9.0\n" };
  expect(found(printed, { TERRAFORM_BINARY_NAME: "/opt/mine" }).product).toBe("OpenTofu");
  expect(() => found(printed, { TERRAFORM_BINARY_NAME: "/opt/other" })).toThrow(
    "TERRAFORM_BINARY_NAME names /opt/other",
  );
});

test("one that is too old or none of the two is refused", () => {
  expect(() => found({ terraform: "Terraform v1.4.6\n" })).toThrow("Terraform 1.4.6 is too old.");
  expect(() => found({ terraform: "Welcome to something else v2.0.0\n" })).toThrow(
    "There is no Terraform on PATH.",
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
