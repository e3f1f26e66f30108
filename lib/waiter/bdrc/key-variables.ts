import type { Credentials, Environment } from "./keys";

/** Variable names of static keys, in the order in which they are taken; the first pair that is whole wins. */
export const KEY_NAMES = [
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"],
  ["ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"],
] as const;

/** Names that the alicloud provider or the aliyun CLI read, and the SDK's name for the same thing. */
const ALIASES = [
  ["ALIBABA_CLOUD_PROFILE", "ALICLOUD_PROFILE"],
  ["ALIBABA_CLOUD_ECS_METADATA", "ALICLOUD_ECS_ROLE_NAME"],
  ["ALIBABA_CLOUD_CREDENTIALS_URI", "ALICLOUD_CREDENTIALS_URI"],
  ["ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN"],
  ["ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABACLOUD_OIDC_PROVIDER_ARN"],
  ["ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABACLOUD_OIDC_TOKEN_FILE"],
  ["ALIBABA_CLOUD_EXTERNAL_ID", "ALIBABACLOUD_EXTERNAL_ID"],
] as const;

/** The variable that asks for a role to be assumed with the keys that were found. */
export const ASSUMED_ROLE = "ALICLOUD_ASSUME_ROLE_ARN";
const ROLE_SECONDS = "ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION";

/** A role to assume, as the alicloud provider reads it from the environment. */
export interface AssumedRole {
  readonly arn: string;
  readonly session: string;
  /** How long a session lasts. */
  readonly seconds: number;
}

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

/** Variables to add before the sources are asked: what stands under another program's names only. */
export function chainEnvironment(environment: Environment): Record<string, string> {
  const added: Record<string, string> = {};
  for (const [name, alias] of ALIASES) {
    const value = environment[alias];
    if (!environment[name] && value) added[name] = value;
  }
  return added;
}

/** The role that the environment asks to assume, or undefined. */
export function assumedRole(environment: Environment): AssumedRole | undefined {
  const arn = environment[ASSUMED_ROLE]?.trim();
  if (!arn) return undefined;
  const session =
    environment["ALICLOUD_ASSUME_ROLE_SESSION_NAME"]?.trim() ||
    environment["ALIBABA_CLOUD_ROLE_SESSION_NAME"]?.trim();
  return { arn, session: session || "terraform", seconds: roleSeconds(environment) ?? 3600 };
}

function roleSeconds(environment: Environment): number | undefined {
  const seconds = Number(environment[ROLE_SECONDS]?.trim() || NaN);
  return Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200 ? seconds : undefined;
}

/** Whether a switch among the variables is on, as the SDK reads it. */
export function isOn(environment: Environment, name: string): boolean {
  return environment[name]?.toLowerCase() === "true";
}

/** What is set and is not read, one line each, since another program beside this one reads it. */
export function unreadVariables(environment: Environment): string[] {
  const has = (name: string): boolean => Boolean(environment[name]?.trim());
  const lines: string[] = [];
  if (has("ALIBABA_CLOUD_ROLE_ARN") && !has("ALIBABA_CLOUD_OIDC_PROVIDER_ARN") && !has(ASSUMED_ROLE)) {
    lines.push(
      `ALIBABA_CLOUD_ROLE_ARN: read for an OIDC role only; to assume a role with other keys, set ${ASSUMED_ROLE}`,
    );
  }
  if (has("ALIBABA_CLOUD_OIDC_TOKEN") && !has("ALIBABA_CLOUD_OIDC_TOKEN_FILE")) {
    lines.push(
      "ALIBABA_CLOUD_OIDC_TOKEN: not supported; write the token to a file, and name it in ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    );
  }
  if (has("ALIBABA_CLOUD_BEARER_TOKEN")) {
    lines.push("ALIBABA_CLOUD_BEARER_TOKEN: not supported; BDRC is asked with an access key or a role");
  }
  if (environment["ALIBABA_CLOUD_PROFILE_MODE"]?.trim().toLowerCase() === "anonymous") {
    lines.push("ALIBABA_CLOUD_PROFILE_MODE: not supported; BDRC answers nobody without a signature");
  }
  if (has(ROLE_SECONDS) && roleSeconds(environment) === undefined) {
    lines.push(`${ROLE_SECONDS}: no whole number from 900 to 43200, so 3600 is taken`);
  }
  return lines;
}
