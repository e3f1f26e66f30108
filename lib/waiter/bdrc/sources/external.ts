import { execFile } from "node:child_process";
import { jsonObject } from "../json-object";
import type { Environment } from "../keys";
import { passing, wrong } from "./source";

/** How long a command may take, in milliseconds; whoever waits for it has mostly gone before. */
const LONGEST_RUN = 60_000;

/**
 * Runs the command of a profile and reads the profile that it prints. Nothing of it is kept anywhere but in memory.
 *
 * @param signal ends the command
 * @throws SourceProblem that quotes neither the command nor what it printed
 */
export async function runProcessCommand(
  command: string,
  environment: Environment,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, unknown>> {
  const [file = "", ...words] = splitCommand(command);
  if (file === "") throw wrong("its process_command is empty");
  const printed = await run(file, words, environment, signal);
  const document = jsonObject(printed);
  if (!document) throw passing("its process_command did not print a JSON object");
  return document;
}

function run(
  file: string,
  words: readonly string[],
  environment: Environment,
  signal: AbortSignal | undefined,
): Promise<string> {
  const options = {
    env: environment,
    timeout: LONGEST_RUN,
    killSignal: "SIGKILL",
    maxBuffer: 1024 * 1024,
    windowsHide: true,
    ...(signal ? { signal } : {}),
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(file, words, options, (error, stdout) => {
      if (!error) return resolve(stdout);
      const code: unknown = error.code;
      if (code === "ENOENT") reject(wrong("the program of its process_command is not there"));
      else if (code === "EACCES") reject(wrong("the program of its process_command may not be run"));
      else if (typeof code === "number") reject(passing(`its process_command ended with ${code}`));
      else if (error.killed || code === "ABORT_ERR") reject(passing("its process_command took too long"));
      else reject(passing("its process_command did not end well"));
    });
    // A command that asks for something gets no answer, instead of waiting for one.
    child.stdin?.on("error", () => undefined).end();
  });
}

/**
 * Splits a command into its words as a POSIX shell does: quotes hold a word together, a backslash takes the next
 * character as it is. On Windows a backslash is a part of a path.
 *
 * @throws SourceProblem when a quote is not closed
 */
export function splitCommand(command: string, windows = process.platform === "win32"): string[] {
  const piece = windows
    ? /(\s+)|"([^"]*)"|([^\s"]+)/y
    : /(\s+)|'([^']*)'|([^\s'"\\]+)|"((?:\\[^]|[^"\\])*)"|\\([^])/y;
  const words: string[] = [];
  let word: string | undefined;
  while (piece.lastIndex < command.length) {
    const found = piece.exec(command);
    if (!found) throw wrong("its process_command has a quote that is not closed, or ends in a backslash");
    const [, space, literal, plain, quoted, escaped] = found;
    if (space === undefined) {
      word = (word ?? "") + (literal ?? plain ?? escaped ?? quoted?.replace(/\\([\\"$`])/g, "$1") ?? "");
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}
