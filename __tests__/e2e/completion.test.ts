import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const CLI = path.resolve(__dirname, "..", "..", "dist", "cli.cjs");

let folder: string;
beforeAll(() => {
  if (!existsSync(CLI)) throw new Error("dist/cli.cjs is missing; run npm run build first.");
  folder = mkdtempSync(path.join(tmpdir(), "completion-"));
  const command = path.join(folder, "bdrc-task");
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(command, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs lines in a shell that finds the command. */
function run(shell: string, lines: readonly string[]): { out: string; err: string } {
  const ended = spawnSync(shell, ["-c", lines.join("\n")], {
    cwd: folder,
    encoding: "utf8",
    env: { HOME: folder, PATH: `${folder}${path.delimiter}${process.env["PATH"]}` },
  });
  return { out: ended.stdout, err: ended.stderr };
}

test("bash reads the script, completes with it, and runs nothing of what was typed", () => {
  writeFileSync(path.join(folder, "events.ndjson"), "");
  const ask = (...words: string[]): string =>
    `COMP_WORDS=(${["bdrc-task", ...words].map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; ` +
    `COMPREPLY=(); __bdrc_task_complete; echo "\${COMPREPLY[*]}"`;
  const { out, err } = run("bash", [
    "bdrc-task complete bash > script",
    "bash -n script",
    // As a shell does whose user reads his file again.
    ". ./script; . ./script",
    "complete -p bdrc-task",
    ask("wa"),
    ask("start", "check-rules", "--r"),
    ask("wait", "--region", ""),
    ask("wait", "$(touch typed)", "--js"),
    ask("run", "--", ""),
    ask("nothing", "such"),
  ]);
  expect(out.split("\n")).toEqual([
    "complete -o default -F __bdrc_task_complete bdrc-task",
    "wait watch",
    "--resource-arn --rule-id --reuse --region",
    "cn-shanghai ap-southeast-1 cn-shanghai-finance-1",
    "--json",
    // Names of files come from bash itself.
    "",
    "",
    "",
  ]);
  // Outside of a completion there is nothing whose options could be changed.
  expect(err.replace(/^.*compopt: not currently executing completion function\n/gm, "")).toBe("");
  expect(existsSync(path.join(folder, "typed"))).toBe(false);
});

// Only bash is on every machine that runs these tests.
for (const [shell, check] of Object.entries({ zsh: "-n", fish: "--no-execute" })) {
  if (spawnSync(shell, ["-c", "true"]).status !== 0) continue;
  test(`${shell} reads its script`, () => {
    const { err } = run(shell, [`bdrc-task complete ${shell} > script`, `${shell} ${check} script`]);
    expect(err).toBe("");
  });
}
