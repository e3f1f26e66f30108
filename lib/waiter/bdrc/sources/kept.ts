import type { FoundCredentials } from "../keys";
import type { Source } from "./source";

/** Keys, and how long they hold. */
export interface Session extends FoundCredentials {
  /** Milliseconds since 1970. @default - not known */
  readonly until?: number;
}

/** Keys are renewed this long before their end, in milliseconds. */
const MARGIN = 3 * 60_000;
/** Keys of which nobody says how long they hold are asked for again after this long, in milliseconds. */
const UNKNOWN = 5 * 60_000;

/**
 * A source that keeps what it got until shortly before its end; a renewal that fails is no harm while the old keys hold.
 */
export function kept(get: (signal: AbortSignal | undefined) => Promise<Session>, now: () => number): Source {
  let session: Session | undefined;
  let renewAt = 0;
  return {
    async getCredentials(signal) {
      if (session && now() < renewAt) return session;
      try {
        session = await get(signal);
        renewAt = session.until === undefined ? now() + UNKNOWN : session.until - MARGIN;
      } catch (error) {
        if (!session || now() >= (session.until ?? 0)) throw error;
      }
      return session;
    },
  };
}

/** The time that an answer says in ISO 8601, in milliseconds since 1970, or undefined. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
