import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { BdrcTask, Duration, WaitAt } from "../../lib";
import { endToEnd, Workspace } from "../support/workspace";

const CLI = path.resolve(__dirname, "..", "..", "dist", "cli.cjs");

let workspace: Workspace;
beforeEach(async () => {
  const task = { seconds: 3, startsAtFirstLook: true, counts: { "ACS::OSS::Bucket": 2 } };
  workspace = await Workspace.create({ tasks: { "t-plan": task, "t-apply": task, "t-other": task } });
});
afterEach(() => workspace?.remove());

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Starts `bdrc-task run` in a process group of its own, with a temp folder of its own. */
function run(
  words: readonly string[],
  environment: Record<string, string> = {},
): { readonly child: ChildProcess; readonly out: () => string; readonly ended: Promise<Ended> } {
  const temp = path.join(workspace.folder, "temp");
  mkdirSync(temp, { recursive: true });
  const child = spawn(process.execPath, [CLI, "run", ...words], {
    cwd: workspace.folder,
    env: { ...workspace.environment(), BDRC_TASK_EVENTS: "", TMPDIR: temp, ...environment },
    detached: true,
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  const ended = new Promise<Ended>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, out, err })),
  );
  return { child, out: () => out, ended };
}

/** What is left in the temp folder; the private folder itself stays. */
function left(): string[] {
  return readdirSync(path.join(workspace.folder, "temp"), { recursive: true }).map(String).slice(1);
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

test("the command has its own input, outputs and exit code, and nothing is left behind", async () => {
  const { child, ended } = run(["--", "sh", "-c", "cat; echo problem >&2; exit 42"]);
  child.stdin?.end("input\n");
  expect(await ended).toEqual({ code: 42, signal: null, out: "input\n", err: "problem\n" });
  expect(left()).toEqual([]);
});

test("a command that a signal ends, ends run by the same signal", async () => {
  expect(await run(["sh", "-c", "kill -TERM $$"]).ended).toMatchObject({ code: null, signal: "SIGTERM" });
});

describe("a command that cannot be run", () => {
  test.each([
    [127, "no-such-command", 'There is no command "no-such-command"; nothing was run.'],
    [126, "/etc/passwd", '"/etc/passwd" cannot be run (EACCES); nothing was run.'],
  ])("ends run with %i: %s", async (code, command, text) => {
    const ended = await run(["--", command]).ended;
    expect(ended).toMatchObject({ code, out: "" });
    expect(ended.err).toMatch(/^.*\n\n {2}Code: {5}BAD_INPUT\n {2}Expected: .*\n {2}Next: .*\n$/);
    expect(ended.err).toContain(text);
    expect(left()).toEqual([]);
  });
});

describe("a signal", () => {
  /** Counts what it gets, and ends a second after the first. */
  const counting =
    'n=0; trap "n=\\$((n+1))" INT TERM; echo ready; while [ $n = 0 ]; do sleep 0.05; done; sleep 1; echo "got $n"; exit 3';

  test.each<[string, (child: ChildProcess, signal: NodeJS.Signals) => void]>([
    ["to run alone is handed on", (child, signal) => child.kill(signal)],
    [
      "to the whole group reaches the command once, as the second would make Terraform give up at once",
      (child, signal) => process.kill(-(child.pid ?? 0), signal),
    ],
  ])("%s", async (_, send) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const { child, out, ended } = run(["--", "sh", "-c", counting]);
      await until(() => out().includes("ready"));
      send(child, signal);
      expect(await ended).toMatchObject({ code: 3, out: "ready\ngot 1\n" });
      expect(left()).toEqual([]);
    }
  });
});

describe("under Terraform", () => {
  const stackOf = (taskId: string, waitAt: WaitAt) =>
    ({
      [taskId]: (stack) => {
        const { endpoint } = workspace.service;
        new BdrcTask(stack, "inventory", { taskId, endpoint, timeout: Duration.seconds(20), waitAt });
      },
    }) as Parameters<Workspace["synth"]>[0];

  /** A script that applies stacks at once, and waits outside of them for a task that is nobody's business. */
  const applied = (...stacks: string[]): readonly string[] => {
    const { terraform } = endToEnd();
    const lines = stacks.map(
      (stack) =>
        `"${terraform}" -chdir=cdktf.out/stacks/${stack} apply -auto-approve -input=false -no-color &`,
    );
    return ["--", "sh", "-c", `${lines.join(" ")} wait`];
  };

  test("each wait at plan has lines on stderr, one at apply only its own, and other waits on the machine none", async () => {
    workspace.synth({ ...stackOf("t-plan", WaitAt.PLAN), ...stackOf("t-apply", WaitAt.APPLY) });
    for (const stack of ["t-plan", "t-apply"]) await workspace.terraform(stack, "validate");
    const temp = path.join(workspace.folder, "temp");
    const { ended } = run(applied("t-plan", "t-apply"));
    const other = spawn(process.execPath, [path.join(path.dirname(CLI), "waiter.cjs")], {
      env: { ...workspace.environment(), BDRC_TASK_EVENTS: "", TMPDIR: temp },
      stdio: ["pipe", "ignore", "ignore"],
    });
    other.stdin.end(JSON.stringify({ task_id: "t-other", endpoint: workspace.service.endpoint }));
    const { err, out } = await ended;
    other.kill();
    expect(err).toMatch(/^bdrc-task: t-plan RUNNING \d+ % · /m);
    expect(err).toMatch(/^bdrc-task: t-plan COMPLETE · \d/m);
    expect(err).not.toMatch(/t-apply|t-other/);
    expect(out).toMatch(/\(local-exec\): inventory: t-apply COMPLETE/);
    // What is left belongs to the other wait.
    expect(left().filter((name) => name.includes("-run-"))).toEqual([]);
  });

  test("a run within a run shows nothing, and a place that the user has named is kept and followed", async () => {
    workspace.synth(stackOf("t-plan", WaitAt.PLAN));
    await workspace.terraform("t-plan", "validate");
    const events = path.join(workspace.folder, "mine.ndjson");
    const [, ...command] = applied("t-plan");
    const inner = ["--", process.execPath, CLI, "run", "--", ...command];
    const { err } = await run(inner, { BDRC_TASK_EVENTS: events }).ended;
    expect(readFileSync(events, "utf8")).toContain('"status":"COMPLETE"');
    expect(err.match(/^bdrc-task: t-plan COMPLETE · \d/gm)).toHaveLength(1);
  });
});

test("a report for CI holds what the waits brought, and the exit code stays the command's", async () => {
  const output = path.join(workspace.folder, "output");
  const query = JSON.stringify({ task_id: "t-plan", endpoint: workspace.service.endpoint });
  const waiter = `echo '${query}' | '${process.execPath}' '${path.join(path.dirname(CLI), "waiter.cjs")}' > result; exit 5`;
  const ended = await run(["--github", "--", "sh", "-c", waiter], { GITHUB_OUTPUT: output }).ended;
  expect(ended.code).toBe(5);
  expect(readFileSync(output, "utf8")).toBe(
    'task_id=t-plan\nstatus=COMPLETE\ntotal_count=2\ncounts={"ACS::OSS::Bucket":2}\n',
  );
});

test("GITHUB_OUTPUT that cannot be written is found before anything is run", async () => {
  const made = path.join(workspace.folder, "made");
  const GITHUB_OUTPUT = path.join(workspace.folder, "no", "such");
  const ended = await run(["--github", "--", "touch", made], { GITHUB_OUTPUT }).ended;
  expect(ended.code).toBe(2);
  expect(ended.err).toMatch(
    /^The file of GITHUB_OUTPUT cannot be written \(ENOENT\)\.\n\n {2}Code: {5}BAD_INPUT\n {2}File: /,
  );
  expect(existsSync(made)).toBe(false);
});

test("a wait in a traced pipeline becomes a span below its parent, with looks as events", async () => {
  const bodies: string[] = [];
  const collector = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      bodies.push(body);
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const { port } = collector.address() as AddressInfo;
  const words = ["--", process.execPath, path.join(path.dirname(CLI), "waiter.cjs")];
  const { child, ended } = run(words, {
    TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  });
  child.stdin?.end(JSON.stringify({ task_id: "t-plan", endpoint: workspace.service.endpoint }));
  expect((await ended).code).toBe(0);
  collector.close();
  const [sent] = bodies.map(
    (body) => JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: object[] }[] }[] },
  );
  const spans = sent?.resourceSpans[0]?.scopeSpans[0]?.spans;
  expect(spans).toEqual([
    expect.objectContaining({
      name: "bdrc wait",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      parentSpanId: "b7ad6b7169203331",
      events: expect.arrayContaining([expect.objectContaining({ name: "look" })]) as unknown,
    }),
  ]);
});

test("a collector that cannot be reached is a line, and the command's end stays its own", async () => {
  const { child, ended } = run(["--", process.execPath, path.join(path.dirname(CLI), "waiter.cjs")], {
    TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
  });
  child.stdin?.end(
    JSON.stringify({ task_id: "t-missing", wait: "false", endpoint: workspace.service.endpoint }),
  );
  const { code, err } = await ended;
  expect(code).toBe(0);
  expect(err).toMatch(/^The trace could not be sent: .+\n$/);
});
