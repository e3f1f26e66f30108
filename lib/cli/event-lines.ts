import type { WaitEvent } from "../protocol/event";

const TYPES: readonly unknown[] = ["start", "look", "fault", "end"];

/** Reads one line of an events file; undefined when it is no event, so that a foreign line ends nothing. */
export function readEvent(line: string): WaitEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { type, task_id, at, waited_seconds } = value as Record<string, unknown>;
  const isEvent =
    TYPES.includes(type) &&
    typeof task_id === "string" &&
    typeof at === "string" &&
    !Number.isNaN(Date.parse(at)) &&
    typeof waited_seconds === "number";
  return isEvent ? (value as WaitEvent) : undefined;
}

/** Cuts bytes that come in any pieces into whole lines; a line that is not ended yet stays behind. */
export class LineCutter {
  private rest = Buffer.alloc(0);

  /** The lines that these bytes complete. */
  take(bytes: Buffer): string[] {
    const all = Buffer.concat([this.rest, bytes]);
    const end = all.lastIndexOf(0x0a) + 1;
    this.rest = Buffer.from(all.subarray(end));
    return all
      .subarray(0, end)
      .toString("utf8")
      .split("\n")
      .filter((line) => line.trim() !== "");
  }

  /** Forgets what is not ended, for a file that begins anew. */
  clear(): void {
    this.rest = Buffer.alloc(0);
  }
}
