import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing";
import { terminalMaker, type RealTerminal } from "../support/real-terminal";
import { endToEnd } from "../support/workspace";

const DIST = path.resolve(__dirname, "..", "..", "dist");
const SHORT = "t-0004d9ctt1iishortone";
const FOLLOWED = "t-0004d9ctt1iifollowed";
const ENDLESS = "t-0004d9ctt1iiendless0";

const make = terminalMaker();
let service: FakeBdrc;
let folder: string;
const open: RealTerminal[] = [];

beforeAll(async () => {
  if (!existsSync(path.join(DIST, "cli.cjs")))
    throw new Error("dist/cli.cjs is missing; run npm run build first.");
  folder = mkdtempSync(path.join(tmpdir(), "cli-terminal-"));
  const task = { seconds: 3, startsAtFirstLook: true, counts: { "ACS::OSS::Bucket": 3 } };
  service = await startFakeBdrc({ tasks: { [SHORT]: task, [FOLLOWED]: task, [ENDLESS]: { ends: "NEVER" } } });
  process.stderr.write(`\nThe terminal is made by ${make?.by ?? "nothing"}.\n`);
});

afterAll(async () => {
  open.forEach((terminal) => terminal.close());
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

function environment(): NodeJS.ProcessEnv {
  const { environment: provider, terraform } = endToEnd();
  const inherited = Object.entries(process.env).filter(([name]) => !/^(NO|FORCE)_COLOR$/.test(name));
  return {
    ...Object.fromEntries(inherited),
    ...provider,
    ...service.environment,
    TERRAFORM_BINARY_NAME: terraform,
    BDRC_ENDPOINT: service.endpoint,
    BDRC_TASK_EVENTS: path.join(folder, "events.ndjson"),
    TERM: "xterm-256color",
  };
}

/** Runs a command line of bdrc-task in a terminal, and prints its exit code below. */
function start(line: string): RealTerminal {
  if (make === undefined) throw new Error("This machine has neither tmux nor script nor python3.");
  const command = `'${process.execPath}' '${path.join(DIST, "cli.cjs")}' ${line}; echo "exit code $?"`;
  const file = path.join(folder, `run-${open.length}.sh`);
  writeFileSync(file, `trap : INT\n${command}\nsleep 60\n`);
  const terminal = make.open({ argv: ["sh", file], env: environment(), cwd: folder });
  open.push(terminal);
  return terminal;
}

/** The screen, once it matches. */
async function until(terminal: RealTerminal, pattern: RegExp): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const screen = terminal.screen();
    if (pattern.test(screen)) return screen;
    await sleep(100);
  }
  throw new Error(`The screen never matched ${pattern}:\n\n${terminal.screen()}`);
}

test("wait draws one bar over and over, and then the table of counts", async () => {
  const terminal = start(`wait ${SHORT} --timeout 8s`);
  await until(terminal, /░ {3}0 % RUNNING {2}\ds · next look in \ds/);
  const screen = await until(terminal, /exit code 0/);
  expect(screen).toMatch(new RegExp(`${SHORT} █{8,24} 100 % COMPLETE ended after \\ds · \\d looks`));
  expect(screen).toMatch(/RESOURCE TYPE {5}COUNT\s+ACS::OSS::Bucket {6}3\s+Total {17}3\s+exit code 0/);
  // Many frames were drawn, and on a screen they all stand in one line.
  expect(terminal.raw().split(`${SHORT} `).length).toBeGreaterThan(4);
  if (make?.hasScreen) expect(screen.split(SHORT)).toHaveLength(2);
  expect(terminal.raw()).toContain("\u001b[32m█");
  expect(terminal.raw().lastIndexOf("\u001b[?25h")).toBeGreaterThan(
    terminal.raw().lastIndexOf("\u001b[?25l"),
  );
});

test("Ctrl-C ends it at once with 130 and gives the cursor back", async () => {
  const terminal = start(`wait ${ENDLESS}`);
  await until(terminal, /RUNNING/);
  terminal.pressControlC();
  await until(terminal, /exit code 130/);
  expect(terminal.raw().lastIndexOf("\u001b[?25h")).toBeGreaterThan(
    terminal.raw().lastIndexOf("\u001b[?25l"),
  );
});

test("watch finds the file of a waiter, follows it as a bar, and ends after it", async () => {
  const terminal = start("watch");
  await until(terminal, /waiting for the next one/);
  const waiter = spawn(process.execPath, [path.join(DIST, "waiter.cjs")], {
    env: environment(),
    stdio: ["pipe", "ignore", "ignore"],
  });
  waiter.stdin.end(JSON.stringify({ task_id: FOLLOWED, endpoint: service.endpoint, timeout_seconds: "7" }));
  await until(terminal, new RegExp(`${FOLLOWED} ░+ +0 % RUNNING`));
  const screen = await until(terminal, /exit code 0/);
  expect(screen).toMatch(new RegExp(`${FOLLOWED} █{8,24} 100 % COMPLETE ended after \\ds`));
});

test("doctor says line by line that all is well", async () => {
  const screen = await until(start("doctor"), /exit code \d/);
  expect(screen).toMatch(/ok {7}Terraform {4}(Terraform|OpenTofu) \d+\.\d+/);
  expect(screen).toMatch(/ok {7}Permission {3}bdrc:DescribeTask is granted/);
  expect(screen).toContain("No problem was found.");
  expect(screen).toContain("exit code 0");
});
