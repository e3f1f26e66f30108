import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readExternal } from "../../lib/testing/offline-provider/read";
import { killAllPrograms, runProgram, type ProgramEnd } from "../../lib/testing/offline-provider/run-program";

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "run-program-")));
const never = new AbortController().signal;
afterAll(() => rmSync(folder, { recursive: true }));

function run(
  script: string,
  options: { input?: string; workingDir?: string; abort?: AbortSignal } = {},
): Promise<ProgramEnd> {
  const command = { file: "/bin/sh", argv: ["sh", "-c", script] };
  const { input = "{}", workingDir = "", abort = never } = options;
  return runProgram({ command, workingDir, environment: process.env, input }, abort);
}

const text = (end: ProgramEnd): string => end.stdout.toString();

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Runs a script that prints its pid to a file first; gives the pid as soon as it is there. */
async function pidFrom(file: string): Promise<number> {
  for (;;) {
    const name = readdirSync(folder).find((entry) => entry.startsWith(`${file}.`));
    if (name !== undefined) return Number(name.slice(file.length + 1));
    await sleep(10);
  }
}

describe("running a program", () => {
  test("it finds the input on its stdin, and its output and its notes are kept apart", async () => {
    const end = await run("cat; echo note >&2", { input: '{"a":"b"}' });
    expect(text(end)).toBe('{"a":"b"}');
    expect(end).toMatchObject({ stderr: "note\n", failure: undefined });
  });

  test("it can open /dev/stdin, /dev/stdout and /dev/stderr by name", async () => {
    const end = await run("sleep 0.1; cat /dev/stdin > /dev/stdout; echo note > /dev/stderr", { input: "x" });
    expect(text(end)).toBe("x");
    expect(end).toMatchObject({ stderr: "note\n", failure: undefined });
  });

  test("an exit status other than 0 is a failure, and what it wrote is kept", async () => {
    expect(await run("echo why >&2; exit 3")).toMatchObject({ stderr: "why\n", failure: "exit status 3" });
  });

  test("a signal is a failure", async () => {
    expect((await run("kill -TERM $$")).failure).toBe("killed by SIGTERM");
  });

  test("megabytes of output and of input pass", async () => {
    const input = "é".repeat(4_000_000);
    const end = await run("cat; head -c 3000000 /dev/zero >&2", { input });
    expect(end.stdout.equals(Buffer.from(input))).toBe(true);
    expect(end.stderr).toHaveLength(3_000_000);
  });

  test("megabytes of input that nobody reads are no failure", async () => {
    const end = await run("exec 0<&-; echo ok", { input: "x".repeat(5_000_000) });
    expect(end).toMatchObject({ failure: undefined });
    expect(text(end)).toBe("ok\n");
  });

  test("it waits for a grandchild that holds stdout, and takes what that one writes", async () => {
    const end = await run("(sleep 0.3; echo late) & echo early");
    expect(text(end)).toBe("early\nlate\n");
  });

  test("it sees the name that it was called by", async () => {
    const command = { file: "/bin/sh", argv: ["another-name", "-c", "echo $0"] };
    const end = await runProgram({ command, workingDir: "", environment: process.env, input: "" }, never);
    expect(text(end)).toBe("another-name\n");
  });

  test("it runs in its working folder and is told so in PWD", async () => {
    expect(text(await run("pwd -P; echo $PWD", { workingDir: folder }))).toBe(`${folder}\n${folder}\n`);
  });

  test("a path is seen from the working folder", async () => {
    mkdirSync(path.join(folder, "sub"));
    writeFileSync(path.join(folder, "sub", "here"), "#!/bin/sh\necho here\n");
    chmodSync(path.join(folder, "sub", "here"), 0o755);
    const command = { file: "./here", argv: ["./here"] };
    const workingDir = path.join(folder, "sub");
    const end = await runProgram({ command, workingDir, environment: process.env, input: "" }, never);
    expect(text(end)).toBe("here\n");
  });

  test("a working folder that does not exist keeps it from starting", async () => {
    const end = await run("echo", { workingDir: path.join(folder, "missing") });
    expect(end.failure).toMatch(/^could not start: .*ENOENT/);
  });

  test("an interpreter that does not exist keeps it from starting", async () => {
    const file = path.join(folder, "bad-interpreter");
    writeFileSync(file, "#!/no/such/interpreter\n");
    chmodSync(file, 0o755);
    const end = await runProgram(
      { command: { file, argv: [file] }, workingDir: "", environment: {}, input: "" },
      never,
    );
    expect(end.failure).toMatch(/^could not start: .*ENOENT/);
  });

  test("a file without a shebang is not handed to a shell: exec format error", async () => {
    const file = path.join(folder, "no-shebang");
    writeFileSync(file, "echo hello\n");
    chmodSync(file, 0o755);
    const end = await runProgram(
      { command: { file, argv: [file] }, workingDir: "", environment: {}, input: "" },
      never,
    );
    expect(end.failure).toBe("could not start: exec format error");
  });

  test("an argument that no system can pass keeps it from starting", async () => {
    expect((await run("echo \0")).failure).toMatch(/^could not start: /);
  });

  test("no file descriptor is left open", async () => {
    const openFiles = (): number =>
      readdirSync(process.platform === "linux" ? "/proc/self/fd" : "/dev/fd").length;
    await run("true");
    const before = openFiles();
    for (let round = 0; round < 5; round++) {
      await run("true");
      await run("true", { workingDir: "/no/such/folder" });
    }
    expect(openFiles()).toBeLessThanOrEqual(before);
  });
});

describe("interrupting a program", () => {
  test("an abort kills it at once, although it ignores signals", async () => {
    const abort = new AbortController();
    const end = run(`trap '' TERM INT HUP; touch "${folder}/one.$$"; while :; do sleep 0.1; done`, {
      abort: abort.signal,
    });
    const pid = await pidFrom("one");
    abort.abort();
    expect((await end).failure).toBe("killed by SIGKILL");
    expect(isRunning(pid)).toBe(false);
  });

  test("an abort does not wait for a grandchild that holds stdout", async () => {
    const abort = new AbortController();
    const end = run(`sleep 1 & touch "${folder}/two.$$"; sleep 1`, { abort: abort.signal });
    await pidFrom("two");
    const begin = Date.now();
    abort.abort();
    await end;
    expect(Date.now() - begin).toBeLessThan(500);
  });

  test("an abort after the program's end, while a grandchild holds stdout, is a failure", async () => {
    const abort = new AbortController();
    const end = run(`sleep 1 & touch "${folder}/three.$$"`, { abort: abort.signal });
    const pid = await pidFrom("three");
    while (isRunning(pid)) await sleep(10);
    await sleep(50);
    abort.abort();
    expect((await end).failure).toMatch(/interrupted/);
  });

  test("what is aborted before it begins is never started", async () => {
    const end = await run(`touch "${folder}/four.$$"`, { abort: AbortSignal.abort() });
    expect(end.failure).toMatch(/before it was started/);
    expect(readdirSync(folder).filter((name) => name.startsWith("four"))).toEqual([]);
  });

  test("all programs under way can be killed at once", async () => {
    const ends = [run("exec sleep 5"), run("exec sleep 5")];
    await sleep(50);
    killAllPrograms();
    expect((await Promise.all(ends)).map((end) => end.failure)).toEqual([
      "killed by SIGKILL",
      "killed by SIGKILL",
    ]);
  });
});

describe("reading data.external", () => {
  const read = (script: string, query: Record<string, string | null> | null = null, abort = never) =>
    readExternal(
      { id: null, program: ["sh", "-c", script], query, result: null, working_dir: null },
      process.env,
      abort,
    );

  test("the block comes back with the result and the id '-'", async () => {
    expect(await read("cat", { a: "b", n: null })).toEqual({
      value: {
        id: "-",
        program: ["sh", "-c", "cat"],
        query: { a: "b", n: null },
        result: { a: "b" },
        working_dir: null,
      },
    });
  });

  test("a failing program's stderr is the Error Message of the diagnostic", async () => {
    expect(await read("printf 'no luck\\n\\n  Task: t-1' >&2; exit 2")).toEqual({
      diagnostics: [
        {
          summary: "External program has failed",
          detail: expect.stringMatching(
            /\n\nProgram: \/.*sh\nError Message: no luck\n\n {2}Task: t-1\nState: exit status 2$/,
          ),
          attribute: "program",
        },
      ],
    });
  });

  test("a silent failure says that there was nothing on stderr", async () => {
    expect(await read("exit 1")).toEqual({
      diagnostics: [
        expect.objectContaining({ detail: expect.stringMatching(/nothing to stderr[^]*exit status 1$/) }),
      ],
    });
  });

  test("output that is no object of strings is told apart from a failure", async () => {
    expect(await read(`echo '{"count":3}'`)).toEqual({
      diagnostics: [
        expect.objectContaining({
          summary: "External program's output unreadable",
          detail: expect.stringContaining('Result Error: "count" is a number, not a string'),
        }),
      ],
    });
  });

  test("a program that does not exist is named with the platform", async () => {
    const config = { program: ["no-such-program"], query: null, working_dir: null };
    expect(await readExternal(config, { PATH: "/nowhere" }, never)).toEqual({
      diagnostics: [
        expect.objectContaining({
          summary: "External program not found",
          detail: expect.stringMatching(/\nProgram: no-such-program\nProblem: .*PATH\nPlatform: /),
        }),
      ],
    });
  });

  test("an interrupt is called one", async () => {
    const end = read("exec sleep 5", null, AbortSignal.timeout(50));
    expect(await end).toEqual({
      diagnostics: [expect.objectContaining({ summary: "External program was interrupted" })],
    });
  });
});
