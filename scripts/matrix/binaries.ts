import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { findTerraform, type TerraformBinary } from "../../lib/testing";
import { askBinary } from "../../lib/testing/terraform-binary";
import { nameOf, type Binary } from "./page";

const ROOT = path.resolve(__dirname, "..", "..");

/** The last of the lowest Terraform that the stack takes, and the last under the Mozilla licence: Go may make it. */
const OLDEST = "1.5.7";

/** What the matrix runs with, and what it would have run with, too. */
export interface Binaries {
  readonly found: readonly TerraformBinary[];
  readonly missing: readonly Binary[];
}

/** The binary that TERRAFORM_BINARY_NAME names or that is on PATH. @throws Error when there is none */
export function pathBinary(): Binaries {
  return { found: [findTerraform(process.env)], missing: [] };
}

/** Besides that the oldest Terraform and OpenTofu; Go makes what is not there, once. */
export function allBinaries(): Binaries {
  const wanted: readonly [Binary, string | undefined][] = [
    [{ product: "Terraform", version: "1.5" }, oldestTerraform()],
    [{ product: "Terraform", version: "on PATH" }, "terraform"],
    [{ product: "OpenTofu", version: "1.6 or newer" }, openTofu()],
  ];
  const found: TerraformBinary[] = [];
  const missing: Binary[] = [];
  for (const [binary, command] of wanted) {
    const asked = command === undefined ? undefined : askBinary(command);
    if (command === undefined || asked?.product !== binary.product) missing.push(binary);
    else if (!found.some((other) => nameOf(other) === nameOf(asked))) found.push({ command, ...asked });
  }
  return { found, missing };
}

/** A path; undefined when Go cannot make it. */
function oldestTerraform(): string | undefined {
  const folder = path.join(ROOT, ".tmp", `terraform-${OLDEST}`);
  const made = path.join(folder, "terraform");
  if (existsSync(made)) return made;
  console.log(`Go makes Terraform ${OLDEST} in .tmp. It takes some minutes, once.`);
  const package_ = `github.com/hashicorp/terraform@v${OLDEST}`;
  spawnSync("go", ["install", "-trimpath", "-ldflags", "-s -w", package_], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, GOBIN: folder, GOFLAGS: "" },
  });
  return existsSync(made) ? made : undefined;
}

/** A path or a name; undefined when there is none. */
function openTofu(): string | undefined {
  const { status, stdout } = spawnSync(process.execPath, [path.join(ROOT, "scripts", "opentofu.mjs")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return status === 0 ? stdout.trim() : undefined;
}
