import {
  ASSUMED_ROLE,
  type Chain,
  type ChainMaker,
  type Environment,
  type FoundCredentials,
  type SourceName,
} from "./chain";
import type { CallLimits } from "./transport";

export type { Chain, ChainMaker, Environment, FoundCredentials } from "./chain";

/** Keys that sign a call. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Present with temporary credentials only. */
  readonly securityToken?: string;
  /** Where they came from, as the SDK names it in a header. */
  readonly providerName: string;
}

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

/** No credentials could be had; the message names the sources that were tried and quotes none of them. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
  constructor(
    message: string,
    /** What was looked at, in order, one line each. */
    readonly tried: readonly string[],
  ) {
    super(message);
  }
}

/** How long the whole chain may take, in milliseconds: the metadata service of ECS can hang. */
export const CHAIN_LIMIT: CallLimits["total"] = 8000;

/** Variable names of static keys, in the order in which they are taken; the first pair that is whole wins. */
const KEY_NAMES = [
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"],
] as const;

/** Variables that make up the OIDC role; all three are needed. */
const OIDC_NAMES = [
  "ALIBABA_CLOUD_ROLE_ARN",
  "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
  "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
] as const;

/** Names that the alicloud provider reads, and the SDK's name for the same thing. */
const ALIASES = [
  ["ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"],
  ["ALIBABA_CLOUD_ECS_METADATA", "ALICLOUD_ECS_ROLE_NAME"],
  ["ALIBABA_CLOUD_CREDENTIALS_URI", "ALICLOUD_CREDENTIALS_URI"],
] as const;

/** Static keys from the environment, or undefined when no pair is whole. */
export function keysFromEnvironment(environment: Environment): Credentials | undefined {
  for (const [idName, secretName, tokenName] of KEY_NAMES) {
    const accessKeyId = environment[idName]?.trim();
    const accessKeySecret = environment[secretName]?.trim();
    const securityToken = environment[tokenName]?.trim();
    if (accessKeyId && accessKeySecret) {
      return {
        accessKeyId,
        accessKeySecret,
        ...(securityToken ? { securityToken } : {}),
        providerName: "default/env",
      };
    }
  }
  return undefined;
}

/** Variables to add before the SDK's chain is asked: what stands under the alicloud provider's names only. */
export function chainEnvironment(environment: Environment): Record<string, string> {
  const added: Record<string, string> = {};
  for (const [name, alias] of ALIASES) {
    const value = environment[alias];
    if (!environment[name] && value) added[name] = value;
  }
  return added;
}

/**
 * The sources in the order in which they are tried, each with what is known of it; names only, never a value besides
 * that of a profile.
 *
 * @param reasons why a source gave nothing, where it was asked
 */
export function triedSources(
  environment: Environment,
  profile?: string,
  reasons: ReadonlyMap<SourceName, string> = new Map(),
): string[] {
  const named = profile ?? environment["ALIBABA_CLOUD_PROFILE"];
  const isOff = (name: string): boolean => environment[name]?.toLowerCase() === "true";
  const why = (name: SourceName): string => reasons.get(name) ?? "gave nothing";
  const whose = named ? `profile ${named}` : "its current profile";
  const role = environment[ASSUMED_ROLE] ? [`${ASSUMED_ROLE}: ${reasons.get("role") ?? "set"}`] : [];
  const profiles = [
    ...(environment["ALICLOUD_SHARED_CREDENTIALS_FILE"]
      ? [`ALICLOUD_SHARED_CREDENTIALS_FILE, ${whose}: ${why("shared")}`]
      : []),
    isOff("ALIBABA_CLOUD_CLI_PROFILE_DISABLED")
      ? "~/.aliyun/config.json: turned off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED"
      : `~/.aliyun/config.json, ${whose}: ${why("cli")}`,
    `${environment["ALIBABA_CLOUD_CREDENTIALS_FILE"] ? "ALIBABA_CLOUD_CREDENTIALS_FILE" : "~/.alibabacloud/credentials"}, ` +
      `profile ${named || "default"}: ${why("ini")}`,
  ];
  if (profile) return [...profiles, ...role];
  const keys = KEY_NAMES.map(([idName, secretName]) => {
    const id = environment[idName] ? "set" : "not set";
    const secret = environment[secretName] ? "set" : "not set";
    return id === secret
      ? `${idName} and ${secretName}: ${id}`
      : `${idName} is ${id}, but ${secretName} is ${secret}`;
  });
  const missing = OIDC_NAMES.filter((name) => !environment[name]);
  const uri = environment["ALIBABA_CLOUD_CREDENTIALS_URI"];
  return [
    ...keys,
    missing.length === 0 ? `OIDC role: set, but ${why("oidc")}` : `OIDC role: ${missing.join(", ")} not set`,
    ...profiles,
    isOff("ALIBABA_CLOUD_ECS_METADATA_DISABLED")
      ? "ECS instance metadata: turned off by ALIBABA_CLOUD_ECS_METADATA_DISABLED"
      : `ECS instance metadata: ${why("ecs")}`,
    `ALIBABA_CLOUD_CREDENTIALS_URI: ${uri ? `set, but ${why("uri")}` : "not set"}`,
    ...role,
  ];
}

/**
 * The documented order: static keys from the environment, then the SDK's sources (OIDC role, CLI profile,
 * credentials file, ECS role, credentials URI). A named profile is the only source then. A role that
 * ALICLOUD_ASSUME_ROLE_ARN names is taken with whatever was found.
 *
 * Calls that come together share one walk along the sources.
 */
export function credentialSource(
  environment: NodeJS.ProcessEnv,
  profile?: string,
  makeChain: ChainMaker = sdkChain,
): CredentialSource {
  let chain: Promise<Chain> | undefined;
  let walk: Promise<FoundCredentials> | undefined;
  const forget = (): void => {
    chain = undefined;
    walk = undefined;
  };
  const startWalk = (): Promise<FoundCredentials> => {
    // The SDK reads these names from the environment itself.
    Object.assign(environment, chainEnvironment(environment));
    chain ??= makeChain(profile, environment);
    const begun = chain.then((made) => made.getCredential());
    const done = (): void => {
      if (walk === begun) walk = undefined;
    };
    begun.then(done, done);
    return begun;
  };

  return {
    renew: forget,
    async current(limit) {
      const keys = profile || environment[ASSUMED_ROLE] ? undefined : keysFromEnvironment(environment);
      if (keys) return sendable(keys);
      let found: FoundCredentials | undefined;
      try {
        walk ??= startWalk();
        found = await withLimit(walk, Math.min(limit, CHAIN_LIMIT));
      } catch {
        // Messages of the sources are never passed on: they quote configuration files and answers, secrets included.
        found = undefined;
      }
      if (!found?.accessKeyId || !found.accessKeySecret) {
        const reasons = await chain?.then(
          (made) => made.reasons,
          () => undefined,
        );
        forget();
        throw new CredentialsError(
          profile ? `the profile ${profile} gives no credentials` : "no credentials were found",
          triedSources(environment, profile, reasons),
        );
      }
      return sendable({
        accessKeyId: found.accessKeyId,
        accessKeySecret: found.accessKeySecret,
        ...(found.securityToken ? { securityToken: found.securityToken } : {}),
        providerName: found.providerName ?? "default",
      });
    },
  };
}

/** Refuses what no header can carry, before it fails as a defect somewhere inside the SDK. */
function sendable(credentials: Credentials): Credentials {
  const parts = [
    ["access key id", credentials.accessKeyId],
    ["security token", credentials.securityToken ?? "-"],
  ] as const;
  const wrong = parts.find(([, value]) => !/^[\x21-\x7e]+$/.test(value));
  if (!wrong) return credentials;
  throw new CredentialsError(
    `the ${wrong[0]} holds a character that none can have, such as a space or a line break`,
    [`${credentials.providerName}: gave it`],
  );
}

/** Loaded only when the environment holds no keys: it costs as much as the rest of the SDK. */
async function sdkChain(profile: string | undefined, environment: Environment): Promise<Chain> {
  const keys = profile ? undefined : keysFromEnvironment(environment);
  return (await import("./sdk-chain.js")).makeChain(profile, environment, keys);
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
