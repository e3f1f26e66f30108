import { InvalidArgumentError, Option, type Command } from "commander";
import { TERMINAL_STATUSES } from "../../protocol/status";
import {
  scenarioSchema,
  startFakeBdrc,
  type FakeBdrc,
  type FakeBdrcScenario,
  type RecordedCall,
  type TaskScript,
} from "../../testing";
import { PROGRESS_SHAPES } from "../../testing/progress-curve";
import { PLACE_VARIABLES } from "../connection";
import { EXIT, type ExitCode } from "../exit-code";
import { scenarioOfFile, scenarioOfFlags, type ScriptFlags } from "../fake-scenario";
import { addJsonFlag, addNotes, printJson, type CommandContext } from "../options";
import { readTaskIds } from "../task-ids";
import { clockOf, Interrupted, type Terminal } from "../terminal";
import { printable } from "../../waiter/printable";
import { CliError } from "../text";

interface FakeFlags extends ScriptFlags {
  readonly scenario?: string;
  readonly port?: number;
  readonly schema?: boolean;
  readonly undocumented?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** The task of a rehearsal when no flag names one. */
const USUAL_TASK_ID = "t-0000rehearsal0000000";
/** The variable that names the task in the app of this package. */
const TASK_VARIABLE = "BDRC_TASK_ID";
/** What `--ends` can be without being asked for something odd. */
export const ENDS: readonly string[] = [...TERMINAL_STATUSES, "NEVER"];
/** How often calls are reported, and the parent is looked for, in milliseconds. */
const GAP = 200;
/** Flags that a scenario file says itself. */
const SCRIPT_FLAGS = ["taskId", "seconds", "ends", "undocumented", "progress", "throttle", "count"];

/** Adds `fake` to the program. */
export function defineFake(program: Command, { terminal, end }: CommandContext): void {
  const command = program
    .command("fake")
    .summary("run a fake BDRC service with a scripted task")
    .description(
      "Runs a fake BDRC service on 127.0.0.1 until Ctrl-C (or the end of the npx that runs it), with a scripted task, " +
        "to rehearse stacks without an account. " +
        "Prints the environment to export on stdout, and each call on stderr. " +
        "The clock of the flags' task starts at the first look at it.",
    )
    .addOption(
      new Option("--scenario <file>", "play this JSON file instead of the flags below").conflicts(
        SCRIPT_FLAGS,
      ),
    )
    .addOption(
      new Option("--port <number>", "port to listen on (default: any free one)").argParser(
        number("0 to 65535", 0, 65_535, true),
      ),
    )
    .addOption(
      new Option("--task-id <id>", "id of the task")
        .default(USUAL_TASK_ID)
        .argParser((id: string) => readTaskIds([id])[0]),
    )
    .addOption(
      new Option("--seconds <number>", "how long it runs")
        .default(60)
        .argParser(number("0 to 86400 seconds", 0, 86_400)),
    )
    .addOption(
      new Option("--ends <status>", `status it ends with: ${ENDS.join(", ")}; NEVER runs on`)
        .default("COMPLETE")
        .argParser((text: string) => text.toUpperCase()),
    )
    .option("--undocumented", "let --ends be any other word, as of a status that BDRC does not document")
    .addOption(
      new Option("--progress <shape>", "how its progress moves").default("linear").choices(PROGRESS_SHAPES),
    )
    .addOption(
      new Option("--throttle <share>", "share of looks that are throttled, 0 to 1")
        .default(0)
        .argParser(number("0 to 1", 0, 1)),
    )
    .addOption(
      new Option("--count <type=number>", "resources of a type that it counts; repeatable").argParser(
        readCount,
      ),
    )
    .option("--quiet", "say nothing of the calls")
    .option("--schema", "print the JSON schema of a scenario, and end");
  addJsonFlag(command, "endpoint, environment and task ids");
  addNotes(
    command,
    [
      "bdrc-task fake --seconds 60 --ends FAILED --throttle 0.2",
      "bdrc-task fake --scenario outage.json > fake.env & sleep 1; . ./fake.env; terraform apply",
    ],
    [
      "0  ended by Ctrl-C or with its npx, or the schema was printed",
      "2  a flag, the scenario or the port cannot be used",
    ],
  );
  command.action(async (flags: FakeFlags) => end(await fake(flags, terminal)));
}

/** A reader of numbers within bounds. @param rule the bounds in words */
function number(rule: string, least: number, most: number, whole = false): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`Allowed: ${whole ? "a whole number, " : ""}${rule}.`);
  };
}

function readCount(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  const [, type, count] = /^([^=]+)=(\d{1,9})$/.exec(text) ?? [];
  if (type === undefined || count === undefined) {
    throw new InvalidArgumentError("Expected a type and a whole number, such as ACS::OSS::Bucket=3.");
  }
  return { ...before, [type]: Number(count) };
}

async function fake(flags: FakeFlags, terminal: Terminal): Promise<ExitCode> {
  if (flags.schema) {
    printJson(terminal, scenarioSchema());
    return EXIT.ok;
  }
  const scenario =
    flags.scenario === undefined
      ? scenarioOfFlags(checkEnd(flags))
      : await scenarioOfFile(flags.scenario, terminal.folder);
  const service = await start(
    { ...scenario, ...(flags.port === undefined ? {} : { port: flags.port }) },
    terminal,
  );
  try {
    introduce(service, scenario.tasks ?? {}, flags, terminal);
    await reportCalls(service, flags.quiet === true || flags.json === true, terminal);
  } catch (error) {
    // Being interrupted is how this command ends.
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    await service.close();
  }
  return EXIT.ok;
}

/**
 * Refuses an end that BDRC does not document unless it is asked for: a misspelt one is a task that a wait takes for
 * one under way, until its deadline.
 *
 * @throws CliError that lists the documented ones
 */
function checkEnd(flags: FakeFlags): FakeFlags {
  if (flags.undocumented || ENDS.includes(flags.ends)) return flags;
  throw new CliError(
    `--ends is ${JSON.stringify(flags.ends)}, which is no status that ends a task.`,
    [
      ["Expected", ENDS.join(", ")],
      ["Next", "correct it; or add --undocumented to rehearse a status that BDRC does not document"],
    ],
    "BAD_INPUT",
  );
}

async function start(scenario: FakeBdrcScenario, { clock }: Terminal): Promise<FakeBdrc> {
  try {
    return await startFakeBdrc({ ...scenario, now: () => clock.date() });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!/^E(ADDRINUSE|ACCES)$/.test(code)) throw error;
    throw new CliError(
      `Port ${scenario.port} cannot be listened on (${code}).`,
      [["Next", "choose another --port, or none for any that is free"]],
      "BAD_INPUT",
    );
  }
}

function introduce(
  service: FakeBdrc,
  tasks: Readonly<Record<string, TaskScript>>,
  flags: FakeFlags,
  terminal: Terminal,
): void {
  const taskIds = Object.keys(tasks);
  const [first] = taskIds;
  const environment = {
    [PLACE_VARIABLES.endpoint]: service.endpoint,
    ...(first === undefined ? {} : { [TASK_VARIABLE]: first }),
    ...service.environment,
  };
  if (flags.json) {
    printJson(terminal, { endpoint: service.endpoint, environment, task_ids: taskIds });
    return;
  }
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  terminal.stdout.write(lines.join(""));
  const named = taskIds.length === 0 ? "no tasks" : taskIds.map(printable).join(", ");
  terminal.stderr.write(
    `The fake BDRC service listens at ${service.endpoint} with ${named}. Ctrl-C ends it.\n`,
  );
  for (const [id, { ends = "COMPLETE" }] of Object.entries(tasks)) {
    if (ENDS.includes(ends)) continue;
    const what = `${printable(id)} ends as ${printable(ends)}, which BDRC does not document`;
    terminal.stderr.write(`${what}: a wait takes it for a task under way, until its deadline.\n`);
  }
}

/** A value as a POSIX shell reads it back. */
function quoted(value: string): string {
  return /^[\w:/.@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/** Reports calls until the user interrupts, or until what ran the command has ended. */
async function reportCalls(service: FakeBdrc, quiet: boolean, terminal: Terminal): Promise<void> {
  const clock = clockOf(terminal);
  const hasLostParent = parentWatch(terminal);
  let reported = 0;
  while (!hasLostParent()) {
    for (const call of quiet ? [] : service.calls.slice(reported))
      terminal.stderr.write(`${callLine(call)}\n`);
    reported = service.calls.length;
    await clock.sleep(GAP);
  }
}

/**
 * Says whether npx, or what else runs a package's script, has ended: it is the process that a user knows and ends,
 * and it leaves its child behind. A shell that started the service itself may end before it, as a step of a build does.
 */
function parentWatch({ environment, machine }: Terminal): () => boolean {
  const parent = machine.parentId();
  const isChildOfRunner = environment["npm_lifecycle_event"] !== undefined;
  return () => isChildOfRunner && machine.parentId() !== parent;
}

/** One call as a line: when, what, and what it got. */
export function callLine(call: RecordedCall): string {
  const seconds = (call.at / 1000).toFixed(1).padStart(6);
  const what = call.operation ?? `${call.method} ${printable(call.path)}`;
  const task = call.taskId === undefined ? "" : ` ${printable(call.taskId)} look ${call.look ?? "–"}`;
  const got = call.status === undefined ? "no answer" : String(call.status);
  const why = [call.code, call.fault].filter((word) => word !== undefined).join(", ");
  return `${seconds}s  ${what}${task}: ${got}${why === "" ? "" : ` (${printable(why)})`}`;
}
