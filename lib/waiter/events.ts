import { appendFileSync } from "node:fs";
import type { WaitEvent } from "../protocol/event";

/** Takes events as they happen. */
export type EventSink = (event: WaitEvent) => void;

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
      appendFileSync(path, `${JSON.stringify(event)}\n`);
    } catch {
      // Nobody can be told: stdout belongs to the result, and Terraform hides stderr.
    }
  };
}
