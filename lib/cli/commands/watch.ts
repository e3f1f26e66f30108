import * as path from "node:path";
import type { Command } from "commander";
import { ENVIRONMENT } from "../../protocol/environment";
import type { WaitEvent } from "../../protocol/event";
import { exitOfRow, isSilent, nextRow, type WaitRow } from "../board";
import { findEventsFile, STACKS, type EventsFile } from "../events-file";
import { EXIT, worstExit, type ExitCode } from "../exit-code";
import { LiveBoard, lookOf } from "../live-board";
import { addJsonFlag, addNotes, type CommandContext } from "../options";
import { clockOf, type Terminal } from "../terminal";
import { printable, printableJson } from "../../waiter/printable";
import { CliError } from "../text";

interface WatchFlags {
  readonly replay?: boolean;
  readonly forever?: boolean;
  readonly json?: boolean;
}

/** How often the file is looked at, in milliseconds. */
const GAP = 200;
/** How long to stay after the last wait ended, in milliseconds: Terraform may begin the next one. */
const GRACE = 2000;

/** Adds `watch` to the program. */
export function defineWatch(program: Command, { terminal, end }: CommandContext): void {
  const command = program
    .command("watch")
    .summary("follow waiters that run under Terraform")
    .description(
      `Follows the events that waiters write to the file which ${ENVIRONMENT.events} names where Terraform runs ` +
        "(Terraform itself hides what they say), with a bar for each wait. Asks nothing of the API. " +
        "Ends when every wait that was seen has ended.",
    )
    .argument(
      "[events-file]",
      `the file; else the one that ${ENVIRONMENT.events} names; else the newest file of events here (*.ndjson, *.jsonl) ` +
        "or in a stack's folder below cdktf.out/stacks",
    )
    .option("--replay", "show what is in the file from its beginning, and end")
    .option("--forever", "go on when every wait has ended; Ctrl-C ends it");
  addJsonFlag(command, "each event as it comes, one line each,");
  addNotes(
    command,
    [
      "bdrc-task watch",
      'export BDRC_TASK_EVENTS="$PWD/bdrc-task-events.ndjson"; terraform apply & bdrc-task watch',
    ],
    [
      "0  every wait that was seen ended with a task that is COMPLETE",
      "1  a task is FAILED, EXPIRED or CANCELED, or its result cannot be used",
      "2  there is no file of events to be found or to replay, or it cannot be read",
      "3  a deadline came first",
      "4  BDRC does not know a task",
      "5  the API refused a waiter",
      "6  a waiter got no good answer, or gives no more sign of life",
      "130  interrupted",
      "With several waits, the highest code of theirs.",
    ],
  );
  command.action(async (file: string | undefined, flags: WatchFlags) =>
    end(await watch(file, flags, terminal)),
  );
}

async function watch(named: string | undefined, flags: WatchFlags, terminal: Terminal): Promise<ExitCode> {
  const source = await findEventsFile(named, terminal.folder, terminal.environment);
  const board = new LiveBoard(terminal, lookOf(terminal, 1, flags.json === true));
  const take = (event: WaitEvent): void => {
    board.take(event);
    if (flags.json) terminal.stdout.write(`${printableJson(JSON.stringify(event))}\n`);
  };
  const before = await source.read();
  if (flags.replay && !source.exists) {
    throw new CliError(
      `${shownIn(terminal, source)} does not exist.`,
      [
        ["Looked at", `this folder and, for a relative name, ${path.join(STACKS, "*")}`],
        ["Next", "name a file that a waiter has written, or leave --replay out to wait for this one"],
      ],
      "BAD_INPUT",
    );
  }
  try {
    if (flags.replay) before.forEach(take);
    else {
      const say = (text: string): void => {
        if (!flags.json) terminal.stderr.write(`${text}\n`);
      };
      const note = startNote(source, before, terminal);
      say(note.text);
      note.underWay.forEach((row) => board.set(row));
      await follow(source, board, { take, say }, flags.forever === true, terminal);
    }
  } finally {
    board.stop();
  }
  if (!flags.json) printEnds(board.waits, terminal);
  return worstExit(board.waits.map((row) => exitOfRow(row) ?? EXIT.noAnswer));
}

/** What is under way when the watching begins; waits that have ended are history. */
function startNote(
  source: EventsFile,
  events: readonly WaitEvent[],
  terminal: Terminal,
): { readonly underWay: readonly WaitRow[]; readonly text: string } {
  const rows = new Map<string, WaitRow>();
  for (const event of events) rows.set(event.task_id, nextRow(rows.get(event.task_id), event));
  const now = terminal.clock.date();
  const underWay = [...rows.values()].filter((row) => !row.end && !isSilent(row, now));
  const file = shownIn(terminal, source);
  if (!source.exists) {
    return { underWay, text: `${file} does not exist yet, a waiter makes it; waiting for the next one.` };
  }
  const text =
    underWay.length > 0
      ? `Following ${file}.`
      : `No wait is under way in ${file}; waiting for the next one. (--replay shows what was.)`;
  return { underWay, text };
}

/** A file as its user names it: from here when it is below this folder, else by its whole path. */
function shownIn({ folder }: Terminal, { file }: EventsFile): string {
  const relative = path.relative(folder, file);
  const isBelow = relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
  return isBelow ? relative : file;
}

/** Takes events until every wait that was seen is over, and no other began for a while. */
async function follow(
  source: EventsFile,
  board: LiveBoard,
  { take, say }: { readonly take: (event: WaitEvent) => void; readonly say: (text: string) => void },
  forever: boolean,
  terminal: Terminal,
): Promise<void> {
  const clock = clockOf(terminal);
  let quietSince = clock.now();
  for (;;) {
    const isNew = !source.exists;
    const events = await source.read();
    if (isNew && source.exists) say(`Following ${shownIn(terminal, source)}.`);
    events.forEach(take);
    const date = clock.date();
    const isOver = board.waits.length > 0 && board.waits.every((row) => row.end ?? isSilent(row, date));
    if (events.length > 0 || !isOver) quietSince = clock.now();
    else if (!forever && clock.now() - quietSince >= GRACE) return;
    await clock.sleep(GAP);
  }
}

function printEnds(rows: readonly WaitRow[], terminal: Terminal): void {
  for (const row of rows) {
    if (!row.end)
      terminal.stderr.write(`The waiter of ${printable(row.taskId)} gives no more sign of life.\n`);
    else if (row.end.problem !== "") terminal.stderr.write(`${printable(row.end.problem)}\n`);
  }
}
