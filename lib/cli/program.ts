import { Command, CommanderError } from "commander";
import { setMaxListeners } from "node:events";
import { version } from "../../package.json";
import { answerShell, defineCompletion } from "./commands/complete";
import { defineDoctor } from "./commands/doctor";
import { defineFake } from "./commands/fake";
import { defineList } from "./commands/list";
import { defineRun } from "./commands/run";
import { defineShow } from "./commands/show";
import { defineStart } from "./commands/start";
import { defineWait } from "./commands/wait";
import { defineWatch } from "./commands/watch";
import { EXIT, type CommandExit } from "./exit-code";
import type { CommandContext } from "./options";
import { colorsOf, Interrupted, type Terminal } from "./terminal";
import { CliError } from "./text";

/** Subcommands in the order of the help; a new one is a new line here. */
const DEFINITIONS: readonly ((program: Command, context: CommandContext) => void)[] = [
  defineRun,
  defineWait,
  defineShow,
  defineList,
  defineStart,
  defineWatch,
  defineDoctor,
  defineFake,
];

/** The whole command line, for running and for reading its flags. */
export function createProgram(context: CommandContext): Command {
  const { stdout, stderr } = context.terminal;
  const program = new Command("bdrc-task")
    .description("Waits for BDRC tasks, shows and starts them, and shows the waits that Terraform hides.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => colorsOf(context.terminal, stdout).isColorSupported,
      getErrHasColors: () => colorsOf(context.terminal, stderr).isColorSupported,
    })
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError("(add --help for the flags and an example)")
    .addHelpText("after", "\nExit codes, the same for every command:\n" + EXIT_TEXTS.join("\n"));
  for (const define of DEFINITIONS) define(program, context);
  defineCompletion(program);
  return program;
}

const EXIT_TEXTS = [
  "  0    complete, or done",
  "  1    failed, expired or canceled; or doctor found a problem",
  "  2    the command line, the environment or a file is wrong",
  "  3    the deadline came first",
  "  4    not found",
  "  5    refused: keys, permission, clock, or a parameter",
  "  6    no good answer",
  "  74   the output cannot be written",
  "  126  run: the command cannot be run",
  "  127  run: there is no such command",
  "  130  interrupted",
];

/**
 * Runs a command line in a terminal, to its end.
 *
 * @param args what stands behind the program's name
 * @returns the exit code, or the signal that ended the command of `run`
 * @throws only what is a defect of our own
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<CommandExit> {
  // Every wait that sleeps listens; Node would take more than ten for a leak.
  setMaxListeners(0, terminal.interrupted);
  let exit: CommandExit = EXIT.ok;
  const answer = answerShell(args);
  if (answer !== undefined) {
    terminal.stdout.write(answer);
    return exit;
  }
  const program = createProgram({ terminal, end: (code) => (exit = code) });
  try {
    await program.parseAsync(args, { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof Interrupted) return EXIT.interrupted;
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CliError)) throw error;
    terminal.stderr.write(`${error.text}\n`);
    return error.exitCode;
  }
}
