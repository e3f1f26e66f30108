import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import path from "node:path";
import type { Environment } from "./handshake";

/** How a program is started: which file, and with what arguments (the first is the name that it sees itself under). */
export interface Command {
  readonly file: string;
  readonly argv: readonly string[];
}

/** The shells that the real provider tries when it finds no such program. */
const SHELLS = ["bash", "fish", "zsh", "ksh", "ash", "sh", "dash"];

/**
 * Finds the file to start for a program and its arguments.
 *
 * A name with a slash is a path, seen from the folder in which Terraform runs; any other name is searched in
 * PATH. When PATH has none, the user's own shell gets the words to run as a command line, so that a function
 * or alias of an interactive shell works: surprising, and what the real provider does.
 *
 * @returns the command, or why there is none
 */
export function findProgram(
  program: readonly string[],
  environment: Environment,
): { readonly command: Command } | { readonly problem: string } {
  const name = program[0] ?? "";
  if (name.includes("/")) {
    const problem = executableProblem(name);
    return problem === undefined ? { command: { file: name, argv: program } } : { problem };
  }
  for (const folder of (environment["PATH"] ?? "").split(path.delimiter)) {
    const file = `${folder === "" ? "." : folder}/${name}`;
    if (executableProblem(file) === undefined) return { command: { file, argv: program } };
  }
  const shell = environment["SHELL"] ?? "";
  if (SHELLS.some((known) => shell.endsWith(`/${known}`))) {
    return { command: { file: shell, argv: [shell, "-i", "-c", "--", program.join(" ")] } };
  }
  return { problem: "no such executable file in any folder of PATH" };
}

function executableProblem(file: string): string | undefined {
  try {
    if (statSync(file).isDirectory()) return "it is a folder";
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EACCES") return "it is not executable (the permission to execute is missing)";
    if (code === "ENOENT") return "no such file";
    return `it cannot be looked at (${code ?? String(error)})`;
  }
}

/**
 * Whether the system would refuse to execute a file with ENOEXEC, as it does with a script that has no shebang.
 *
 * Node starts programs through execvp, which quietly hands such a file to /bin/sh; the real provider does not.
 */
export function lacksExecFormat(file: string): boolean {
  const head = Buffer.alloc(256);
  let length: number;
  try {
    const fd = openSync(file, "r");
    try {
      length = readSync(fd, head, 0, head.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    // A program that may be executed and not read.
    return false;
  }
  const isScript = length >= 2 && head.toString("latin1", 0, 2) === "#!";
  const isBinary = head.subarray(0, length).includes(0);
  return !isScript && !isBinary;
}
