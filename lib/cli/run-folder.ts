import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { ENVIRONMENT } from "../protocol/environment";
import type { WaitEvent } from "../protocol/event";
import { removeOld } from "../waiter/events";
import { EventsFolder, type EventsSource } from "./events-file";
import { findEvents } from "./find-events";
import type { Terminal } from "./terminal";

/** Set for everything below a run, so that a run within a run knows that the outer one shows the waits. */
const RUN = "BDRC_TASK_RUN";

/** The events of the waiters under one command, and what the command's environment has to hold for them. */
export interface RunEvents {
  readonly environment: NodeJS.ProcessEnv;
  read(): Promise<WaitEvent[]>;
  /** Removes what was made for it. */
  remove(): void;
}

/**
 * Gives the waiters of a command a folder of their own, so that those of other commands are not taken for its own.
 *
 * A variable that the user has set is kept: then what its place gets from now on is followed. When another run is
 * above this one, that one shows the waiters, and this one nothing.
 *
 * @returns undefined when nothing is to be shown here
 * @throws CliError when a place that the user has set cannot be read
 */
export async function openRunEvents(terminal: Terminal): Promise<RunEvents | undefined> {
  const { environment } = terminal;
  if (environment[RUN]) return undefined;
  const below = { ...environment, [RUN]: String(process.pid) };
  if (environment[ENVIRONMENT.events]) {
    const source: EventsSource = await findEvents(undefined, terminal, false);
    await source.read();
    return { environment: below, read: () => source.read(), remove: () => undefined };
  }
  const folder = makeFolder(terminal);
  const source = new EventsFolder(folder);
  return {
    environment: { ...below, [ENVIRONMENT.events]: folder },
    read: () => {
      // A command may run for days, and whoever tidies the temp folder must not silence it.
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return source.read();
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function makeFolder({ machine }: Terminal): string {
  const name = `${Date.now()}-run-`;
  try {
    const shared = machine.privateFolder();
    removeOld(shared);
    const folder = path.join(shared, `${name}${process.pid}.d`);
    mkdirSync(folder, 0o700);
    return folder;
  } catch {
    // Somebody else's folder stands in the way of meeting, but not of a folder of our own.
    return mkdtempSync(path.join(tmpdir(), name));
  }
}
