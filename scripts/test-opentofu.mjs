// Runs the end-to-end tests, and those of the modules, a second time with OpenTofu as the binary:
//
//   npm run test:opentofu [-- arguments of jest]
//
// It takes the `tofu` on PATH. Where there is none, Go makes it from tools/opentofu, in some minutes, once; the binary
// stays in tools/opentofu/bin. Without Go it says so and counts as skipped.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
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
function findTofu() {
  if (isTofu("tofu")) return { tofu: "tofu" };
  const version = pinned();
  // A warning may stand before it.
  const found = existsSync(made) && printed(made, ["version"])?.split("\n").includes(`OpenTofu v${version}`);
  if (found) return { tofu: made };
  if (printed("go", ["version"]) === undefined) {
    return { problem: "there is neither tofu nor Go on PATH" };
  }
  console.log(
    `There is no tofu on PATH: Go makes OpenTofu ${version} in tools/opentofu/bin. It takes some minutes, once.`,
  );
  // As OpenTofu's own releases are made; else it calls itself a development version.
  const flags = `-s -w -X ${PACKAGE}/version.dev=no`;
  const built = spawnSync(
    "go",
    ["build", "-trimpath", "-ldflags", flags, "-o", made, `${PACKAGE}/cmd/tofu`],
    {
      cwd: tools,
      stdio: "inherit",
    },
  );
  return built.status === 0 ? { tofu: made } : { problem: "Go could not make it; the reason stands above" };
}

/** So that the step is counted where a report of jest is asked for. */
function reportSkipped(args) {
  const file = args.map((arg) => /^--outputFile=(.+)$/.exec(arg)?.[1]).find((name) => name !== undefined);
  if (file === undefined) return;
  const none = { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
  writeFileSync(file, JSON.stringify({ ...none, numPendingTests: 1 }));
}

const args = process.argv.slice(2);
const { tofu, problem } = findTofu();
if (tofu === undefined) {
  console.log(`The tests with OpenTofu are skipped: ${problem}.`);
  reportSkipped(args);
} else {
  const jest = path.join(root, "node_modules", "jest", "bin", "jest.js");
  // The faults have no Terraform in them.
  const which = ["--selectProjects=e2e", "--selectProjects=modules", "--testPathIgnorePatterns=/faults/"];
  const ran = spawnSync(process.execPath, [jest, ...which, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TERRAFORM_BINARY_NAME: tofu },
  });
  process.exitCode = ran.status ?? 1;
}
