import { keysFromEnvironment } from "../key-variables";
import type { Environment, FoundCredentials } from "../keys";
import { exchange } from "./exchange";
import { runProcessCommand } from "./external";
import { kept, timeOf, type Session } from "./kept";
import { neededText, numberOf, textOf, type Profile } from "./profile";
import type { ProfileFile } from "./profile-file";
import { ecsSource, oidcSource, roleSource, type RoleRequest } from "./role";
import { cloudSsoSession, oauthSession } from "./sign-in";
import { SourceProblem, passing, wrong, type Source, type SourceContext } from "./source";

/** A profile as a source, and the name that the SDK has for such a source. */
interface NamedSource {
  readonly name: string;
  readonly source: Source;
}

/** Where a profile stands. */
interface Place {
  readonly file: ProfileFile;
  readonly context: SourceContext;
  /** The profiles that led here, by their `source_profile`. */
  readonly ways: readonly string[];
}

type Mode = (profile: Profile, place: Place) => NamedSource;

/** The modes of the CLI, in lower case, since it takes them in any. */
const MODES: Readonly<Record<string, Mode>> = {
  ak: (profile, { context }) => ({ name: "static_ak", source: always(keysOf(profile, false, context)) }),
  ststoken: (profile, { context }) => ({
    name: "static_sts",
    source: always(keysOf(profile, true, context)),
  }),
  ramrolearn: (profile, { context }) => {
    const hasToken = textOf(profile, "sts_token") !== "";
    const name = hasToken ? "static_sts" : "static_ak";
    return assumed(profile, { name, source: always(keysOf(profile, hasToken, context)) }, context);
  },
  ramrolearnwithrolename: (profile, { context }) => assumed(profile, ecsRole(profile), context),
  chainableramrolearn: (profile, place) => assumed(profile, sourceProfile(profile, place), place.context),
  ecsramrole: ecsRole,
  oidc: (profile, { context }) => {
    const { environment } = context;
    const file = textOf(profile, "oidc_token_file");
    const role = roleOf(profile, environment);
    const providerArn = orFrom(profile, "oidc_provider_arn", environment["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"]);
    const tokenFile = orFrom(profile, "oidc_token_file", environment["ALIBABA_CLOUD_OIDC_TOKEN_FILE"]);
    const named = file === "" ? "ALIBABA_CLOUD_OIDC_TOKEN_FILE" : "its oidc_token_file";
    return { name: "oidc_role_arn", source: oidcSource(role, providerArn, tokenFile, named) };
  },
  credentialsuri: (profile, { context }) => ({
    name: "credential_uri",
    source: uriSource(
      "its credentials_uri",
      orFrom(profile, "credentials_uri", context.environment["ALIBABA_CLOUD_CREDENTIALS_URI"]),
      context,
    ),
  }),
  cloudsso: (profile, { context }) => ({
    name: "cloud_sso",
    source: kept(() => cloudSsoSession(profile, context), context.now),
  }),
  oauth: (profile, { context }) => ({
    name: "oauth",
    source: kept(() => oauthSession(profile, context), context.now),
  }),
  external: (profile, place) => ({ name: "external", source: external(profile, place) }),
};

/** Modes of the CLI with which BDRC cannot be asked. */
const UNSUPPORTED = ["RsaKeyPair", "BearerToken", "Anonymous"];

/**
 * The source that a profile of a file is.
 *
 * @throws SourceProblem when the profile is not there, or is not whole
 */
export function profileSource(file: ProfileFile, profile: string, context: SourceContext): NamedSource {
  return sourceOf(file.get(profile), { file, context, ways: [profile] });
}

function sourceOf(profile: Profile, place: Place): NamedSource {
  const said = textOf(profile, "mode") || recognized(profile);
  const mode = said.toLowerCase();
  if (Object.hasOwn(MODES, mode) && MODES[mode]) return MODES[mode](profile, place);
  const known = UNSUPPORTED.find((name) => name.toLowerCase() === mode);
  throw wrong(known ? `its mode ${known} is not supported` : "its mode is absent or not known");
}

/** The mode of a profile that names none, by what it holds; the CLI looks in the same order. */
function recognized(profile: Profile): string {
  const has = (...keys: string[]): boolean => keys.every((key) => textOf(profile, key) !== "");
  if (has("access_key_id", "access_key_secret")) {
    return has("sts_token") ? "StsToken" : has("ram_role_arn") ? "RamRoleArn" : "AK";
  }
  if (has("private_key", "key_pair_name")) return "RsaKeyPair";
  if (has("ram_role_name")) return "EcsRamRole";
  if (has("process_command")) return "External";
  if (has("oidc_provider_arn", "oidc_token_file", "ram_role_arn")) return "OIDC";
  if (has("cloud_sso_sign_in_url")) return "CloudSSO";
  return has("bearer_token") ? "BearerToken" : "";
}

/** A service that gives keys to whoever asks its URL. @param named what the URL stands in */
export function uriSource(named: string, uri: string, { now }: SourceContext): Source {
  return kept(async (): Promise<Session> => {
    const answer = await exchange(named, uri);
    const code = answer.get("Code");
    if (code !== undefined && code !== "Success")
      throw passing("the service answered with a Code that is no Success");
    const until = timeOf(answer.get("Expiration"));
    return {
      accessKeyId: answer.get("AccessKeyId"),
      accessKeySecret: answer.get("AccessKeySecret"),
      securityToken: answer.get("SecurityToken"),
      providerName: "credential_uri",
      ...(until === undefined ? {} : { until }),
    };
  }, now);
}

function always(found: FoundCredentials): Source {
  return { getCredentials: () => Promise.resolve(found) };
}

/** The keys of a profile, or those of the environment when it holds neither of them, as the CLI does. */
function keysOf(profile: Profile, withToken: boolean, { environment }: SourceContext): FoundCredentials {
  const isBare = textOf(profile, "access_key_id") === "" && textOf(profile, "access_key_secret") === "";
  const keys = isBare ? keysFromEnvironment(environment) : undefined;
  if (keys && (!withToken || keys.securityToken)) return keys;
  return {
    accessKeyId: neededText(profile, "access_key_id"),
    accessKeySecret: neededText(profile, "access_key_secret"),
    ...(withToken ? { securityToken: neededText(profile, "sts_token") } : {}),
  };
}

function ecsRole(profile: Profile): NamedSource {
  return { name: "ecs_ram_role", source: ecsSource(textOf(profile, "ram_role_name")) };
}

function assumed(
  profile: Profile,
  { name, source }: NamedSource,
  { environment }: SourceContext,
): NamedSource {
  return { name: `ram_role_arn/${name}`, source: roleSource(source, name, roleOf(profile, environment)) };
}

function sourceProfile(profile: Profile, place: Place): NamedSource {
  const name = neededText(profile, "source_profile");
  if (place.ways.includes(name)) throw wrong("its source_profile leads back to itself");
  try {
    return sourceOf(place.file.get(name), { ...place, ways: [...place.ways, name] });
  } catch (error) {
    throw error instanceof SourceProblem
      ? new SourceProblem(`the profile in its source_profile: ${error.message}`, error.passes)
      : error;
  }
}

function roleOf(profile: Profile, environment: Environment): RoleRequest {
  const vpc = profile.get("enable_vpc");
  return {
    arn: orFrom(profile, "ram_role_arn", environment["ALIBABA_CLOUD_ROLE_ARN"]),
    session: textOf(profile, "ram_session_name"),
    seconds: numberOf(profile, "expired_seconds") || numberOf(profile, "duration_seconds"),
    externalId: textOf(profile, "external_id") || (environment["ALIBABA_CLOUD_EXTERNAL_ID"] ?? ""),
    policy: textOf(profile, "policy"),
    stsRegion: textOf(profile, "sts_region"),
    stsEndpoint: textOf(profile, "sts_endpoint"),
    vpc: vpc === true,
  };
}

function orFrom(profile: Profile, key: string, otherwise: string | undefined): string {
  return textOf(profile, key) || otherwise || neededText(profile, key);
}

/** A profile whose command prints another one; that may be of any mode but this. */
function external(profile: Profile, place: Place): Source {
  const { environment, now, commands } = place.context;
  const command = neededText(profile, "process_command");
  return kept(async (signal): Promise<Session> => {
    commands.running += 1;
    const printed = await runProcessCommand(command, environment, signal).finally(
      () => (commands.running -= 1),
    );
    const until = timeOf(printed.get("expiration"));
    if (textOf(printed, "mode").toLowerCase() === "external") {
      throw wrong("its process_command printed a profile that is External again");
    }
    const whole = new Map([...profile, ["mode", ""], ["process_command", ""], ...printed]);
    const found = await sourceOf(whole, place).source.getCredentials(signal);
    return { ...found, ...(until === undefined ? {} : { until }) };
  }, now);
}
