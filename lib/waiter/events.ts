import { closeSync, constants, openSync, writeSync } from "node:fs";
import type { WaitEvent } from "../protocol/event";

/** Takes events as they happen. */
export type EventSink = (event: WaitEvent) => void;

/** Opening a named pipe that nobody reads fails at once instead of holding up the wait. */
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK;

/**
 * Appends each event as one line to a file; does nothing without a file.
 *
 * One write a line, so that the file holds whole lines whenever the process is killed. A file that cannot be
 * written never ends a wait: the events are for people who watch.
 */
export function eventFile(path: string | undefined): EventSink {
  if (!path) return () => undefined;
  return (event) => {
    try {
      const file = openSync(path, APPEND, 0o600);
      try {
        writeSync(file, `${JSON.stringify(event)}\n`);
      } finally {
        closeSync(file);
      }
    } catch {
      // Nobody can be told: stdout belongs to the result, and Terraform hides stderr.
    }
  };
}
