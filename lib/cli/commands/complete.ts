import tab, { type Complete } from "@bomb.sh/tab";
import addTo from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { DOCUMENTED_ENDPOINTS } from "../../protocol/endpoint";
import { BASH_COMPLETION } from "../bash-completion";
import { addNotes } from "../options";
import { START_OPERATIONS } from "../../protocol/start";
import { ENDS } from "./fake";
import { STATUSES } from "./list";

/** What a flag can be, where that is one of some words. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  region: Object.keys(DOCUMENTED_ENDPOINTS),
  status: STATUSES,
  type: Object.values(START_OPERATIONS).flatMap(({ taskType }) => taskType ?? []),
  ends: ENDS,
};

const SHELLS = ["bash", "zsh", "fish", "powershell"];

/** Adds `complete`, which prints a script for a shell and answers the questions of that script. */
export function defineCompletion(program: Command): void {
  addTo(program);
  const command = program.commands.find((one) => one.name() === "complete");
  if (!command) return;
  command
    .summary("print what makes a shell complete commands and flags")
    .description(
      "Prints a script that makes a shell complete the commands and flags of bdrc-task: bash, zsh, fish or powershell.",
    );
  addNotes(
    command,
    [
      "source <(bdrc-task complete bash)                                 # in ~/.bashrc",
      "source <(bdrc-task complete zsh)                                  # in ~/.zshrc, after compinit",
      "bdrc-task complete fish > ~/.config/fish/completions/bdrc-task.fish",
    ],
    ["0  the script was printed", "2  the shell is not one of these"],
  );
  for (const known of tab.commands.values()) {
    // Beside a name there is room for a summary, and for no whole description.
    known.description = summaryOf(program, known.value) ?? known.description;
    for (const [flag, words] of Object.entries(VALUES)) {
      const option = known.options.get(flag);
      if (option) option.handler = offer(words);
    }
  }
  tab.commands.get("complete")?.argument("shell", offer(SHELLS));
  const names = program.commands.map((one) => one.name());
  tab.commands.get("help")?.argument("command", offer(names));
}

function offer(words: readonly string[]): (complete: Complete) => void {
  return (complete) => words.forEach((word) => complete(word, ""));
}

/** The summary of a command by its words, such as `start check-rules`. */
function summaryOf(program: Command, words: string): string | undefined {
  const command = words
    .split(" ")
    .reduce<Command | undefined>((at, name) => at?.commands.find((one) => one.name() === name), program);
  return command?.summary();
}

/**
 * What a shell gets without the library: the script for bash, and that names of files belong here.
 *
 * @param args the whole command line
 * @returns what to print, or undefined where the library answers
 */
export function answerShell(args: readonly string[]): string | undefined {
  if (args[0] !== "complete") return undefined;
  if (args[1] === "bash" && args.length === 2) return BASH_COMPLETION;
  // A script of a shell takes this for: nothing from here, so names of files.
  return args[1] === "--" && completesFiles(args.slice(2)) ? ":0\n" : undefined;
}

/** Whether a shell is to complete names of files here: behind `run`, for a file of events, and for a scenario. */
function completesFiles(words: readonly string[]): boolean {
  const [command = "", ...rest] = words;
  const last = rest.at(-1) ?? "";
  if (rest.at(-2) === "--scenario") return true;
  if (command === "run" && rest.slice(0, -1).includes("--")) return true;
  return ["run", "watch"].includes(command) && rest.length > 0 && !last.startsWith("-");
}
