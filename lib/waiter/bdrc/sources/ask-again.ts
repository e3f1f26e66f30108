import { keyProblem, type FoundCredentials, type SourceName } from "../keys";
import { TransportError } from "../transport-error";
import { SourceProblem, wrong, type Source } from "./source";

/** How the sources are asked again; replaced in tests. */
export interface Patience {
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * How long it waits before a source is asked again, in milliseconds, half of it to one and a half. A command that
 * many waiters start at once, or a file that is being written, is mostly right the next time.
 */
const PAUSES = [200, 800];

/** A source in its place among the others. */
export interface Candidate {
  readonly name: SourceName;
  readonly source: Source;
  /** Nothing says that it is there, so that one failure is believed. */
  readonly guessed?: boolean;
}

/** The first source that gives credentials; it is kept, so that it renews its own sessions. */
export function firstOf(
  all: readonly Candidate[],
  reasons: Map<SourceName, string>,
  patience: Patience,
): Source {
  let chosen: Candidate | undefined;
  return {
    async getCredentials(signal) {
      if (chosen) return askAgain(chosen, reasons, patience, signal);
      for (const candidate of all) {
        try {
          const found = await askAgain(candidate, reasons, patience, signal);
          chosen = candidate;
          return found;
        } catch {
          // The next source may have some; the reason is kept.
          if (signal?.aborted) break;
        }
      }
      throw wrong("no keys were found to assume it with");
    },
  };
}

/**
 * Asks a source, again when what went wrong may be over in a moment.
 *
 * Beside a reason of our own, only the code of a transport error is told: messages of the SDK quote files and answers.
 */
export async function askAgain(
  { name, source, guessed }: Candidate,
  reasons: Map<SourceName, string>,
  patience: Patience,
  signal: AbortSignal | undefined,
): Promise<FoundCredentials> {
  reasons.set(name, "did not answer in time");
  for (let asked = 0; ; asked += 1) {
    try {
      const found = await source.getCredentials(signal);
      const problem = keyProblem(found);
      if (problem !== undefined) throw wrong(problem);
      return found;
    } catch (error) {
      const pause = PAUSES[asked];
      const mayPass = error instanceof SourceProblem ? error.passes : !guessed;
      if (signal?.aborted) throw error;
      if (pause === undefined || !mayPass) {
        reasons.set(name, reasonOf(error));
        throw error;
      }
      await patience.sleep(pause * (0.5 + patience.random()), signal ?? new AbortController().signal);
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SourceProblem) return error.message;
  return error instanceof TransportError ? `could not be reached (${error.code})` : "gave nothing";
}

/** Time and chance as they are. */
export const realPatience: Patience = {
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal.addEventListener("abort", done, { once: true });
    }),
  random: Math.random,
  now: Date.now,
};
