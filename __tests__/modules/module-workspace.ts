import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { FakeBdrcOptions } from "../../lib/testing";
import { Workspace } from "../support/workspace";

const MODULES = path.resolve(__dirname, "..", "..", "modules");

/** A workspace with a root module of HCL that calls one of the modules. */
export async function rootModule(
  name: "at-plan" | "at-apply",
  options: FakeBdrcOptions,
): Promise<{
  workspace: Workspace;
  /** The folder of the root module. */
  folder: string;
  /** Writes the root module anew, with these arguments of the module besides the endpoint, that of the fake service. */
  write: (args: string, endpoint?: string) => void;
}> {
  const workspace = await Workspace.create(options);
  const folder = path.join(workspace.folder, "cdktf.out", "stacks", "root");
  mkdirSync(folder, { recursive: true });
  cpSync(path.join(MODULES, name), path.join(folder, "bdrc"), { recursive: true });
  const write = (args: string, endpoint = workspace.service.endpoint): void =>
    writeFileSync(
      path.join(folder, "main.tf"),
      `terraform {
  backend "local" { path = ${JSON.stringify(path.join(workspace.folder, "root.tfstate"))} }
}
module "inventory" {
  source   = "./bdrc"
  endpoint = ${JSON.stringify(endpoint)}
  ${args}
}
resource "terraform_data" "behind" {
  input      = "made"
  depends_on = [module.inventory]
}
output "all" { value = module.inventory }
`,
    );
  return { workspace, folder, write };
}
