import { inOneHour, session, type Asked, type Elsewhere, type Home } from "./credential-home";

/** Where an ECS instance reads its own role. */
export const METADATA = "100.100.100.200";
/** Keys, a role and sign-ins, as a profile of the CLI holds them. */
export const KEYS = { access_key_id: "base-id", access_key_secret: "base-secret" };
export const ROLE = { ram_role_arn: "acs:ram::1:role/r", ram_session_name: "me" };
export const SSO = {
  cloud_sso_sign_in_url: "https://sso.test/start",
  cloud_sso_account_id: "1",
  cloud_sso_access_config: "c",
  access_token: "sign-in-token",
};
export const OAUTH = {
  oauth_site_type: "CN",
  oauth_access_token: "sign-in-token",
  oauth_refresh_token: "refresh",
};

/** In an hour, in seconds since 1970. */
export const hour = (): number => Math.floor(Date.now() / 1000) + 3600;

/** A command that prints a text. */
export const printed = (text: string): string => `node -e 'process.stdout.write(process.argv[1])' '${text}'`;

/** Every mode of the CLI that BDRC can be asked with: a profile, the key id that comes of it, and its name. */
export const MODES: Readonly<
  Record<string, readonly [profile: (home: Home) => Record<string, unknown>, id: string, name: string]>
> = {
  AK: [() => KEYS, "base-id", "static_ak"],
  StsToken: [() => ({ ...KEYS, sts_token: "t" }), "base-id", "static_sts"],
  RamRoleArn: [() => ({ ...KEYS, ...ROLE }), "sts-for-base-id", "ram_role_arn/static_ak"],
  EcsRamRole: [() => ({ ram_role_name: "my-role" }), "ecs-id", "ecs_ram_role"],
  RamRoleArnWithRoleName: [
    () => ({ ram_role_name: "my-role", ...ROLE }),
    "sts-for-ecs-id",
    "ram_role_arn/ecs_ram_role",
  ],
  ChainableRamRoleArn: [
    () => ({ source_profile: "other-1", ...ROLE }),
    "sts-for-sts-for-other-id",
    "ram_role_arn/ram_role_arn/static_ak",
  ],
  OIDC: [
    (home) => ({ oidc_provider_arn: "p", oidc_token_file: home.write("token", "oidc-token"), ...ROLE }),
    "sts-for-AssumeRoleWithOIDC",
    "oidc_role_arn",
  ],
  CredentialsURI: [() => ({ credentials_uri: "http://uri.test/give" }), "uri-id", "credential_uri"],
  CloudSSO: [() => ({ ...SSO, cloud_sso_access_token_expire: hour() }), "sso-id", "cloud_sso"],
  OAuth: [() => ({ ...OAUTH, oauth_access_token_expire: hour() }), "oauth-id", "oauth"],
  External: [
    (home) => ({
      process_command: `cat ${home.write("printed", { mode: "AK", access_key_id: "ext-id", access_key_secret: "s" })}`,
    }),
    "ext-id",
    "external",
  ],
};
/** Writes the CLI's file with a profile of a mode as the current one. @param spelt the mode as the file has it */
export function writeMode(home: Home, mode: string, spelt = mode): void {
  const [profile] = MODES[mode] ?? [() => ({})];
  const other = { mode: "RamRoleArn", access_key_id: "other-id", access_key_secret: "s", ...ROLE };
  home.profiles({ mode: spelt, ...profile(home) }, other);
}

/** Makes every service answer that a mode asks, and lets the instance be asked. */
export function answerAll(elsewhere: Elsewhere): void {
  delete process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"];
  elsewhere.asked.length = 0;
  elsewhere.hosts.clear();
  elsewhere.hosts
    .set("sts.aliyuncs.com", sts)
    .set(METADATA, ({ url }) =>
      url.pathname.endsWith("/my-role") ? [200, session("ecs-id")] : [200, "my-role"],
    )
    .set("uri.test", () => [200, session("uri-id")])
    .set("sso.test", () => [200, { CloudCredential: session("sso-id") }])
    .set("oauth.aliyun.com", () => [
      200,
      { accessKeyId: "oauth-id", accessKeySecret: "s", securityToken: "t", expiration: inOneHour() },
    ]);
}

/** A session whose key id tells what asked for it. */
function sts(asked: Asked): readonly [number, unknown] {
  return [200, { Credentials: session(`sts-for-${asked.form["AccessKeyId"] ?? asked.form["Action"]}`) }];
}
