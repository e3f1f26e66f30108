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
const RUN = "t-0004d9ctt1iiunderrun";
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
  service = await startFakeBdrc({
    tasks: {
      [SHORT]: task,
      [FOLLOWED]: task,
      [RUN]: task,
      [ENDLESS]: { ends: "NEVER" },
      [`${FOLLOWED}x`]: { ends: "NEVER" },
    },
  });
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
    // Where waiters and watchers meet without a variable.
    TMPDIR: folder,
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

test("Ctrl-C ends it at once with 130, gives the cursor back, and says how to wait again", async () => {
  const terminal = start(`wait ${ENDLESS} --timeout 2h`);
  await until(terminal, /RUNNING/);
  terminal.pressControlC();
  const screen = await until(terminal, /exit code 130/);
  expect(screen).toContain("The task goes on in BDRC all the same. To wait for it again:");
  expect(screen).toContain(`bdrc-task wait ${ENDLESS} --timeout 2h\n`);
  expect(terminal.raw().lastIndexOf("\u001b[?25h")).toBeGreaterThan(
    terminal.raw().lastIndexOf("\u001b[?25l"),
  );
});

test("watch finds a waiter without a variable, follows it as a bar, and ends after it", async () => {
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

test("bars survive a window that becomes narrow, down to 30 columns, and large again, without rubbish", async () => {
  const terminal = start(`wait ${ENDLESS} ${FOLLOWED}x --max-outage 1s`);
  await until(terminal, new RegExp(`${ENDLESS} +░+ +0 % RUNNING`));
  if (!make?.hasScreen) return;
  const sizes = [
    [60, 12],
    [40, 12],
    [30, 12],
    [100, 12],
    [30, 30],
    [100, 30],
  ] as const;
  for (const [columns, rows] of sizes) {
    terminal.resize(columns, rows);
    await sleep(700);
    // Neither on the screen nor above it is anything but the two bars, at the bottom.
    const shown = terminal.history().trim().split("\n");
    expect({ columns, bars: shown.filter((line) => line.trim() !== "").length }).toEqual({
      columns,
      bars: 2,
    });
    expect(terminal.screen().replace(/\n$/, "").split("\n").slice(-2).join("")).toMatch(/%.*%/);
  }
  terminal.pressControlC();
  const screen = await until(terminal, /exit code 130/);
  expect(screen.match(/RUNNING/g)).toHaveLength(2);
});

test("run keeps a bar below the lines of its command, which has a terminal, and takes it away at the end", async () => {
  const waiter = `echo '${JSON.stringify({ task_id: RUN, endpoint: service.endpoint })}' | node ${DIST}/waiter.cjs > result &`;
  const script = `test -t 1 && echo on a terminal; ${waiter} n=0; while [ $n -lt 60 ]; do n=$((n+1)); echo "line $n"; sleep 0.1; done; wait`;
  writeFileSync(path.join(folder, "child.sh"), script);
  const terminal = start("run -- sh child.sh");
  const bar = new RegExp(`${RUN} ░+ +0 % RUNNING`);
  const first = await until(terminal, bar);
  if (make?.hasScreen) {
    expect(first.trimEnd().split("\n").at(-1)).toMatch(bar);
    terminal.resize(60, 14);
    await sleep(900);
    const lines = terminal.screen().trimEnd().split("\n");
    expect(lines).toHaveLength(14);
    expect(lines.at(-1)).toMatch(bar);
    expect(lines.slice(0, 12).every((line) => /^line \d+$/.test(line))).toBe(true);
    terminal.resize(100, 30);
  }
  const screen = await until(terminal, /exit code 0/);
  expect(terminal.raw()).toContain("on a terminal\r\n");
  // No line of the command is broken or lost.
  for (let line = 45; line <= 60; line += 1) expect(screen).toContain(`line ${line}\n`);
  if (make?.hasScreen) expect(screen).not.toContain(RUN);
});

test("Ctrl-C reaches the command of run once, which decides how it ends", async () => {
  const script =
    'n=0; trap "n=\\$((n+1))" INT; echo ready; while [ $n = 0 ]; do sleep 0.1; done; sleep 1; echo "got $n"; exit 9';
  writeFileSync(path.join(folder, "trap.sh"), script);
  const terminal = start("run -- sh trap.sh");
  await until(terminal, /ready/);
  terminal.pressControlC();
  const screen = await until(terminal, /exit code/);
  expect(screen).toMatch(/got 1\s+exit code 9/);
});

test("doctor says line by line that all is well", async () => {
  const screen = await until(start("doctor"), /exit code \d/);
  expect(screen).toMatch(/ok {7}(Terraform|OpenTofu) +\d+\.\d+/);
  expect(screen).toMatch(/ok {7}Permission {3}bdrc:DescribeTask is granted/);
  expect(screen).toContain("No problem was found.");
  expect(screen).toContain("exit code 0");
});
