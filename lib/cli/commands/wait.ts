import type { Command } from "commander";
import type { ProblemCode } from "../../protocol/problem";
import {
  DEFAULT_MAX_OUTAGE_SECONDS,
  DEFAULT_TIMEOUT_SECONDS,
  MAX_TIMEOUT_SECONDS,
} from "../../protocol/query";
import { printable } from "../../waiter/printable";
import { runWait, type Run } from "../../waiter/run";
import { addCiFlags, openReports, type CiFlags } from "../ci";
import { openConnection, type CliConnection, type PlaceFlags } from "../connection";
import { EXIT, exitOfProblem, worstExit, type ExitCode } from "../exit-code";
import { LiveBoard, lookOf } from "../live-board";
import { addJsonFlag, addNotes, addPlaceFlags, printJson, settingOf, type CommandContext } from "../options";
import { readTaskIds } from "../task-ids";
import { taskJson, unseenTask, type TaskJson } from "../task-json";
import { countsText } from "../task-text";
import { clockOf, Interrupted, unlessInterrupted, type Terminal } from "../terminal";
import { openTraces } from "../traces";
import { readDuration } from "../time";

/** The flags of `wait`, and of a start that goes on into it. */
export interface WaitFlags extends PlaceFlags, CiFlags {
  readonly timeout?: string;
  readonly maxOutage?: string;
  readonly json?: boolean;
}

/** What `wait --json` prints for one task. */
export interface WaitJson extends TaskJson {
  /** Empty when the task is complete and its result was understood; else a text for a person. */
  readonly problem: string;
  /** The stable code of the problem, as docs/troubleshooting.md explains it; empty when there is none. */
  readonly problem_code: ProblemCode | "";
  readonly exit_code: ExitCode;
  readonly looks: number;
  readonly waited_seconds: number;
}

/** The longest that --timeout and --max-outage allow, in milliseconds. */
const MOST = MAX_TIMEOUT_SECONDS * 1000;

/** Adds `wait` to the program. */
export function defineWait(program: Command, { terminal, end }: CommandContext): void {
  const command = program
    .command("wait")
    .summary("wait for tasks to end, with a bar for each")
    .description(
      "Waits until every task has ended: a bar for each on stderr, then the resource counts as a table on stdout.",
    )
    .argument("<task-id...>", "the tasks to wait for");
  addWaitFlags(command);
  addCiFlags(addJsonFlag(addPlaceFlags(command), "the tasks as they ended"));
  addNotes(
    command,
    [
      "bdrc-task wait t-0004d9ctt1iiabcdefgh --region cn-shanghai --timeout 2h",
      "bdrc-task wait $FIRST $SECOND --json > tasks.json",
    ],
    WAIT_EXITS,
  );
  command.action(async (ids: string[], flags: WaitFlags) => end(await wait(ids, flags, terminal)));
}

/** The exit codes of a wait, as its help lists them. */
export const WAIT_EXITS = [
  "0  every task is COMPLETE, and its result was understood",
  "1  a task is FAILED, EXPIRED or CANCELED, or its result cannot be used",
  "2  the command line or the environment is wrong",
  "3  the deadline came first",
  "4  BDRC does not know a task",
  "5  the API refused: keys, permission, clock",
  "6  no good answer from the API for longer than --max-outage",
  "130  interrupted",
  "With several tasks, the highest code of theirs.",
];

/** Adds the flags that bound a wait. */
export function addWaitFlags(command: Command): Command {
  return command
    .option("--timeout <duration>", `the whole wait, 1s to 24h (default: ${DEFAULT_TIMEOUT_SECONDS / 60}m)`)
    .option(
      "--max-outage <duration>",
      `how long to go on without one good answer (default: ${DEFAULT_MAX_OUTAGE_SECONDS / 60}m)`,
    );
}

/** Checks the flags that bound a wait, and gives milliseconds. @throws CliError that names the wrong one */
export function readWaitFlags(flags: WaitFlags): { readonly timeout: number; readonly maxOutage: number } {
  const read = (text: string | undefined, flag: string, otherwise: number): number =>
    text === undefined ? otherwise * 1000 : readDuration(text, flag, MOST);
  return {
    timeout: read(flags.timeout, "--timeout", DEFAULT_TIMEOUT_SECONDS),
    maxOutage: read(flags.maxOutage, "--max-outage", DEFAULT_MAX_OUTAGE_SECONDS),
  };
}

/** Runs `wait`. @throws CliError when an id or a flag is wrong */
export async function wait(ids: readonly string[], flags: WaitFlags, terminal: Terminal): Promise<ExitCode> {
  const taskIds = readTaskIds(ids);
  readWaitFlags(flags);
  return waitOn(taskIds, flags, terminal, openConnection(flags, terminal));
}

/**
 * Waits for tasks over a way to the API that is open already.
 *
 * @param quiet prints no results, for a caller that has printed what it promised
 * @param countless whether a result may be absent, since no page says what it is
 */
export async function waitOn(
  taskIds: readonly string[],
  flags: WaitFlags,
  terminal: Terminal,
  connection: CliConnection,
  quiet = false,
  countless = false,
): Promise<ExitCode> {
  const { timeout, maxOutage } = readWaitFlags(flags);
  const reports = openReports(flags, terminal);
  const traces = await openTraces(terminal);
  const idWidth = Math.max(...taskIds.map((id) => id.length));
  const board = new LiveBoard(terminal, lookOf(terminal, flags.json === true), { idWidth });
  const runOne = (taskId: string): Promise<Run> =>
    runWait(
      {
        taskId,
        endpoint: connection.place.endpoint,
        wait: true,
        timeoutSeconds: timeout / 1000,
        maxOutageSeconds: maxOutage / 1000,
        remembered: false,
        profile: flags.profile,
        ...(countless ? { countless } : {}),
      },
      {
        clock: clockOf(terminal),
        environment: terminal.environment,
        events: (event) => {
          board.take(event);
          traces?.take(event);
        },
        never: false,
        by: "command",
        connection,
        turns: connection.turns,
      },
    );
  let runs: Run[];
  try {
    runs = await unlessInterrupted(terminal, Promise.all(taskIds.map(runOne)));
  } catch (error) {
    board.stop();
    const ended = board.waits.filter((row) => row.end).map((row) => row.taskId);
    if (error instanceof Interrupted)
      sayHowToGoOn(
        taskIds.filter((id) => !ended.includes(id)),
        flags,
        terminal,
      );
    throw error;
  } finally {
    board.stop();
    await traces?.end();
  }
  const codes = runs.map((run) => exitOfProblem(codeOf(run)));
  const isKept = reports.write(
    runs.map(({ result: { task_id: taskId, status, problem, resource_counts: counts } }) => ({
      taskId,
      status,
      problem,
      counts,
    })),
  );
  if (flags.json) {
    const now = terminal.clock.date();
    printJson(terminal, { tasks: runs.map((run, index) => waitJson(run, codes[index] ?? EXIT.ok, now)) });
  } else {
    if (!quiet) printCounts(runs, terminal);
    printProblems(runs, terminal);
  }
  const code = worstExit(codes);
  return code === EXIT.ok && !isKept ? EXIT.unwritten : code;
}

/** BDRC knows nothing of who waits: what was ended is the waiting alone. */
function sayHowToGoOn(taskIds: readonly string[], flags: WaitFlags, terminal: Terminal): void {
  const { region, endpoint, profile, timeout, maxOutage } = flags;
  const given = { region, endpoint, profile, timeout, "max-outage": maxOutage };
  const words = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  const [goes, it] = taskIds.length === 1 ? ["The task goes", "it"] : ["The tasks go", "them"];
  if (taskIds.length === 0) return;
  terminal.stderr.write(
    `\n${goes} on in BDRC all the same. To wait for ${it} again:\n\n` +
      `  ${["bdrc-task wait", ...taskIds, ...words].map(printable).join(" ")}\n`,
  );
}

function codeOf({ result }: Run): ProblemCode | "" {
  return result.problem_code as ProblemCode | "";
}

function waitJson(run: Run, exitCode: ExitCode, now: number): WaitJson {
  const { outcome, result } = run;
  // A task that is gone or cannot be read is not shown as it was when it last could.
  const seen = outcome.task && outcome.task.status === result.status ? outcome.task : undefined;
  const task = seen ? taskJson(seen, now) : unseenTask(result.task_id, result.status);
  return {
    ...task,
    task_id: result.task_id,
    problem: result.problem,
    problem_code: codeOf(run),
    exit_code: exitCode,
    looks: outcome.looks,
    waited_seconds: Math.round(outcome.waited) / 1000,
  };
}

function printCounts(runs: readonly Run[], terminal: Terminal): void {
  const tasks = runs.flatMap(({ outcome }) => (outcome.task ? [outcome.task] : []));
  const counts = countsText(tasks, settingOf(terminal));
  if (counts !== "") terminal.stdout.write(`${counts}\n`);
}

function printProblems(runs: readonly Run[], terminal: Terminal): void {
  for (const { result } of runs) {
    if (result.problem !== "") terminal.stderr.write(`\n${result.problem}\n`);
  }
}
