import { assumedRole, chainEnvironment, keysFromEnvironment } from "./key-variables";
import { CredentialsError, keyProblem, usable, type Chain, type Credentials, type Environment } from "./keys";
import type { CallLimits } from "./transport";
import { noCredentials } from "./tried";

export { chainEnvironment, keysFromEnvironment } from "./key-variables";
export { CredentialsError } from "./keys";
export type { Chain, Credentials, FoundCredentials } from "./keys";
export { triedSources } from "./tried";

/** Gives the credentials of each call, and renews them. */
export interface CredentialSource {
  /**
   * The credentials to sign the next call with; temporary ones are renewed before they expire.
   *
   * @param limit milliseconds after which it gives up
   * @throws CredentialsError when no source gives any
   */
  current(limit: number): Promise<Credentials>;
  /** Forgets what was found, so that the next call looks again; for an answer "expired". */
  renew(): void;
}

/** How long the whole chain may take, in milliseconds: the metadata service of ECS can hang. */
export const CHAIN_LIMIT: CallLimits["total"] = 8000;

/**
 * How long it may take when a command of the user's runs, in milliseconds: ten of them at once on a small machine take
 * longer than one, and a look has a second more than this.
 */
export const COMMAND_LIMIT: CallLimits["total"] = 14_000;

/** How the chain is made; replaced in tests. */
export type ChainMaker = (profile: string | undefined, environment: Environment) => Promise<Chain>;

/**
 * The documented order: static keys from the environment, then OIDC role, CLI profile, credentials file, ECS role and
 * credentials URI. A named profile is the only source then.
 *
 * Calls that come together share one walk along the sources.
 */
export function credentialSource(
  environment: NodeJS.ProcessEnv,
  profile?: string,
  makeChain: ChainMaker = lazyChain,
): CredentialSource {
  let chain: Promise<Chain> | undefined;
  let walk: Promise<Credentials> | undefined;
  let asked: Chain | undefined;
  const forget = (): void => {
    chain = undefined;
    walk = undefined;
  };
  const failure = (seen: Environment): CredentialsError => noCredentials(seen, profile, asked?.reasons);
  const walkAlong = async (seen: Environment): Promise<Credentials> => {
    const made = (chain ??= makeChain(profile, seen));
    const stop = new AbortController();
    try {
      const own = (asked = await made);
      const asking = own.getCredential(stop.signal);
      const found = await withLimit(asking, CHAIN_LIMIT).catch((error: unknown) => {
        if (own.isCommandRunning?.()) return withLimit(asking, COMMAND_LIMIT - CHAIN_LIMIT);
        throw error;
      });
      if (keyProblem(found) === undefined) return usable(found, "default");
    } catch {
      // Messages of the sources are never passed on: they quote configuration files and answers, secrets included.
    } finally {
      stop.abort();
    }
    if (chain === made) chain = undefined;
    throw failure(seen);
  };
  const startWalk = (seen: Environment): Promise<Credentials> => {
    const begun = walkAlong(seen);
    const done = (): void => {
      if (walk === begun) walk = undefined;
    };
    begun.then(done, done);
    return begun;
  };

  return {
    renew: forget,
    async current(limit) {
      const found = profile ? undefined : keysFromEnvironment(environment);
      const keys = found && sendable(found);
      // A role to assume takes the rest of the SDK, with these keys as with any others.
      if (keys && !assumedRole(environment)) return keys;
      const seen = { ...environment, ...chainEnvironment(environment) };
      try {
        return await withLimit((walk ??= startWalk(seen)), limit);
      } catch (error) {
        throw error instanceof CredentialsError ? error : failure(seen);
      }
    },
  };
}

function sendable(credentials: Credentials): Credentials {
  const problem = keyProblem(credentials);
  if (problem === undefined) return credentials;
  const advice = "correct it in the environment";
  throw new CredentialsError(problem, [`${credentials.providerName}: gave it`], advice);
}

/** Loaded only when the environment holds no keys: it costs as much as the rest of the SDK. */
async function lazyChain(profile: string | undefined, environment: Environment): Promise<Chain> {
  return (await import("./sources/chain.js")).makeChain(profile, environment);
}

async function withLimit<T>(promise: Promise<T>, limit: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("late")), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
