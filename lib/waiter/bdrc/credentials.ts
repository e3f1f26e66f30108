import type { CallLimits } from "./transport";

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

type Environment = Readonly<Record<string, string | undefined>>;

/** Variable names of static keys, in the order in which they are taken; the first pair that is whole wins. */
const KEY_NAMES = [
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"],
] as const;

/** Names that the alicloud provider reads, and the SDK's name for the same thing. */
const ALIASES = [
  ["ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"],
  ["ALIBABA_CLOUD_CREDENTIALS_FILE", "ALICLOUD_SHARED_CREDENTIALS_FILE"],
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

/** The sources in the order in which they are tried, each with what this environment says of it. */
export function triedSources(environment: Environment, profile?: string): string[] {
  const tried: string[] = [];
  if (!profile) {
    for (const [idName, secretName] of KEY_NAMES) {
      const id = environment[idName] ? "set" : "not set";
      const secret = environment[secretName] ? "set" : "not set";
      tried.push(
        id === secret
          ? `${idName} and ${secretName}: ${id}`
          : `${idName} is ${id}, but ${secretName} is ${secret}`,
      );
    }
    const oidc = [
      "ALIBABA_CLOUD_ROLE_ARN",
      "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
      "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    ];
    const missing = oidc.filter((name) => !environment[name]);
    tried.push(missing.length === 0 ? "OIDC: set, gave nothing" : `OIDC: ${missing.join(", ")} not set`);
  }
  const named = profile ?? environment["ALIBABA_CLOUD_PROFILE"];
  const which = named ? `profile ${named}` : "the current profile";
  tried.push(`~/.aliyun/config.json, ${which}: gave nothing`);
  const file = environment["ALIBABA_CLOUD_CREDENTIALS_FILE"]
    ? "ALIBABA_CLOUD_CREDENTIALS_FILE"
    : "~/.alibabacloud/credentials";
  tried.push(`${file}, profile ${named ?? "default"}: gave nothing`);
  if (!profile) {
    const off = environment["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] === "true";
    tried.push(`ECS instance metadata: ${off ? "turned off" : "gave nothing"}`);
    const uri = environment["ALIBABA_CLOUD_CREDENTIALS_URI"];
    tried.push(`ALIBABA_CLOUD_CREDENTIALS_URI: ${uri ? "set, gave nothing" : "not set"}`);
  }
  return tried;
}

/** The chain of @alicloud/credentials, as far as it is used here. */
export interface Chain {
  getCredential(): Promise<{
    accessKeyId?: string;
    accessKeySecret?: string;
    securityToken?: string;
    providerName?: string;
  }>;
}

/** How the chain is made; replaced in tests. */
export type ChainMaker = (profile: string | undefined) => Promise<Chain>;

/**
 * The documented order: static keys from the environment, then the SDK's chain (OIDC role, CLI profile,
 * credentials file, ECS role, credentials URI). A named profile is the only source then.
 */
export function credentialSource(
  environment: NodeJS.ProcessEnv,
  profile?: string,
  makeChain: ChainMaker = sdkChain,
): CredentialSource {
  let chain: Promise<Chain> | undefined;
  return {
    renew() {
      // After a failure the SDK's chain object stays with the source it tried last; only a new one looks again.
      chain = undefined;
    },
    async current(limit) {
      const keys = profile ? undefined : keysFromEnvironment(environment);
      if (keys) return keys;
      Object.assign(environment, chainEnvironment(environment));
      let found;
      try {
        chain ??= makeChain(profile);
        const asked = chain.then((made) => made.getCredential());
        found = await withLimit(asked, Math.min(limit, CHAIN_LIMIT));
      } catch {
        // Messages of the chain are never passed on: they quote configuration files and answers, secrets included.
        found = undefined;
      }
      if (!found?.accessKeyId || !found.accessKeySecret) {
        chain = undefined;
        throw new CredentialsError(
          profile ? `the profile ${profile} gives no credentials` : "no credentials were found",
          triedSources(environment, profile),
        );
      }
      return {
        accessKeyId: found.accessKeyId,
        accessKeySecret: found.accessKeySecret,
        ...(found.securityToken ? { securityToken: found.securityToken } : {}),
        providerName: found.providerName ?? "default",
      };
    },
  };
}

/** Loaded only when the environment holds no keys: it costs as much as the rest of the SDK. */
async function sdkChain(profile: string | undefined): Promise<Chain> {
  return (await import("./sdk-chain.js")).makeChain(profile);
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
