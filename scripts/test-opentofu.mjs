// Runs the end-to-end tests, and those of the modules, a second time with OpenTofu as the binary:
//
//   npm run test:opentofu [-- arguments of jest]
//   npm run test:opentofu -- --runInBand --selectProjects=measured
//
// It takes the `tofu` on PATH, or has Go make one; without Go it says so and counts as skipped.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findTofu } from "./opentofu.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

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
  const chosen = args.some((arg) => arg.startsWith("--selectProjects"));
  const projects = chosen ? [] : ["--selectProjects=e2e", "--selectProjects=modules"];
  // The faults have no Terraform in them.
  const which = [...projects, "--testPathPatterns=/(e2e|modules)/"];
  const ran = spawnSync(process.execPath, [jest, ...which, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TERRAFORM_BINARY_NAME: tofu },
  });
  process.exitCode = ran.status ?? 1;
}
