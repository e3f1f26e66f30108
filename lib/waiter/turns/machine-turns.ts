import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { ENVIRONMENT } from "../../protocol/environment";
import { DEFAULT_LOOKS_PER_SECOND, MAX_LOOKS_PER_SECOND } from "../../protocol/query";
import type { CredentialSource, Credentials } from "../bdrc/credentials";
import type { Clock } from "../clock";
import { looksOf } from "../read-value";
import { claimFiles, type Claims } from "./claims";
import { takeTurn, type Turn } from "./shared-turns";

/** The least limit that can be asked for, in looks a second. */
export const LEAST_LOOKS_PER_SECOND = 0.1;

/** What the environment may say. */
export const EXPECTED_LIMIT = `a number of looks a second from ${LEAST_LOOKS_PER_SECOND} to ${MAX_LOOKS_PER_SECOND}, or not set`;

/** What BDRC counts looks by: where it is asked, and with whose keys. */
export interface Asked {
  readonly endpoint: string;
  readonly profile: string | undefined;
  readonly source: CredentialSource;
  /** What a query asks for by itself, in looks a second; more than the default raises the limit for it. */
  readonly looksPerSecond?: number;
}

/** How a turn came, and how long it took to come, in milliseconds. */
export type MachineTurn = Turn & {
  readonly stood: number;
  /** Whether it is the first one in this process that is not shared. */
  readonly isNew: boolean;
};

/** Turns to look that all waits of one user on one machine share. */
export interface MachineTurns {
  /** What the environment says, in looks a second; undefined when it says nothing. */
  readonly fromEnvironment: number | undefined;
  /**
   * Waits for the next turn.
   *
   * @param until the latest turn that is of use, on the clock
   * @param limit milliseconds that finding the keys may take, which is done once
   * @param stands called now and then until the turn comes
   * @throws CredentialsError when there are no keys
   */
  take(asked: Asked, until: number, limit: number, stands?: () => void): Promise<MachineTurn>;
}

/** The limit that the environment names; `wrong` when it is none that can be used. */
export function limitFrom(environment: NodeJS.ProcessEnv): number | "wrong" | undefined {
  const value = environment[ENVIRONMENT.looksPerSecond];
  if (value === undefined || value === "") return undefined;
  const looks = looksOf(value);
  return looks >= LEAST_LOOKS_PER_SECOND && looks <= MAX_LOOKS_PER_SECOND ? looks : "wrong";
}

/** @param makeClaims makes the claims for a name; replaced in tests */
export function machineTurns(
  fromEnvironment: number | undefined,
  clock: Clock,
  makeClaims: (name: string) => Claims = (name) => claimFiles(name, tmpdir()),
): MachineTurns {
  const names = new Map<Asked["source"], string>();
  let isTold = false;
  return {
    fromEnvironment,
    async take(asked, until, limit, stands) {
      const { source, looksPerSecond = 0 } = asked;
      const name = names.get(source) ?? nameOf(asked, await source.current(limit));
      // Keys that are renewed in between are still the same to BDRC.
      names.set(source, name);
      const perSecond = fromEnvironment ?? Math.max(DEFAULT_LOOKS_PER_SECOND, looksPerSecond);
      const begin = clock.now();
      const turn = await takeTurn(makeClaims(name), perSecond, clock, until, stands);
      const isNew = turn.kind === "alone" && !isTold;
      isTold ||= isNew;
      return { ...turn, stood: clock.now() - begin, isNew };
    },
  };
}

/** A name for those who share a limit; no key can be read from it. */
function nameOf({ endpoint, profile }: Asked, keys: Credentials): string {
  // Each process gets temporary keys of its own from a role, which is why the way to them counts.
  const isOwn = keys.securityToken !== undefined && keys.providerName !== "default/env";
  const who = isOwn ? `${keys.providerName} ${profile ?? ""}` : keys.accessKeyId;
  return createHash("sha256").update(`${endpoint}\n${who}`).digest("hex").slice(0, 16);
}
