// Finds the `tofu` to test with: the one on PATH, else the one that Go makes from tools/opentofu, in some minutes, once; it
// stays in tools/opentofu/bin.
//
//   node scripts/opentofu.mjs     prints its path or name; exits 1 with the reason when there is none
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const tools = path.join(root, "tools", "opentofu");
const made = path.join(tools, "bin", "tofu");
const PACKAGE = "github.com/opentofu/opentofu";

/** What a command prints; undefined when it cannot be run or fails. */
function printed(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8", ...options });
  return status === 0 ? stdout : undefined;
}

function isTofu(command) {
  return printed(command, ["version"])?.includes("OpenTofu v") ?? false;
}

/** The version that tools/opentofu names. */
function pinned() {
  const [, version] = /^\s*github\.com\/opentofu\/opentofu v(\S+)/m.exec(
    readFileSync(path.join(tools, "go.mod"), "utf8"),
  );
  return version;
}

/** A path or a name of OpenTofu, or why there is none. */
export function findTofu() {
  if (isTofu("tofu")) return { tofu: "tofu" };
  const version = pinned();
  // A warning may stand before it.
  const found = existsSync(made) && printed(made, ["version"])?.split("\n").includes(`OpenTofu v${version}`);
  if (found) return { tofu: made };
  if (printed("go", ["version"]) === undefined) {
    return { problem: "there is neither tofu nor Go on PATH" };
  }
  console.error(
    `There is no tofu on PATH: Go makes OpenTofu ${version} in tools/opentofu/bin. It takes some minutes, once.`,
  );
  // As OpenTofu's own releases are made; else it calls itself a development version.
  const flags = `-s -w -X ${PACKAGE}/version.dev=no`;
  const built = spawnSync(
    "go",
    ["build", "-trimpath", "-ldflags", flags, "-o", made, `${PACKAGE}/cmd/tofu`],
    {
      cwd: tools,
      // On stdout stands the answer.
      stdio: ["ignore", process.stderr, "inherit"],
    },
  );
  return built.status === 0 ? { tofu: made } : { problem: "Go could not make it; the reason stands above" };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { tofu, problem } = findTofu();
  if (tofu === undefined) console.error(problem);
  else console.log(tofu);
  process.exitCode = tofu === undefined ? 1 : 0;
}
