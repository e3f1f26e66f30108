import { InvalidArgumentError, Option, type Command } from "commander";
import { startTask as startTaskOperation, type Operation } from "../../waiter/bdrc/client";
import { taskIdProblem } from "../../protocol/task-id";
import { ask } from "../ask";
import { addCiFlags, openReports } from "../ci";
import { openConnection, type PlaceFlags } from "../connection";
import { EXIT, type ExitCode } from "../exit-code";
import { addJsonFlag, addNotes, addPlaceFlags, printJson, type CommandContext } from "../options";
import { clockOf, unlessInterrupted, type Terminal } from "../terminal";
import { CliError } from "../text";
import { addWaitFlags, readWaitFlags, WAIT_EXITS, waitOn, type WaitFlags } from "./wait";

interface StartFlags extends WaitFlags, PlaceFlags {
  readonly wait?: boolean;
  readonly quiet?: boolean;
}

/** One condition on the tags of resources, as PrecheckResourceCount takes it. */
export interface TagMatcher {
  readonly Key: string;
  readonly Operator: "EQUAL" | "KEY_EXIST" | "KEY_EXIST_NOT_EQUAL";
  readonly Values: readonly string[];
}

/** Adds `start` and its three kinds to the program. */
export function defineStart(program: Command, context: CommandContext): void {
  const start = program
    .command("start")
    .summary("start a task")
    .description("Starts a task: each of these operations of BDRC gives back a task id.");
  addNotes(
    start,
    ["TASK_ID=$(bdrc-task start update-resources --quiet) && bdrc-task wait $TASK_ID"],
    ["those of the kinds; bdrc-task start update-resources --help lists them"],
  );
  defineUpdateResources(start, context);
  defineCheckRules(start, context);
  definePrecheckCount(start, context);
}

function defineUpdateResources(start: Command, context: CommandContext): void {
  const command = start
    .command("update-resources")
    .summary("refresh the inventory of resources (UpdateResources)")
    .description(
      "Starts an UPDATE_RESOURCES task, which refreshes BDRC's inventory and counts the resources.",
    )
    .option("--resource-type <type>", "only this type, such as ACS::OSS::Bucket (default: all)");
  finish(command, ["bdrc-task start update-resources --resource-type ACS::OSS::Bucket --wait"]);
  command.action(async (flags: StartFlags & { resourceType?: string }) => {
    const operation = withParameters("UpdateResources", {
      ResourceType: flags.resourceType,
    });
    context.end(await startTask(operation, flags, context.terminal));
  });
}

function defineCheckRules(start: Command, context: CommandContext): void {
  const command = start
    .command("check-rules")
    .summary("check a resource against the rules (CheckRules)")
    .description("Starts a CHECK_RULES task for one resource; it gives no counts.")
    .requiredOption(
      "--resource-arn <arn>",
      "the resource, such as acs:ecs:cn-hangzhou:123456789:instance/i-1",
    )
    .option("--rule-id <id>", "only this rule (default: all)");
  finish(command, [
    "bdrc-task start check-rules --resource-arn acs:ecs:cn-hangzhou:123456789:instance/i-1 --wait",
  ]);
  command.action(async (flags: StartFlags & { resourceArn: string; ruleId?: string }) => {
    const operation = withParameters("CheckRules", {
      ResourceArn: flags.resourceArn,
      RuleId: flags.ruleId,
    });
    context.end(await startTask(operation, flags, context.terminal));
  });
}

function definePrecheckCount(start: Command, context: CommandContext): void {
  const command = start
    .command("precheck-count")
    .summary("count the resources that have tags (PrecheckResourceCount)")
    .description("Starts a task that counts the resources which have all of these tags.")
    .addOption(
      new Option(
        "--tag <matcher>",
        "key=value, key!=value (has the key with another value), or key; repeatable",
      )
        .argParser(readMatchers)
        .makeOptionMandatory(),
    )
    .option("--resource-type <type>", "only this type, such as ACS::OSS::Bucket (default: all)");
  finish(command, ["bdrc-task start precheck-count --tag env=prod --tag owner --wait"]);
  command.action(async (flags: StartFlags & { tag: TagMatcher[]; resourceType?: string }) => {
    const operation = withParameters("PrecheckResourceCount", {
      ResourceType: flags.resourceType,
      TagResourceMatchers: JSON.stringify(flags.tag),
    });
    context.end(await startTask(operation, flags, context.terminal));
  });
}

/** An operation with those of its parameters that were given. */
function withParameters(action: string, parameters: Readonly<Record<string, string | undefined>>): Operation {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return startTaskOperation(action, Object.fromEntries(given));
}

/** Adds the flags and the notes that all three kinds have. */
function finish(command: Command, examples: readonly string[]): void {
  command
    .option("--wait", "go on and wait for the task, as bdrc-task wait does")
    .option("--quiet", "print the task id alone on stdout");
  addJsonFlag(addPlaceFlags(addWaitFlags(command)), "the task id, with --wait the task as it ended,");
  addCiFlags(command);
  addNotes(
    command,
    [...examples, `TASK_ID=$(bdrc-task start ${command.name()} … --quiet)`],
    [
      "0  the task was started; with --wait: and it is COMPLETE",
      "2  the command line or the environment is wrong",
      "4  BDRC does not know what the flags name",
      "5  the API refused: keys, permission, clock, or a parameter",
      "6  no good answer; the text says when it is unclear whether the task was started",
      "130  interrupted",
      "With --wait also those of wait:",
      ...[1, 3].map((index) => `  ${WAIT_EXITS[index]}`),
    ],
  );
}

/** Reads one `--tag`, and adds it to those before it. */
function readMatchers(text: string, before: readonly TagMatcher[] = []): TagMatcher[] {
  const [, key = "", operator, value = ""] = /^([^=!]+)(!?=)?(.*)$/s.exec(text) ?? [];
  if (key.trim() === "" || (operator === undefined && value !== "")) {
    throw new InvalidArgumentError("Expected key=value, key!=value or key.");
  }
  if (operator === undefined) return [...before, { Key: key, Operator: "KEY_EXIST", Values: [] }];
  const Operator = operator === "=" ? "EQUAL" : "KEY_EXIST_NOT_EQUAL";
  return [...before, { Key: key, Operator, Values: [value] }];
}

async function startTask(operation: Operation, flags: StartFlags, terminal: Terminal): Promise<ExitCode> {
  // A wrong flag must be found before anything is started.
  readWaitFlags(flags);
  if (flags.json && flags.quiet) {
    throw new CliError(
      "--json and --quiet contradict each other.",
      [["Next", "give one of them: --quiet prints the bare id, --json an object that holds it"]],
      "BAD_INPUT",
    );
  }
  // Nor may a report that cannot be written.
  const reports = openReports(flags, terminal);
  const connection = openConnection(flags, terminal);
  const question = {
    operation,
    failure: `${operation.action} started no task`,
    whenUnclear:
      "the task may have been started all the same: look with bdrc-task list before you start it again",
  };
  const document = await unlessInterrupted(terminal, ask(connection, question, clockOf(terminal)));
  const taskId = (document.get("Data") as { TaskId?: unknown } | undefined)?.TaskId;
  if (typeof taskId !== "string" || taskIdProblem(taskId)) {
    throw new CliError(
      `${operation.action} was answered without a task id.`,
      [["Next", question.whenUnclear]],
      "START_UNCLEAR",
    );
  }
  if (flags.quiet) terminal.stdout.write(`${taskId}\n`);
  else if (!flags.json) {
    const line = `Started task ${taskId} with ${operation.action}.\n`;
    terminal[flags.wait ? "stderr" : "stdout"].write(line);
  } else if (!flags.wait) printJson(terminal, { task_id: taskId });
  if (!flags.wait) {
    const isKept = reports.write([{ taskId, status: "CREATED", problem: "", counts: "{}" }]);
    return isKept ? EXIT.ok : EXIT.unwritten;
  }
  return waitOn([taskId], flags, terminal, connection, flags.quiet);
}
