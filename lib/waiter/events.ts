import { closeSync, constants, fstatSync, ftruncateSync, openSync, readdirSync, rmSync } from "node:fs";
import { statSync, writeSync } from "node:fs";
import * as path from "node:path";
import type { WaitEvent } from "../protocol/event";
import { privateFolder } from "./private-folder";

/** Takes events as they happen. */
export type EventSink = (event: WaitEvent) => void;

/** Opening a named pipe that nobody reads fails at once instead of holding up the wait. */
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK;

/** From this size on a file of ours begins anew, in bytes; whoever follows it has read what was in it. */
export const MOST_BYTES = 262_144;
/** How many files there may be in the private folder. */
export const MOST_FILES = 200;
/** When what is left there is removed, in milliseconds: twice the longest wait. */
const OLD = 2 * 86_400_000;

/**
 * Writes each event as one line to a file; see {@link placeOf}.
 *
 * One write a line, so that the file holds whole lines whenever the process is killed. A file that cannot be
 * written never ends a wait: the events are for people who watch.
 *
 * @param moved the value of BDRC_TASK_EVENTS. Without it nothing is written for a look that nothing follows: who would
 * watch that? A plan with a hundred finished tasks leaves no file behind.
 * @param meet gives the private folder
 */
export function eventFile(moved: string | undefined, meet = privateFolder): EventSink {
  let place: string | undefined;
  let held = "";
  return (event) => {
    held += `${JSON.stringify(event)}\n`;
    if (!moved && !place && !goesOn(event)) return;
    try {
      place ??= placeOf(moved, meet);
      const file = openSync(place, APPEND, 0o600);
      try {
        if (place !== moved && fstatSync(file).size > MOST_BYTES) ftruncateSync(file);
        writeSync(file, held);
      } finally {
        closeSync(file);
      }
    } catch {
      // Nobody can be told: stdout belongs to the result, and Terraform hides stderr.
    }
    held = "";
  };
}

/** Whether an event says that another look follows. */
export function goesOn(event: WaitEvent): boolean {
  return event.type === "queue" || ("next_look_seconds" in event && event.next_look_seconds !== null);
}

/**
 * The file for the events of this process: one of its own in the private folder of this user, or in the folder that
 * BDRC_TASK_EVENTS names; else the very file that it names, which others may write to as well.
 */
function placeOf(moved: string | undefined, meet: () => string): string {
  if (moved && !statSync(moved, { throwIfNoEntry: false })?.isDirectory()) return moved;
  const folder = moved || meet();
  if (!moved) removeOld(folder);
  return path.join(folder, `${Date.now()}-${process.pid}.ndjson`);
}

/** Removes what begins with a moment long ago, as all names of ours do, and the oldest of too many. */
export function removeOld(folder: string): void {
  const names = readdirSync(folder).filter((name) => /^\d{13}-/.test(name));
  names.sort().forEach((name, index) => {
    if (index < names.length - MOST_FILES || parseInt(name) < Date.now() - OLD)
      rmSync(path.join(folder, name), { recursive: true, force: true });
  });
}
