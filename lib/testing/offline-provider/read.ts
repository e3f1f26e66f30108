import { readConfig, type Config } from "./config";
import { decodeResult, encodeQuery } from "./contract";
import { diagnostic, type Diagnostic, type Outcome } from "./diagnostic";
import { findProgram, type Command } from "./find-program";
import type { Environment } from "./handshake";
import { runProgram, type ProgramEnd } from "./run-program";
import type { Value } from "./dynamic-value";

/** The whole of `data "external"`: a block's values in, the same block with `result` and `id` out. */
export async function readExternal(
  config: Config,
  environment: Environment,
  abort: AbortSignal,
): Promise<Outcome<Value>> {
  const request = readConfig(config);
  if ("diagnostics" in request) return request;
  const { program, workingDir, query } = request.value;

  const found = findProgram(program, environment);
  if ("problem" in found) return { diagnostics: [notFound(program, found.problem)] };

  const run = { command: found.command, workingDir, environment, input: encodeQuery(query) };
  const end = await runProgram(run, abort);
  if (end.failure !== undefined)
    return { diagnostics: [failed(found.command, workingDir, end, abort.aborted)] };

  const decoded = decodeResult(end.stdout);
  if ("problem" in decoded) return { diagnostics: [unreadable(found.command, decoded.problem)] };
  return { value: { ...config, result: decoded.result, id: "-" } };
}

function notFound(program: readonly string[], problem: string): Diagnostic {
  return diagnostic(
    "External program not found",
    "Nothing was run, since the program cannot be started on this machine. Install it, give its path " +
      '(such as "${path.module}/script"), or make the file executable.',
    { Program: program[0], Problem: problem, Platform: process.platform },
  );
}

function failed(command: Command, workingDir: string, end: ProgramEnd, interrupted: boolean): Diagnostic {
  const silent = end.stderr === "" ? " It wrote nothing to stderr." : "";
  return diagnostic(
    interrupted ? "External program was interrupted" : "External program has failed",
    interrupted
      ? "Terraform was asked to stop, so the program was killed before its end."
      : `The program must end with exit status 0 to give a result, and did not.${silent}`,
    {
      Program: command.file,
      "Working Directory": workingDir || undefined,
      "Error Message": end.stderr || undefined,
      State: end.failure,
    },
  );
}

function unreadable(command: Command, problem: string): Diagnostic {
  return diagnostic(
    "External program's output unreadable",
    "The program ended well, but what it printed gives no result. It has to print one JSON object with " +
      "strings as values to stdout, and nothing else; notes for people belong on stderr.",
    { Program: command.file, "Result Error": problem },
  );
}
