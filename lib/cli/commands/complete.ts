import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { addNotes } from "../options";

/** Adds `complete`, which prints a script for a shell and answers the questions of that script. */
export function defineCompletion(program: Command): void {
  tab(program);
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
}

/**
 * Whether a shell is to complete names of files here: behind `run`, for a file of events, and for a scenario.
 *
 * @param words what the shell asks about, the last one being completed
 */
export function completesFiles(words: readonly string[]): boolean {
  const [command = "", ...rest] = words;
  const last = rest.at(-1) ?? "";
  if (rest.at(-2) === "--scenario") return true;
  if (command === "run" && rest.slice(0, -1).includes("--")) return true;
  return ["run", "watch"].includes(command) && rest.length > 0 && !last.startsWith("-");
}
