import { closeSync, openSync, readSync } from "node:fs";
import type { WaitEvent } from "../../lib/protocol/event";

/**
 * Follows a file of events while it grows, and hands on each whole line once.
 *
 * @param onEvent told of each event, in order
 * @returns ends the following, after one last look at the file
 */
export function followEvents(file: string, onEvent: (event: WaitEvent) => void): () => void {
  let position = 0;
  let rest = "";
  const look = (): void => {
    let text = "";
    try {
      const handle = openSync(file, "r");
      const chunk = Buffer.alloc(64 * 1024);
      for (let read; (read = readSync(handle, chunk, 0, chunk.length, position)) > 0; position += read) {
        text += chunk.toString("utf8", 0, read);
      }
      closeSync(handle);
    } catch {
      return; // The waiter has not begun yet.
    }
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach((line) => onEvent(JSON.parse(line) as WaitEvent));
  };
  const timer = setInterval(look, 200);
  return () => {
    clearInterval(timer);
    look();
  };
}

/** One line for a person about what the waiter saw; undefined for what is of no interest to a reader. */
export function describeEvent(event: WaitEvent): string | undefined {
  const time = `${Math.round(event.waited_seconds)}s`.padStart(4);
  const next = (seconds: number | null): string =>
    seconds === null ? "" : ` · next look in ${seconds.toFixed(1)}s`;
  switch (event.type) {
    case "start":
      return event.wait ? `waiting for ${event.task_id} at ${event.endpoint}` : undefined;
    case "alone":
      return undefined;
    case "look": {
      const done = event.progress === null ? 0 : Math.floor(event.progress / 100);
      const bar = "█".repeat(Math.round(done / 5)).padEnd(20, "░");
      return `${time} ${bar} ${String(done).padStart(3)} % ${event.status}${next(event.next_look_seconds)}`;
    }
    case "fault":
      return `${time} ${event.message}${next(event.next_look_seconds)}`;
    case "end":
      return `${time} the wait is over: ${event.status} after ${event.looks} looks`;
  }
}
