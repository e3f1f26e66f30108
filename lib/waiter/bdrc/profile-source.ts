import CloudSso from "@alicloud/credentials/dist/src/providers/cloud_sso";
import EcsRole from "@alicloud/credentials/dist/src/providers/ecs_ram_role";
import External from "@alicloud/credentials/dist/src/providers/external";
import OAuth from "@alicloud/credentials/dist/src/providers/oauth";
import OidcRole from "@alicloud/credentials/dist/src/providers/oidc_role_arn";
import RamRole from "@alicloud/credentials/dist/src/providers/ram_role_arn";
import CredentialsUri from "@alicloud/credentials/dist/src/providers/uri";
import type { CliProfile } from "./cli-profile";
import type { FoundCredentials } from "./chain";
import { readCredentialFile } from "./credential-file";
import { SourceProblem } from "./source-problem";

/** One place where credentials come from; those of the SDK renew their own sessions. */
export interface Source {
  getCredentials(): Promise<FoundCredentials>;
}

/** What {@link roleSource} needs besides the keys that take the role. */
export interface Role {
  readonly arn: string;
  readonly sessionName?: string | undefined;
  readonly externalId?: string | undefined;
  readonly seconds?: number | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly vpc?: boolean;
}

/** Seconds for which keys of a session that the CLI has kept must still be good. */
const KEPT_FOR = 300;
/** The sign-in and the client of the CLI's OAuth by its site. */
const OAUTH_SITES: Readonly<Record<string, readonly [url: string, client: string]>> = {
  CN: ["https://oauth.aliyun.com", "4038181954557748008"],
  INTL: ["https://oauth.alibabacloud.com", "4103531455503354461"],
};

/** Keys as they are. */
export function staticSource(found: FoundCredentials): Source {
  return { getCredentials: () => Promise.resolve(found) };
}

/** A RAM role that is taken with the keys of another source. */
export function roleSource(base: Source, role: Role): Source {
  return RamRole.builder()
    .withCredentialsProvider(named(base))
    .withRoleArn(role.arn)
    .withRoleSessionName(role.sessionName ?? "cdktf-bdrc-task")
    .withExternalId(role.externalId ?? "")
    .withDurationSeconds(role.seconds ?? 3600)
    .withStsRegionId(role.region ?? "")
    .withStsEndpoint(role.endpoint ?? "")
    .withEnableVpc(role.vpc ?? false)
    .build();
}

/** Makes the source of a profile by its mode; names of modes in lower case. */
type ModeReader = (profile: CliProfile, seen: readonly string[]) => Source;

const MODES: Readonly<Record<string, ModeReader>> = {
  ak: (profile) => staticSource({ ...keysOf(profile), providerName: "cli_profile/static_ak" }),
  ststoken: (profile) =>
    staticSource({
      ...keysOf(profile),
      securityToken: profile.required("sts_token"),
      providerName: "cli_profile/static_sts",
    }),
  ramrolearn: (profile) => {
    const securityToken = profile.text("sts_token");
    return roleSource(
      staticSource({ ...keysOf(profile), ...(securityToken ? { securityToken } : {}) }),
      roleOf(profile),
    );
  },
  ramrolearnwithrolename: (profile) =>
    roleSource(EcsRole.builder().withRoleName(profile.required("ram_role_name")).build(), roleOf(profile)),
  chainableramrolearn: (profile, seen) =>
    roleSource(profileSource(profile.other("source_profile"), [...seen, profile.name]), roleOf(profile)),
  ecsramrole: (profile) =>
    EcsRole.builder()
      .withRoleName(profile.text("ram_role_name") ?? "")
      .build(),
  oidc: (profile) =>
    withFile(
      profile.required("oidc_token_file"),
      OidcRole.builder()
        .withOIDCTokenFilePath(profile.required("oidc_token_file"))
        .withOIDCProviderArn(profile.required("oidc_provider_arn"))
        .withRoleArn(profile.required("ram_role_arn"))
        .withRoleSessionName(profile.text("ram_session_name") ?? "cdktf-bdrc-task")
        .withDurationSeconds(profile.number("expired_seconds") ?? 3600)
        .withStsRegionId(profile.text("sts_region") ?? "")
        .withEnableVpc(profile.flag("enable_vpc"))
        .build(),
    ),
  cloudsso: (profile) =>
    kept(profile) ??
    CloudSso.builder()
      .withSignInUrl(url(profile, "cloud_sso_sign_in_url"))
      .withAccountId(profile.required("cloud_sso_account_id"))
      .withAccessConfig(profile.required("cloud_sso_access_config"))
      .withAccessToken(profile.required("access_token"))
      .withAccessTokenExpire(goodUntil(profile, "cloud_sso_access_token_expire"))
      .build(),
  oauth: (profile) => {
    const site = OAUTH_SITES[profile.required("oauth_site_type").toUpperCase()];
    if (!site) throw new SourceProblem("oauth_site_type is neither CN nor INTL");
    return (
      kept(profile) ??
      // Without the refresh token: whoever uses it gets another one, and the one in the file, which is the user's
      // login, is void. Only the CLI may do that, since only it may write there.
      OAuth.builder()
        .withSignInUrl(site[0])
        .withClientId(site[1])
        .withAccessToken(profile.required("oauth_access_token"))
        .withAccessTokenExpire(goodUntil(profile, "oauth_access_token_expire"))
        .build()
    );
  },
  // Without a callback: the SDK's own would write the keys into the user's file.
  external: (profile) => External.builder().withProcessCommand(profile.required("process_command")).build(),
  credentialsuri: (profile) =>
    CredentialsUri.builder().withCredentialsURI(url(profile, "credentials_uri")).build(),
};

/** Modes of the CLI that are read here, as it writes them. */
export const CLI_MODES: readonly string[] = [
  "AK",
  "StsToken",
  "RamRoleArn",
  "RamRoleArnWithRoleName",
  "ChainableRamRoleArn",
  "EcsRamRole",
  "OIDC",
  "CloudSSO",
  "OAuth",
  "External",
  "CredentialsURI",
];

/**
 * The source that a profile of the CLI describes, by its mode.
 *
 * @param seen names of the profiles that led here
 * @throws SourceProblem when a member is missing or no text, or the mode is not supported
 */
export function profileSource(profile: CliProfile, seen: readonly string[] = []): Source {
  if (seen.includes(profile.name)) throw new SourceProblem("source_profile leads in a circle");
  const mode = (profile.text("mode") ?? "AK").toLowerCase();
  const reader = Object.hasOwn(MODES, mode) ? MODES[mode] : undefined;
  if (!reader) throw new SourceProblem(`its mode is not supported; supported are ${CLI_MODES.join(", ")}`);
  return reader(profile, seen);
}

/** A source whose file is looked at before each use, since the SDK would wait for ever for one that is a pipe. */
export function withFile(path: string, source: Source): Source {
  return {
    getCredentials: () => {
      try {
        readCredentialFile(path);
      } catch (error) {
        throw new SourceProblem(`its token file: ${(error as SourceProblem).message}`);
      }
      return source.getCredentials();
    },
  };
}

function keysOf(profile: CliProfile): { accessKeyId: string; accessKeySecret: string } {
  return {
    accessKeyId: profile.required("access_key_id"),
    accessKeySecret: profile.required("access_key_secret"),
  };
}

function roleOf(profile: CliProfile): Role {
  return {
    arn: profile.required("ram_role_arn"),
    sessionName: profile.text("ram_session_name"),
    externalId: profile.text("external_id"),
    seconds: profile.number("expired_seconds"),
    region: profile.text("sts_region"),
    endpoint: profile.text("sts_endpoint"),
    vpc: profile.flag("enable_vpc"),
  };
}

/** The session that the CLI itself has kept in the profile, as long as it is good: what all its users share. */
function kept(profile: CliProfile): Source | undefined {
  const until = profile.number("sts_expiration") ?? 0;
  if (until - Date.now() / 1000 < KEPT_FOR || !profile.text("access_key_id")) return undefined;
  return MODES["ststoken"]?.(profile, []);
}

function goodUntil(profile: CliProfile, member: string): number {
  const until = profile.number(member) ?? 0;
  if (until > Date.now() / 1000) return until;
  throw new SourceProblem("its login has expired; log in again with the aliyun CLI");
}

function url(profile: CliProfile, member: string): string {
  const text = profile.required(member);
  if (!URL.canParse(text)) throw new SourceProblem(`${member} is not a URL`);
  return text;
}

/** A source as the SDK wants one that it takes a role with. */
function named(source: Source): Parameters<ReturnType<typeof RamRole.builder>["withCredentialsProvider"]>[0] {
  return {
    getProviderName: () => "base",
    getCredentials: async () => {
      const { accessKeyId = "", accessKeySecret = "", securityToken = "" } = await source.getCredentials();
      return { accessKeyId, accessKeySecret, securityToken, providerName: "base" };
    },
  };
}
