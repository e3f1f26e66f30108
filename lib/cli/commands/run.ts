import type { Command } from "commander";
import type { EndEvent, WaitEvent } from "../../protocol/event";
import { isSilent, type WaitRow } from "../board";
import { BottomLines } from "../bottom-lines";
import { addCiFlags, openReports, type CiFlags } from "../ci";
import { EXIT, type CommandExit } from "../exit-code";
import { LiveBoard, lookOf } from "../live-board";
import { addNotes, type CommandContext } from "../options";
import type { CommandEnd, OwnCommand } from "../own-command";
import { openRunEvents, type RunEvents } from "../run-folder";
import type { Terminal } from "../terminal";
import { CliError } from "../text";
import { openTraces } from "../traces";
import { goesOn } from "../../waiter/events";

/** How often events are read, in milliseconds. */
const GAP = 200;
/** How long the bar of a wait that has ended stays, in milliseconds. */
const LAST_SIGHT = 3000;

/** Adds `run` to the program. */
export function defineRun(program: Command, { terminal, end }: CommandContext): void {
  const command = program
    .command("run")
    .summary("run a command, and show the progress of the waits in it")
    .description(
      "Runs a command, such as cdktf deploy or terraform apply, as if it stood alone: with its own input, output, colours, " +
        "signals and exit code. The waits under it, of which Terraform shows nothing, are bars at the bottom of the " +
        "terminal; elsewhere there is a line on stderr whenever something changed.",
    )
    .argument("<command...>", "the command and its arguments, best after --")
    .passThroughOptions();
  addCiFlags(command);
  addNotes(
    command,
    ["bdrc-task run -- npx cdktf deploy gate behind", "bdrc-task run -- terraform plan -out gate.tfplan"],
    [
      "that of the command, or its signal; and else",
      "2    the command line is wrong; nothing was run",
      "126  the command cannot be run",
      "127  there is no such command",
    ],
  );
  command.action(async (words: string[], flags: CiFlags) => end(await runCommand(words, flags, terminal)));
}

/** Runs a command to its end, and gives its exit code. @throws CliError when it cannot be started */
async function runCommand(
  words: readonly string[],
  flags: CiFlags,
  terminal: Terminal,
): Promise<CommandExit> {
  const reports = openReports(flags, terminal);
  const traces = await openTraces(terminal);
  const events = await openRunEvents(terminal);
  const ends = new Map<string, EndEvent>();
  try {
    const end = await follow(words, events, terminal, (event) => {
      traces?.take(event);
      if (event.type === "end") ends.set(event.task_id, event);
    });
    // Its own code is the command's, whatever becomes of the reports.
    reports.write(
      [...ends.values()].map(({ task_id: taskId, status, problem, resource_counts: counts = "{}" }) => ({
        taskId,
        status,
        problem,
        counts,
      })),
    );
    return "signal" in end ? end.signal : end.code;
  } finally {
    events?.remove();
    await traces?.end();
  }
}

async function follow(
  words: readonly string[],
  events: RunEvents | undefined,
  terminal: Terminal,
  tell: (event: WaitEvent) => void,
): Promise<CommandEnd> {
  const { machine } = terminal;
  const screen = new BottomLines(terminal.stderr);
  const waits = new WaitsGoingOn();
  const board = new LiveBoard(terminal, lookOf(terminal, false), {
    label: "bdrc-task",
    screen,
    hasBar: waits.hasBar,
    hasLine: waits.hasLine,
  });
  const take = (event: WaitEvent): void => {
    waits.take(event);
    board.take(event);
    tell(event);
  };
  const command: { current?: OwnCommand } = {};
  // A first Ctrl-C is for the command: it may have much to do before it ends.
  const release = machine.takeSignals({
    onSignal: (signal) => void command.current?.handOn(signal),
    onStop: () => screen.end(),
  });
  try {
    command.current = machine.startCommand(
      words,
      events?.environment ?? terminal.environment,
      terminal.folder,
    );
    let over = false;
    const ended = command.current.ended.finally(() => (over = true));
    // Whoever awaits it comes later.
    ended.catch(() => undefined);
    while (!over) {
      (await events?.read())?.forEach(take);
      await Promise.race([ended.catch(() => undefined), terminal.clock.sleep(GAP)]);
    }
    const end = await ended;
    (await events?.read())?.forEach(take);
    return end;
  } catch (error) {
    throw notStarted(words[0] ?? "", error);
  } finally {
    board.stop();
    screen.end();
    release();
  }
}

/** Which waits of a command are worth a bar or a line: those that go on, and not each look at a finished task. */
class WaitsGoingOn {
  private readonly begun = new Set<string>();
  private readonly printing = new Set<string>();

  take(event: WaitEvent): void {
    if (event.type === "start") {
      this.begun.delete(event.task_id);
      this.printing.delete(event.task_id);
      if (event.prints) this.printing.add(event.task_id);
    } else if (goesOn(event)) this.begun.add(event.task_id);
  }

  readonly hasBar = (row: WaitRow, now: number): boolean => {
    if (row.end) return this.begun.has(row.taskId) && now - row.lastSign < LAST_SIGHT;
    return (row.nextLook !== undefined || row.isQueued) && !isSilent(row, now);
  };

  /** A wait at apply prints its lines itself, where Terraform shows them. */
  readonly hasLine = (event: WaitEvent): boolean =>
    this.begun.has(event.task_id) && !this.printing.has(event.task_id);
}

function notStarted(program: string, error: unknown): unknown {
  const { code, syscall = "" } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || !syscall.startsWith("spawn")) return error;
  const shown = JSON.stringify(program);
  if (code === "ENOENT") {
    return new CliError(
      `There is no command ${shown}; nothing was run.`,
      [
        ["Expected", "the name of a program on the PATH, or a path to one"],
        ["Next", "check its spelling, and whether it is installed: command -v " + program],
      ],
      "BAD_INPUT",
      EXIT.noCommand,
    );
  }
  return new CliError(
    `${shown} cannot be run (${code}); nothing was run.`,
    [
      ["Expected", "a program that this user may execute"],
      ["Next", "a script needs its interpreter before it: bdrc-task run -- bash script.sh"],
    ],
    "BAD_INPUT",
    EXIT.notRun,
  );
}
