import { InvalidArgumentError, Option, type Command } from "commander";
import { startTask as startTaskOperation } from "../../waiter/bdrc/client";
import { MAX_WITHIN_SECONDS } from "../../protocol/find";
import { COUNTLESS_ACTION, reuseProblem, type TaskRequest } from "../../protocol/start";
import { taskIdProblem } from "../../protocol/task-id";
import { findReusable } from "../../waiter/reuse";
import { ask, failureOf } from "../ask";
import { addCiFlags, openReports } from "../ci";
import { type CliConnection, openConnection, type PlaceFlags } from "../connection";
import { EXIT, type ExitCode } from "../exit-code";
import { addJsonFlag, addNotes, addPlaceFlags, printJson, type CommandContext } from "../options";
import { clockOf, unlessInterrupted, type Terminal } from "../terminal";
import { CliError } from "../text";
import { readDuration } from "../time";
import { addWaitFlags, readWaitFlags, WAIT_EXITS, waitOn, type WaitFlags } from "./wait";

interface StartFlags extends WaitFlags, PlaceFlags {
  readonly wait?: boolean;
  readonly quiet?: boolean;
  readonly reuse?: string;
}

/** An account of an organisation, as UpdateCrossAccounts takes it. */
interface Target {
  readonly TargetId: string;
  readonly TargetType: string;
}

/** One condition on the tags of resources, as PrecheckResourceCount takes it. */
export interface TagMatcher {
  readonly Key: string;
  readonly Operator: "EQUAL" | "KEY_EXIST" | "KEY_EXIST_NOT_EQUAL";
  readonly Values: readonly string[];
}

/** Adds `start` and its kinds to the program. */
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
  defineUpdateCrossAccounts(start, context);
}

function defineUpdateResources(start: Command, context: CommandContext): void {
  const command = start
    .command("update-resources")
    .summary("refresh the inventory of resources (UpdateResources)")
    .description(
      "Starts an UPDATE_RESOURCES task, which refreshes BDRC's inventory and counts the resources.",
    )
    .option("--resource-type <type>", "only this type, such as ACS::OSS::Bucket (default: all)");
  addReuse(command);
  finish(command, [
    "bdrc-task start update-resources --resource-type ACS::OSS::Bucket --wait",
    "bdrc-task start update-resources --reuse 6h --wait",
  ]);
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
  addReuse(command);
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

function defineUpdateCrossAccounts(start: Command, context: CommandContext): void {
  const target = (flag: string, what: string): Option =>
    new Option(`${flag} <id[:type]>`, `${what}; repeatable (type: ACCOUNT)`).argParser(readTargets);
  const command = start
    .command("update-cross-accounts")
    .summary("change which accounts of the organisation BDRC manages (UpdateCrossAccounts)")
    .description(
      "CHANGES THE ORGANISATION: lets BDRC manage other accounts from this one, or no longer. Nothing here takes that back.",
    )
    .addOption(target("--create", "an account that is managed from now on"))
    .addOption(target("--delete", "an account that is managed no longer"));
  finish(command, ["bdrc-task start update-cross-accounts --create 1234567890123456 --wait"]);
  command.action(async (flags: StartFlags & { create?: Target[]; delete?: Target[] }) => {
    if (!flags.create && !flags.delete) {
      const facts = [["Expected", "--create or --delete, each with the id of an account"]] as const;
      throw new CliError("No account is named, so nothing would change.", facts, "BAD_INPUT");
    }
    const operation = withParameters(COUNTLESS_ACTION, {
      CreateTargets: flags.create && JSON.stringify(flags.create),
      DeleteTargets: flags.delete && JSON.stringify(flags.delete),
    });
    context.end(await startTask(operation, flags, context.terminal));
  });
}

/** Reads one `--create` or `--delete`, and adds it to those before it. */
function readTargets(text: string, before: readonly Target[] = []): Target[] {
  const [, TargetId = "", TargetType = "ACCOUNT"] = /^([^:\s]+)(?::([^:\s]+))?$/.exec(text) ?? [];
  if (TargetId === "") throw new InvalidArgumentError("Expected the id of an account, or id:type.");
  return [...before, { TargetId, TargetType }];
}

/** Adds the flag of the kinds whose tasks can be told from others. */
function addReuse(command: Command): void {
  command.addOption(reuseOption());
}

function reuseOption(): Option {
  return new Option(
    "--reuse <duration>",
    "take the newest task of the same kind and parameters instead that is under way, or completed within this time",
  );
}

/** An operation with those of its parameters that were given. */
function withParameters(
  action: string,
  parameters: Readonly<Record<string, string | undefined>>,
): TaskRequest {
  const given = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { action, form: Object.fromEntries(given) };
}

/** Adds the flags and the notes that all kinds have. */
function finish(command: Command, examples: readonly string[]): void {
  // Where it cannot be used it is known all the same, so that a text says why.
  if (!command.options.some(({ long }) => long === "--reuse")) command.addOption(reuseOption().hideHelp());
  command
    .option("--wait", "go on and wait for the task, as bdrc-task wait does")
    .option("--quiet", "print the task id alone on stdout");
  addJsonFlag(addPlaceFlags(addWaitFlags(command)), "the task id, with --wait the task as it ended,");
  addCiFlags(command);
  addNotes(
    command,
    [...examples, `TASK_ID=$(bdrc-task start ${command.name()} … --quiet)`],
    [
      "0  the task was started, or one that is fresh enough was taken; with --wait: and it is COMPLETE",
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

async function startTask(request: TaskRequest, flags: StartFlags, terminal: Terminal): Promise<ExitCode> {
  // A wrong flag must be found before anything is started.
  readWaitFlags(flags);
  const within = readReuse(request, flags);
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
  const reused =
    within === undefined
      ? undefined
      : await unlessInterrupted(terminal, fresh(connection, request, within, terminal));
  if (reused?.text !== undefined) terminal.stderr.write(`${reused.text}\n`);
  const taskId = reused?.taskId ?? (await startNew(connection, request, terminal));
  const isReused = reused?.taskId !== undefined;
  if (flags.quiet) terminal.stdout.write(`${taskId}\n`);
  else if (!flags.json) {
    const line = isReused ? `Task ${taskId}.\n` : `Started task ${taskId} with ${request.action}.\n`;
    // What was taken has been said already, and stdout holds the id for those who read it there.
    if (!isReused || !flags.wait) terminal[flags.wait ? "stderr" : "stdout"].write(line);
  } else if (!flags.wait) {
    printJson(terminal, { task_id: taskId, ...(reused ? { reused: isReused, choice: reused.text } : {}) });
  }
  if (!flags.wait) {
    const isKept = reports.write([{ taskId, status: isReused ? "" : "CREATED", problem: "", counts: "{}" }]);
    return isKept ? EXIT.ok : EXIT.unwritten;
  }
  const countless = request.action === COUNTLESS_ACTION;
  return waitOn([taskId], flags, terminal, connection, flags.quiet, countless);
}

/** How long ago a task may have completed, in milliseconds; undefined when none is to be reused. */
function readReuse({ action }: TaskRequest, { reuse }: StartFlags): number | undefined {
  if (reuse === undefined) return undefined;
  const problem = reuseProblem(action);
  if (problem)
    throw new CliError(`--reuse cannot be used: ${problem}.`, [["Next", "leave it out"]], "BAD_INPUT");
  return readDuration(reuse, "--reuse", MAX_WITHIN_SECONDS * 1000);
}

/** A task that is fresh enough, and a line that says why. @throws CliError when the list cannot be read */
async function fresh(
  connection: CliConnection,
  request: TaskRequest,
  within: number,
  terminal: Terminal,
): Promise<{ readonly taskId?: string; readonly text: string }> {
  const rules = { within, notTaskId: "", clock: clockOf(terminal) };
  const { task, text, fault } = await findReusable(connection, request, rules);
  if (!fault) {
    return task
      ? { taskId: task.taskId, text: sentence(text) }
      : { text: sentence(`${text}; one is started`) };
  }
  const operation = { action: "DescribeTasks", method: "GET", path: "/api/v1/tasks" } as const;
  const question = { operation, failure: "No task was started, since the tasks cannot be listed" };
  throw failureOf(fault, question, connection);
}

function sentence(text: string): string {
  return `${text.startsWith("there") ? "T" : (text[0] ?? "")}${text.slice(1)}.`;
}

/** @throws CliError when no task was started, or nobody knows */
async function startNew(
  connection: CliConnection,
  { action, form }: TaskRequest,
  terminal: Terminal,
): Promise<string> {
  const question = {
    operation: startTaskOperation(action, form),
    failure: `${action} started no task`,
    whenUnclear:
      "the task may have been started all the same: look with bdrc-task list before you start it again",
  };
  const document = await unlessInterrupted(terminal, ask(connection, question, clockOf(terminal)));
  const taskId = (document.get("Data") as { TaskId?: unknown } | undefined)?.TaskId;
  if (typeof taskId === "string" && taskIdProblem(taskId) === undefined) return taskId;
  throw new CliError(
    `${action} was answered without a task id.`,
    [["Next", question.whenUnclear]],
    "START_UNCLEAR",
  );
}
