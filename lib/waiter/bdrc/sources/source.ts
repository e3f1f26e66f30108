import type { Environment, FoundCredentials } from "../keys";

/** One place where credentials can be had; it renews its own sessions. */
export interface Source {
  /** @param signal ends what runs for it */
  getCredentials(signal?: AbortSignal): Promise<FoundCredentials>;
}

/** Why a source gives nothing; the message is told to the user, so it holds nothing that a source holds. */
export class SourceProblem extends Error {
  constructor(
    message: string,
    /** Whether it may be over in a moment, so that the source is asked again before this is believed. */
    readonly passes: boolean,
  ) {
    super(message);
  }
}

/** Something in a file or a variable that only its owner can mend. */
export function wrong(message: string): SourceProblem {
  return new SourceProblem(message, false);
}

/** Something that another try may not meet. */
export function passing(message: string): SourceProblem {
  return new SourceProblem(message, true);
}

/** What every source may use: variables, under the SDK's names, and the time. */
export interface SourceContext {
  readonly environment: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Counts the commands of profiles that run. */
  readonly commands: { running: number };
}
