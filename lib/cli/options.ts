import { Option, type Command } from "commander";
import type { CommandExit } from "./exit-code";
import { colorsOf, type Terminal } from "./terminal";
import { printableJson } from "../waiter/printable";
import type { TextSetting } from "./task-text";

/** How a subcommand is hung into the program: it adds itself, and tells how it ended. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Takes the exit code of the subcommand that ran. */
  readonly end: (code: CommandExit) => void;
}

/** Adds the flags that say where BDRC is and who asks. */
export function addPlaceFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--region <id>", "region of BDRC, such as cn-shanghai (variable BDRC_REGION)").conflicts(
        "endpoint",
      ),
    )
    .option("--endpoint <host>", "host[:port] or URL to ask instead (variable BDRC_ENDPOINT)")
    .option("--profile <name>", "profile that gives the credentials (variable ALIBABA_CLOUD_PROFILE)");
}

/** Adds `--json`. @param what what is printed, for the help */
export function addJsonFlag(command: Command, what: string): Command {
  return command.option("--json", `print ${what} as JSON on stdout, and nothing else there`);
}

/** Adds examples and exit codes below the help. */
export function addNotes(command: Command, examples: readonly string[], exits: readonly string[]): Command {
  const section = (title: string, lines: readonly string[]): string =>
    `\n${title}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return command.addHelpText(
    "after",
    [section("Examples", examples), section("Exit codes", exits)].join("\n"),
  );
}

/** Lines of the help on exit codes that several commands share. */
export const CALL_EXITS = [
  "2  the command line or the environment is wrong",
  "5  the API refused: keys, permission, clock, or a parameter",
  "6  no good answer from the API",
  "130  interrupted",
] as const;

/** What texts on stdout depend on. */
export function settingOf(terminal: Terminal): TextSetting {
  const { bold } = colorsOf(terminal, terminal.stdout);
  return { now: terminal.clock.date(), zone: terminal.environment["TZ"], head: (text) => bold(text) };
}

/** Prints a value as JSON on stdout. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.stdout.write(`${printableJson(JSON.stringify(value, null, 2))}\n`);
}
