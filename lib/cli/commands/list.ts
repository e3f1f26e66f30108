import { InvalidArgumentError, Option, type Command } from "commander";
import { PENDING_STATUSES, TERMINAL_STATUSES } from "../../protocol/status";
import { callApi } from "../../waiter/bdrc/call";
import type { Connection } from "../../waiter/run";
import { listTasks, SAME_PAGE, type Listed } from "../../waiter/task-list";
import { failureOf } from "../ask";
import { openConnection, type PlaceFlags } from "../connection";
import { EXIT, type ExitCode } from "../exit-code";
import { addJsonFlag, addNotes, addPlaceFlags, CALL_EXITS, printJson, settingOf } from "../options";
import type { CommandContext } from "../options";
import { taskJson } from "../task-json";
import { tasksTable } from "../task-text";
import { clockOf, unlessInterrupted, type Terminal } from "../terminal";
import type { Clock } from "../../waiter/clock";
import { CliError } from "../text";

interface ListFlags extends PlaceFlags {
  readonly status?: string;
  readonly type?: string;
  readonly limit: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** How many tasks are listed when nothing is said. */
const DEFAULT_LIMIT = 50;

/** What `--status` can be. */
export const STATUSES = [...PENDING_STATUSES, ...TERMINAL_STATUSES];

/** Adds `list` to the program. */
export function defineList(program: Command, { terminal, end }: CommandContext): void {
  const command = program
    .command("list")
    .summary("list the tasks that BDRC knows")
    .description("Lists the tasks of the account at one endpoint, in the order in which BDRC gives them.")
    .addOption(
      new Option("--status <status>", `only tasks with this status: ${STATUSES.join(", ")}`).argParser(
        readStatus,
      ),
    )
    .addOption(
      new Option(
        "--type <type>",
        "only tasks of this type, such as UPDATE_RESOURCES or check-rules",
      ).argParser((text: string) => text.toUpperCase().replaceAll("-", "_")),
    )
    .addOption(
      new Option("--limit <number>", "how many tasks at the most")
        .default(DEFAULT_LIMIT)
        .argParser(readLimit)
        .conflicts("all"),
    )
    .option("--all", "all tasks, however many");
  addJsonFlag(addPlaceFlags(command), "the tasks");
  addNotes(
    command,
    [
      "bdrc-task list --status RUNNING --region cn-shanghai",
      "bdrc-task list --type UPDATE_RESOURCES --limit 1 --json | jq -r '.tasks[0].task_id'",
    ],
    ["0  the tasks were listed, even if there are none", ...CALL_EXITS],
  );
  command.action(async (flags: ListFlags) => end(await list(flags, terminal)));
}

function readStatus(text: string): string {
  const status = text.toUpperCase();
  if ((STATUSES as readonly string[]).includes(status)) return status;
  throw new InvalidArgumentError(`Allowed are ${STATUSES.join(", ")}.`);
}

function readLimit(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A whole number from 1 is allowed.");
}

async function list(flags: ListFlags, terminal: Terminal): Promise<ExitCode> {
  const connection = openConnection(flags, terminal);
  const limit = flags.all ? Number.POSITIVE_INFINITY : flags.limit;
  const fetched = fetchTasks(connection, { ...flags, limit }, clockOf(terminal));
  const { tasks, more } = await unlessInterrupted(terminal, fetched);
  const setting = settingOf(terminal);
  if (flags.json) {
    printJson(terminal, { tasks: tasks.map((task) => taskJson(task, setting.now)), more });
    return EXIT.ok;
  }
  if (tasks.length > 0) terminal.stdout.write(`${tasksTable(tasks, setting)}\n`);
  else terminal.stderr.write(`There are no such tasks at ${connection.place.endpoint.host}.\n`);
  if (more)
    terminal.stderr.write(`There are more than these ${tasks.length}; --limit or --all shows them.\n`);
  return EXIT.ok;
}

/** Reads page after page, until there are enough tasks or no more. @throws CliError when a page cannot be read */
async function fetchTasks(
  connection: Connection,
  { status, type, limit }: Pick<ListFlags, "status" | "type" | "limit">,
  clock: Clock,
): Promise<Exclude<Listed, { fault: object }>> {
  const listed = await listTasks(
    (operation) => callApi(connection, operation, clock),
    { status, type },
    limit,
  );
  const { fault, tasks } = listed;
  if (!fault) return listed;
  if (fault.code === SAME_PAGE) {
    const facts = [
      ["Next", "run this again with a --limit up to the number of tasks that were read"],
    ] as const;
    throw new CliError(`BDRC gave the same page twice, after ${tasks.length} tasks.`, facts, "BAD_ANSWER");
  }
  const operation = { action: "DescribeTasks", method: "GET", path: "/api/v1/tasks" } as const;
  throw failureOf(fault, { operation, failure: "The tasks cannot be listed" }, connection);
}
