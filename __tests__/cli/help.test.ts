import type { Command } from "commander";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { version } from "../../package.json";
import { EXIT } from "../../lib/cli/exit-code";
import { createProgram } from "../../lib/cli/program";
import { bdrcTask, FakeTerminal } from "./fake-terminal";

const program = createProgram({ terminal: new FakeTerminal(), end: () => undefined });
const docs = readFileSync(path.join(__dirname, "..", "..", "docs", "cli.md"), "utf8");

/** Every command with its words, such as `start check-rules`. */
function commandsBelow(command: Command, words = ""): [string, Command][] {
  return command.commands.flatMap((sub) => {
    const name = `${words} ${sub.name()}`.trim();
    return [[name, sub] as [string, Command], ...commandsBelow(sub, name)];
  });
}
const commands = commandsBelow(program);

const flagsOf = (command: Command): string[] =>
  command.options.filter(({ hidden }) => !hidden).map(({ flags }) => flags);

/** The flags in the table of a section; those of `start` hold for its kinds, too. */
function documented(words: string): string[] {
  const [group = "", kind] = words.split(" ");
  const own = flagsInSection(words);
  return kind === undefined ? own : [...own, ...flagsInSection(group)];
}

function flagsInSection(words: string): string[] {
  const [, rest = ""] = docs.split(new RegExp(`^#{2,3} bdrc-task ${words}$`, "m"));
  const [section = ""] = rest.split(/^#{2,3} /m);
  return [...section.matchAll(/^\| +`(--[^`]+)` +\|/gm)].map(([, flags = ""]) => flags);
}

test("the commands are those of docs/cli.md", () => {
  const sections = [...docs.matchAll(/^#{2,3} bdrc-task (.+)$/gm)].map(([, words]) => words);
  expect(sections.sort()).toEqual(commands.map(([words]) => words).sort());
});

test.each(commands.filter(([, command]) => command.commands.length === 0))(
  "the flags of %s are those of docs/cli.md",
  (words, command) => {
    expect(documented(words).sort()).toEqual(flagsOf(command).sort());
  },
);

test("the exit codes are those of docs/cli.md", () => {
  const codes = [...docs.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual([...new Set<number>(Object.values(EXIT))].sort((a, b) => a - b));
});

test.each(commands.map(([words]) => words))(
  "%s --help has an example and the exit codes, and ends with 0",
  async (words) => {
    const { code, out, err } = await bdrcTask(`${words} --help`);
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toContain(`Usage: bdrc-task ${words}`);
    expect(out).toMatch(/\nExamples:\n {2}\S*.*bdrc-task /);
    expect(out).toContain("\nExit codes:\n");
  },
);

test("--help lists the commands and the exit codes", async () => {
  const { code, out } = await bdrcTask("--help");
  expect(code).toBe(0);
  for (const command of program.commands) expect(out).toContain(`  ${command.name()} `);
  expect(out).toMatch(/\n {2}130 {2}interrupted\n/);
});

test("help before a command is its --help", async () => {
  expect((await bdrcTask("help wait")).out).toBe((await bdrcTask("wait --help")).out);
});

test("--version prints the version of the package", async () => {
  const { code, out } = await bdrcTask("--version");
  expect(code).toBe(0);
  expect(out).toBe(`${version}\n`);
});

test("without a command it prints the help on stderr and ends with 2", async () => {
  const { code, out, err } = await bdrcTask("");
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toContain("Usage: bdrc-task");
});

test("a slip of the pen is answered with the command that was meant", async () => {
  const { code, err } = await bdrcTask("wiat t-1");
  expect(code).toBe(2);
  expect(err).toContain("Did you mean wait?");
  expect(err).toContain("(add --help for the flags and an example)");
});
