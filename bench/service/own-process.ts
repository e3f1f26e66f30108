import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as os from "node:os";
import * as path from "node:path";
import type { FakeBdrc, FakeBdrcOptions, RecordedCall } from "../../lib/testing/fake-bdrc";

/** What of a call is of use here. */
export type Call = Pick<RecordedCall, "at" | "taskId" | "code">;

/** What the process says: first where it listens, and then its calls whenever it is asked. */
export type FromService = Pick<FakeBdrc, "endpoint" | "environment"> | { readonly calls: readonly Call[] };

/** A fake BDRC service that has an event loop for itself. */
export interface OwnService {
  readonly endpoint: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Every call so far, in the order of coming. */
  calls(): Promise<readonly Call[]>;
  close(): Promise<void>;
}

/** How much nicer than the service is whatever asks it. */
const NICER = 5;

/** Starts the fake service in a process of its own. */
export async function startOwnService(options: Omit<FakeBdrcOptions, "now">): Promise<OwnService> {
  const root = path.resolve(__dirname, "..", "..");
  const child = fork(path.join(root, "scripts", "run-ts.mjs"), [path.join(__dirname, "fake-service.ts")]);
  const ended = once(child, "exit").then(() => {
    throw new Error("The fake service has ended.");
  });
  // It is awaited only together with an answer.
  ended.catch(() => undefined);
  const ask = async (message: object): Promise<FromService> => {
    const answer = once(child, "message");
    child.send(message);
    return (await Promise.race([answer, ended]))[0] as FromService;
  };
  const first = await ask(options);
  if (!("endpoint" in first)) throw new Error("The fake service does not say where it listens.");
  return {
    ...first,
    calls: async () => {
      const answer = await ask({});
      if (!("calls" in answer)) throw new Error("The fake service does not tell its calls.");
      return answer.calls;
    },
    close: async () => {
      child.disconnect();
      await ended.catch(() => undefined);
    },
  };
}

/**
 * Lets a process and what it starts stand back behind the service. BDRC has cores of its own; a fake one that does not get
 * a core in time would take calls for simultaneous that were not.
 */
export function standBack({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    os.setPriority(pid, Math.min(os.constants.priority.PRIORITY_LOW, os.getPriority() + NICER));
  } catch {
    // It has ended already.
  }
}
