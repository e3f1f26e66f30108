import type { WaitEvent } from "../protocol/event";

/** What each kind of event has to hold besides what all have, by the kind of value. */
const MEMBERS: Readonly<Record<WaitEvent["type"], Readonly<Record<string, Check>>>> = {
  start: { endpoint: isText, timeout_seconds: isAmount, wait: (value) => typeof value === "boolean" },
  look: { look: isAmount, status: isText, progress: orNull(isAmount), next_look_seconds: orNull(isAmount) },
  fault: { look: isAmount, fault: isText, message: isText, next_look_seconds: orNull(isAmount) },
  end: { status: isText, problem: isText, looks: isAmount },
};
const COMMON: Readonly<Record<string, Check>> = {
  task_id: isText,
  at: (value) => isText(value) && !Number.isNaN(Date.parse(value)),
  waited_seconds: isAmount,
};

type Check = (value: unknown) => boolean;

function isText(value: unknown): value is string {
  return typeof value === "string";
}
/** Far more than any wait has; a greater number would be no date and no length of time. */
function isAmount(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= 1e9;
}
function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

/** Reads one line of an events file; undefined when it is no event, so that a foreign line ends nothing. */
export function readEvent(line: string): WaitEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(value));
  const type = members.get("type");
  if (typeof type !== "string" || !Object.hasOwn(MEMBERS, type)) return undefined;
  const checks = { ...COMMON, ...MEMBERS[type as WaitEvent["type"]] };
  const isEvent = Object.entries(checks).every(([name, check]) => check(members.get(name)));
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
