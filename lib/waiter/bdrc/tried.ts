import { ASSUMED_ROLE, isOn, KEY_NAMES, unreadVariables } from "./key-variables";
import { CredentialsError, type Environment, type Reasons, type SourceName } from "./keys";

/** Variables that make up the OIDC role; all three are needed. */
const OIDC_NAMES = [
  "ALIBABA_CLOUD_ROLE_ARN",
  "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
  "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
] as const;

/** What a source says of a profile that it does not have. */
const UNKNOWN_PROFILE = /^(not in the file|not there)/;

/**
 * That no source gave anything, and what to do about it: with a named profile nothing but profiles is asked, so that
 * keys in the environment would not help.
 */
export function noCredentials(
  environment: Environment,
  profile: string | undefined,
  reasons: Reasons | undefined,
): CredentialsError {
  const tried = triedSources(environment, profile, reasons);
  if (profile === undefined) {
    return new CredentialsError("no credentials were found", tried, missingKey(environment) ?? SET_KEYS);
  }
  const alone = "keys in the environment are not used while a profile is named";
  const said = [...(reasons ?? new Map<SourceName, string>()).values()];
  return said.length > 0 && said.every((reason) => UNKNOWN_PROFILE.test(reason))
    ? new CredentialsError(
        `there is no profile ${profile}`,
        tried,
        `name a profile that there is, or make it: aliyun configure --profile ${profile}; ${alone}`,
      )
    : new CredentialsError(
        `the profile ${profile} gives no credentials`,
        tried,
        `mend what is said of the profile, or name another one; ${alone}`,
      );
}

/** The one sentence for whoever has no credentials at all. */
const SET_KEYS =
  "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or configure a profile or a role";

/** What to do where one half of a pair of keys is set. */
function missingKey(environment: Environment): string | undefined {
  const half = KEY_NAMES.find(([id, secret]) => Boolean(environment[id]) !== Boolean(environment[secret]));
  if (half === undefined) return undefined;
  const [id, secret] = half;
  const [given, missing] = environment[id] ? [id, secret] : [secret, id];
  return `set ${missing}, too: ${given} alone is no key`;
}

/**
 * The sources in the order in which they are tried, each with what this environment says of it; names only, never a
 * value besides that of a profile.
 *
 * @param reasons what came of asking them; beside others, a source without one was not reached any more
 */
export function triedSources(
  environment: Environment,
  profile?: string,
  reasons: Reasons = new Map(),
): string[] {
  const named = profile ?? environment["ALIBABA_CLOUD_PROFILE"];
  const why = (source: SourceName): string =>
    reasons.get(source) ?? (reasons.size > 0 ? "not asked, for lack of time" : "gave nothing");
  const profileOf = (otherwise: string): string => (named ? `profile ${named}` : otherwise);
  const profiles = [
    ...(environment["ALICLOUD_SHARED_CREDENTIALS_FILE"]
      ? [`ALICLOUD_SHARED_CREDENTIALS_FILE, ${profileOf("its current profile")}: ${why("shared")}`]
      : []),
    isOn(environment, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED")
      ? "~/.aliyun/config.json: turned off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED"
      : `~/.aliyun/config.json, ${profileOf("its current profile")}: ${why("cli")}`,
    `${environment["ALIBABA_CLOUD_CREDENTIALS_FILE"] ? "ALIBABA_CLOUD_CREDENTIALS_FILE" : "~/.alibabacloud/credentials"}, ` +
      `${profileOf("profile default")}: ${why("file")}`,
  ];
  const role = environment[ASSUMED_ROLE]?.trim()
    ? [`${ASSUMED_ROLE}: set, but ${reasons.get("role") ?? "no keys were found to assume it with"}`]
    : [];
  if (profile) return [...profiles, ...role];
  const missing = OIDC_NAMES.filter((name) => !environment[name]);
  return [
    ...keyLines(environment),
    missing.length === 0 ? `OIDC role: set, but ${why("oidc")}` : `OIDC role: ${missing.join(", ")} not set`,
    ...profiles,
    isOn(environment, "ALIBABA_CLOUD_ECS_METADATA_DISABLED")
      ? "ECS instance metadata: turned off by ALIBABA_CLOUD_ECS_METADATA_DISABLED"
      : `ECS instance metadata: ${why("ecs")}`,
    environment["ALIBABA_CLOUD_CREDENTIALS_URI"]
      ? `ALIBABA_CLOUD_CREDENTIALS_URI: set, but ${why("uri")}`
      : "ALIBABA_CLOUD_CREDENTIALS_URI: not set",
    ...role,
    ...unreadVariables(environment),
  ];
}

function keyLines(environment: Environment): string[] {
  return KEY_NAMES.flatMap(([idName, secretName], place) => {
    const id = environment[idName] ? "set" : "not set";
    const secret = environment[secretName] ? "set" : "not set";
    // The names of the CLI alone help nobody who has not set one of them.
    if (place === 3 && id === "not set" && secret === "not set") return [];
    return id === secret
      ? [`${idName} and ${secretName}: ${id}`]
      : [`${idName} is ${id}, but ${secretName} is ${secret}`];
  });
}
