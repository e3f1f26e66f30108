/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a source gives; any part can be absent. */
export interface FoundCredentials {
  readonly accessKeyId?: string;
  readonly accessKeySecret?: string;
  readonly securityToken?: string;
  readonly providerName?: string;
}

/** The sources besides the keys of the environment, in the order in which they are asked. */
export type SourceName = "oidc" | "shared" | "cli" | "ini" | "ecs" | "uri" | "role";

/** The sources, asked one after the other. */
export interface Chain {
  /** What the first source gives that has something; empty when none has. */
  getCredential(): Promise<FoundCredentials>;
  /** Why a source that was asked gave nothing; never a value of it. */
  readonly reasons?: ReadonlyMap<SourceName, string>;
}

/** How the chain is made; replaced in tests. */
export type ChainMaker = (profile: string | undefined, environment: Environment) => Promise<Chain>;

/** The variable with the role that is taken with whatever keys were found, as the alicloud provider does it. */
export const ASSUMED_ROLE = "ALICLOUD_ASSUME_ROLE_ARN";
