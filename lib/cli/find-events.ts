import { open } from "node:fs/promises";
import * as path from "node:path";
import { ENVIRONMENT } from "../protocol/environment";
import { LineCutter, readEvent } from "./event-lines";
import {
  eventsAt,
  EventsFile,
  EventsFolder,
  EventsOfAll,
  list,
  newest,
  type EventsSource,
} from "./events-file";
import type { Terminal } from "./terminal";
import { CliError } from "./text";

/** Where cdktf puts stacks; Terraform runs there, so a relative name in the variable leads there. */
export const STACKS = path.join("cdktf.out", "stacks");

/** What the private folder is called. */
const OWN_WAITS = "the waits of this user on this machine";

/**
 * Finds the events: at the place that is named, else where BDRC_TASK_EVENTS says, else in the private folder in which all
 * waiters of this user write them; with them come those of the newest file of events in this folder or in a stack's
 * folder below cdktf.out, since a waiter may have had a variable that this terminal has not.
 *
 * A named file need not exist yet: the waiter makes it. A relative name is looked for in the stacks' folders, too, since
 * the waiter takes it from there.
 *
 * @param replay past events are what is wanted, so that the newest file alone says more than all of them
 * @throws CliError when nothing is named and the private folder cannot be used
 */
export async function findEvents(
  named: string | undefined,
  terminal: Pick<Terminal, "folder" | "environment" | "machine">,
  replay: boolean,
): Promise<EventsSource> {
  const { folder, environment } = terminal;
  const inStacks = async (name: string): Promise<string[]> =>
    (await stacksIn(folder)).map((stack) => path.resolve(stack, name));
  if (named !== undefined) {
    const here = path.resolve(folder, named);
    return eventsAt(here, async () => (await newest([here])) ?? newest(await inStacks(named)));
  }
  const variable = environment[ENVIRONMENT.events];
  if (variable) {
    const here = path.resolve(folder, variable);
    return eventsAt(here, async () => newest([here, ...(await inStacks(variable))]));
  }
  const file = await newestFile(folder);
  if (file !== undefined && replay) return new EventsFile(file);
  const own = new EventsFolder(openPrivateFolder(terminal), OWN_WAITS);
  return file === undefined ? own : new EventsOfAll([own, new EventsFile(file)]);
}

/** The private folder of this user. @throws CliError when it cannot be used */
export function openPrivateFolder({ machine }: Pick<Terminal, "machine">): string {
  try {
    return machine.privateFolder();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      `The folder in which waiters and commands meet cannot be used: ${why}.`,
      [
        ["Expected", "a folder of this user with mode 0700; nobody waits less for want of it"],
        ["Next", `remove it, or name another place in ${ENVIRONMENT.events} here and where Terraform runs`],
      ],
      "BAD_INPUT",
    );
  }
}

/** The newest file of events in a folder or in a stack's folder below it. */
async function newestFile(folder: string): Promise<string | undefined> {
  const places = await Promise.all(
    [folder, ...(await stacksIn(folder))].map(async (place) =>
      (await list(place))
        .filter((name) => /\.(ndjson|jsonl)$/.test(name))
        .map((name) => path.join(place, name)),
    ),
  );
  const held = await Promise.all(
    places.flat().map(async (file) => ((await holdsEvents(file)) ? [file] : [])),
  );
  return newest(held.flat());
}

/** The folders of stacks below a folder; they come with a synth, so they are listed anew each time. */
async function stacksIn(folder: string): Promise<string[]> {
  return (await list(path.join(folder, STACKS))).map((name) => path.join(folder, STACKS, name));
}

/** Whether the first whole line of a file is an event. */
async function holdsEvents(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "r");
    try {
      const begin = Buffer.alloc(4096);
      const { bytesRead } = await handle.read(begin, 0, begin.length, 0);
      const [line] = new LineCutter().take(begin.subarray(0, bytesRead));
      return line !== undefined && readEvent(line) !== undefined;
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}
