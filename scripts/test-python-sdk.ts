/**
 * Holds the fake service against Alibaba's own Python SDK, in a venv below a folder that git ignores: every operation,
 * an unknown task and a wrong secret. Without Python or PyPI there is one line, and nothing is tested.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import * as path from "node:path";
import { startFakeBdrc } from "../lib/testing";

const PACKAGE = "alibabacloud_bdrc20230808==2.2.0";
const VENV = path.resolve(__dirname, "..", ".tmp", PACKAGE.replace("==", "-"));
/** Five minutes: PyPI can be slow. */
const INSTALL_LIMIT = 300_000;
/** How long all calls together may take, in milliseconds. */
const CALLS_LIMIT = 120_000;

/** The Python that has the SDK, installed when it is not there yet; undefined with the reason printed when it cannot be. */
function python(): string | undefined {
  const command = path.join(VENV, "bin", "python");
  const run = (program: string, ...args: string[]): boolean =>
    spawnSync(program, args, { stdio: "ignore", timeout: INSTALL_LIMIT }).status === 0;
  if (existsSync(command) && run(command, "-c", "import alibabacloud_bdrc20230808")) return command;
  if (!run("python3", "-m", "venv", VENV)) return skip("there is no python3 that can make a venv");
  if (run(command, "-m", "pip", "install", "--quiet", PACKAGE)) return command;
  rmSync(VENV, { recursive: true, force: true });
  return skip(`pip gives no ${PACKAGE}`);
}

function skip(why: string): undefined {
  console.log(`Skipped the check with Alibaba's Python SDK: ${why}.`);
}

async function main(command: string): Promise<number> {
  const service = await startFakeBdrc({ tasks: { "t-1": { counts: { "ACS::OSS::Bucket": 3 } } } });
  try {
    const script = path.join(__dirname, "test-python-sdk.py");
    const env = {
      ...process.env,
      ...service.environment,
      BDRC_ENDPOINT: service.endpoint,
      BDRC_TASK_ID: "t-1",
      NO_PROXY: "127.0.0.1",
    };
    const child = spawn(command, [script], { env, stdio: "inherit", timeout: CALLS_LIMIT });
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
  } finally {
    await service.close();
  }
}

const command = python();
if (command !== undefined) void main(command).then((code) => (process.exitCode = code));
