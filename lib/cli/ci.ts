import type { Command } from "commander";
import { accessSync, appendFileSync, constants, writeFileSync } from "node:fs";
import * as path from "node:path";
import { COMPLETE } from "../protocol/status";
import { printable } from "../waiter/printable";
import { githubAnnotation, githubOutputs, githubSummary, gitlabReport, type TaskReport } from "./ci-texts";
import type { Terminal } from "./terminal";
import { CliError } from "./text";

/** The flags that say which CI system is told. */
export interface CiFlags {
  readonly github?: boolean;
  readonly gitlab?: boolean;
}

/** The file of `--gitlab`, in the current folder. */
export const GITLAB_FILE = "bdrc-task.env";

/** Adds `--github` and `--gitlab`. */
export function addCiFlags(command: Command): Command {
  return command
    .option("--github", "write step outputs, a job summary and annotations of GitHub Actions")
    .option("--gitlab", `write ${GITLAB_FILE}, a dotenv report for GitLab CI`);
}

/** What a CI system is told. */
export interface Reports {
  /**
   * Writes what was asked for.
   *
   * @returns whether all of it could be written; what could not is said on stderr
   */
  write(tasks: readonly TaskReport[]): boolean;
}

/**
 * Gets ready to tell CI systems, before anything is asked of the API or run, so that nothing is lost for want of a file.
 *
 * @throws CliError when a file is not named or cannot be written
 */
export function openReports(flags: CiFlags, terminal: Terminal): Reports {
  const { environment, folder } = terminal;
  const output = flags.github ? writable(environment["GITHUB_OUTPUT"], "GITHUB_OUTPUT") : "";
  const summary =
    flags.github && environment["GITHUB_STEP_SUMMARY"]
      ? writable(environment["GITHUB_STEP_SUMMARY"], "GITHUB_STEP_SUMMARY")
      : "";
  const gitlab = flags.gitlab ? writable(path.join(folder, GITLAB_FILE), "--gitlab") : "";
  return {
    write: (tasks) => {
      const failed = tasks.filter(({ status, problem }) => status !== COMPLETE || problem !== "");
      if (flags.github) {
        for (const task of failed.filter(({ problem }) => problem !== ""))
          terminal.stderr.write(`${githubAnnotation(task)}\n`);
      }
      const writes = [
        ...(output ? [() => appendFileSync(output, githubOutputs(tasks))] : []),
        ...(summary ? [() => appendFileSync(summary, githubSummary(tasks))] : []),
        ...(gitlab ? [() => writeFileSync(gitlab, gitlabReport(tasks))] : []),
      ];
      const problems = writes.flatMap((write) => problemOf(write));
      problems.forEach((problem) =>
        terminal.stderr.write(`A report was not written: ${printable(problem)}.\n`),
      );
      return problems.length === 0;
    },
  };
}

function problemOf(write: () => void): string[] {
  try {
    write();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function writable(file: string | undefined, from: string): string {
  if (!file) {
    throw new CliError(
      `--github was given, and ${from} is not set.`,
      [
        ["Expected", `${from}, as the runner of GitHub Actions sets it for each step`],
        ["Next", "leave --github out elsewhere"],
      ],
      "BAD_INPUT",
    );
  }
  try {
    appendFileSync(file, "");
    accessSync(file, constants.W_OK);
    return file;
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new CliError(
      `The file of ${from} cannot be written (${code}).`,
      [
        ["File", file],
        ["Expected", "a file that this user may write; nothing was asked of BDRC and nothing was run"],
      ],
      "BAD_INPUT",
    );
  }
}
