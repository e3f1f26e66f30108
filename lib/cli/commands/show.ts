import type { Command } from "commander";
import type { ProblemCode } from "../../protocol/problem";
import { DEFAULT_MAX_OUTAGE_SECONDS } from "../../protocol/query";
import { runWait } from "../../waiter/run";
import { openConnection, type PlaceFlags } from "../connection";
import { EXIT, exitOfProblem, type ExitCode } from "../exit-code";
import { addJsonFlag, addNotes, addPlaceFlags, CALL_EXITS, printJson, settingOf } from "../options";
import type { CommandContext } from "../options";
import { readTaskIds } from "../task-ids";
import { taskJson, type TaskJson } from "../task-json";
import { taskText } from "../task-text";
import { clockOf, unlessInterrupted, type Terminal } from "../terminal";

interface ShowFlags extends PlaceFlags {
  readonly json?: boolean;
}

/** What `show --json` prints. */
export interface ShowJson extends TaskJson {
  /** Data of DescribeTask's answer as it came. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Adds `show` to the program. */
export function defineShow(program: Command, { terminal, end }: CommandContext): void {
  const command = program
    .command("show")
    .summary("show everything that BDRC says of a task")
    .description(
      "Looks at a task once and shows everything that DescribeTask says of it, whatever its status.",
    )
    .argument("<task-id>", "the task to show");
  addJsonFlag(addPlaceFlags(command), "the task");
  addNotes(
    command,
    [
      "bdrc-task show t-0004d9ctt1iiabcdefgh --region cn-shanghai",
      "bdrc-task show t-0004d9ctt1iiabcdefgh --json | jq .resource_counts",
    ],
    ["0  the task was shown, whatever its status", "4  BDRC does not know the task", ...CALL_EXITS],
  );
  command.action(async (id: string, flags: ShowFlags) => end(await show(id, flags, terminal)));
}

async function show(id: string, flags: ShowFlags, terminal: Terminal): Promise<ExitCode> {
  const [taskId = ""] = readTaskIds([id]);
  const connection = openConnection(flags, terminal);
  const look = runWait(
    {
      taskId,
      endpoint: connection.place.endpoint,
      wait: false,
      // One look ends by itself, long before.
      timeoutSeconds: DEFAULT_MAX_OUTAGE_SECONDS,
      maxOutageSeconds: DEFAULT_MAX_OUTAGE_SECONDS,
      remembered: false,
      profile: flags.profile,
    },
    {
      clock: clockOf(terminal),
      environment: terminal.environment,
      events: () => undefined,
      never: false,
      by: "command",
      connection,
      turns: connection.turns,
    },
  );
  const { outcome, result } = await unlessInterrupted(terminal, look);
  const { task } = outcome;
  if (!task || outcome.fault) {
    terminal.stderr.write(`${result.problem}\n`);
    return exitOfProblem(result.problem_code as ProblemCode);
  }
  const data = dataOf(connection.client.last?.body);
  const setting = settingOf(terminal);
  if (flags.json) printJson(terminal, { ...taskJson(task, setting.now), data: Object.fromEntries(data) });
  else terminal.stdout.write(`${taskText(task, data, setting)}\n`);
  return EXIT.ok;
}

/** The members of Data; the answer was read before, so it holds them. */
function dataOf(body = "{}"): Map<string, unknown> {
  const { Data: data = {} } = JSON.parse(body) as { Data?: object };
  return new Map<string, unknown>(Object.entries(data));
}
