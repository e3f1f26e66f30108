import { exchange } from "./exchange";
import { timeOf, type Session } from "./kept";
import { neededText, numberOf, textOf, type Profile } from "./profile";
import { wrong, type SourceContext } from "./source";

/** Keys that the CLI left in the file are taken until this long before their end, in milliseconds. */
const MARGIN = 60_000;

const OAUTH_SITES: Readonly<Record<string, string>> = {
  CN: "https://oauth.aliyun.com",
  INTL: "https://oauth.alibabacloud.com",
};

/**
 * Keys for a profile of the CLI that was signed in with CloudSSO: those that the CLI left in the file while they hold,
 * else new ones for its access token. Nothing is written back.
 */
export async function cloudSsoSession(profile: Profile, { now }: SourceContext): Promise<Session> {
  const left = keysOfCli(profile, now());
  if (left) return left;
  requireSignIn(profile, "cloud_sso_access_token_expire", now(), "CloudSSO", "aliyun configure");
  const signIn = neededText(profile, "cloud_sso_sign_in_url");
  const answer = await exchange("its cloud_sso_sign_in_url", atPath(signIn, "/cloud-credentials"), {
    method: "POST",
    data: JSON.stringify({
      AccountId: neededText(profile, "cloud_sso_account_id"),
      AccessConfigurationId: neededText(profile, "cloud_sso_access_config"),
    }),
    headers: headers(neededText(profile, "access_token")),
  });
  const found = (answer.get("CloudCredential") ?? {}) as Readonly<Record<string, unknown>>;
  return {
    accessKeyId: found["AccessKeyId"],
    accessKeySecret: found["AccessKeySecret"],
    securityToken: found["SecurityToken"],
    ...until(found["Expiration"]),
  };
}

/**
 * Keys for a profile of the CLI that was signed in with OAuth: as {@link cloudSsoSession}.
 *
 * Its sign-in is not renewed here. That takes the refresh token, and gives another one that would have to be written
 * into the user's file; many waiters at once would take it from each other, and from the CLI.
 */
export async function oauthSession(profile: Profile, { now }: SourceContext): Promise<Session> {
  const left = keysOfCli(profile, now());
  if (left) return left;
  const site = textOf(profile, "oauth_site_type").toUpperCase();
  const base = Object.hasOwn(OAUTH_SITES, site) ? OAUTH_SITES[site] : undefined;
  if (base === undefined) throw wrong("its oauth_site_type is neither CN nor INTL");
  // A token of which the file does not say when it ends is left for the service to judge.
  if (numberOf(profile, "oauth_access_token_expire") > 0 || textOf(profile, "oauth_access_token") === "") {
    requireSignIn(profile, "oauth_access_token_expire", now(), "OAuth", "aliyun sts GetCallerIdentity");
  }
  const answer = await exchange("its OAuth site", atPath(base, "/v1/exchange"), {
    method: "POST",
    headers: headers(neededText(profile, "oauth_access_token")),
  });
  return {
    accessKeyId: answer.get("accessKeyId"),
    accessKeySecret: answer.get("accessKeySecret"),
    securityToken: answer.get("securityToken"),
    ...until(answer.get("expiration")),
  };
}

function keysOfCli(profile: Profile, now: number): Session | undefined {
  const end = numberOf(profile, "sts_expiration") * 1000;
  const session = {
    accessKeyId: textOf(profile, "access_key_id"),
    accessKeySecret: textOf(profile, "access_key_secret"),
    securityToken: textOf(profile, "sts_token"),
    until: end,
  };
  const isWhole =
    session.accessKeyId !== "" && session.accessKeySecret !== "" && session.securityToken !== "";
  return isWhole && end - MARGIN > now ? session : undefined;
}

function requireSignIn(profile: Profile, key: string, now: number, kind: string, command: string): void {
  if (numberOf(profile, key) * 1000 > now) return;
  throw wrong(
    `its ${kind} sign-in has expired; renewing it is left to the CLI, which keeps it: run ${command} --profile with its name`,
  );
}

function headers(token: string): Record<string, string> {
  if (!/^[\x21-\x7e]+$/.test(token)) throw wrong("its access token holds a character that none can have");
  return { accept: "application/json", "content-type": "application/json", authorization: `Bearer ${token}` };
}

/** The place of an API below the same host; a URL that is none is left as it is, to be refused by its name. */
function atPath(url: string, path: string): string {
  return URL.canParse(url) ? new URL(path, url).href : url;
}

function until(expiration: unknown): Pick<Session, "until"> {
  const time = timeOf(expiration);
  return time === undefined ? {} : { until: time };
}
