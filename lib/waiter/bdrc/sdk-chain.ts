import EcsRole from "@alicloud/credentials/dist/src/providers/ecs_ram_role";
import OidcRole from "@alicloud/credentials/dist/src/providers/oidc_role_arn";
import FileProfiles from "@alicloud/credentials/dist/src/providers/profile";
import CredentialsUri from "@alicloud/credentials/dist/src/providers/uri";
import os from "node:os";
import * as path from "node:path";
import { ASSUMED_ROLE, type Chain, type Environment, type FoundCredentials, type SourceName } from "./chain";
import { readCliProfile } from "./cli-profile";
import { readCredentialFile } from "./credential-file";
import { profileSource, roleSource, type Source, staticSource, withFile } from "./profile-source";
import { SourceProblem } from "./source-problem";

/** A source by its name, and how it is made; making it may fail like asking it. */
interface Maker {
  readonly name: SourceName | "keys";
  readonly make: () => Source;
  /** Whether somebody has set it up, so that it is asked again before a failure is believed. */
  readonly isSetUp: boolean;
}

/** How long a source that failed is left alone before it is asked again, in milliseconds. */
const AGAIN = 300;

/**
 * The sources in the order of the chain of @alicloud/credentials, after the static keys of the environment.
 *
 * That chain itself is not used: it stays for ever with the source that it tried last, it asks DNS for a host named
 * "undefined" when ALIBABA_CLOUD_CREDENTIALS_URI is not set, and it cannot be told a profile. Nor is its reading of
 * the CLI's file: it writes keys into that file.
 *
 * @param profile when given, only profiles of this name are looked at
 * @param keys the static keys of the environment, for a role that is taken with them
 */
export function makeChain(
  profile: string | undefined,
  environment: Environment,
  keys?: FoundCredentials,
): Chain {
  const named = profile ?? environment["ALIBABA_CLOUD_PROFILE"] ?? "";
  const shared = environment["ALICLOUD_SHARED_CREDENTIALS_FILE"];
  const profiles: Maker[] = [
    ...(shared
      ? [{ name: "shared", isSetUp: true, make: () => profileSource(readCliProfile(shared, named)) } as const]
      : []),
    { name: "cli", isSetUp: true, make: () => cliFile(named, environment) },
    { name: "ini", isSetUp: true, make: () => iniFile(named, environment) },
  ];
  if (profile !== undefined) return chainOf(profiles, environment);
  const uri = environment["ALIBABA_CLOUD_CREDENTIALS_URI"];
  const role = environment["ALIBABA_CLOUD_ECS_METADATA"] ?? "";
  const makers: Maker[] = [
    ...(keys ? [{ name: "keys", isSetUp: true, make: () => staticSource(keys) } as const] : []),
    { name: "oidc", isSetUp: true, make: () => oidc(environment) },
    ...profiles,
    { name: "ecs", isSetUp: role !== "", make: () => EcsRole.builder().withRoleName(role).build() },
    ...(uri
      ? [
          {
            name: "uri",
            isSetUp: true,
            make: () => CredentialsUri.builder().withCredentialsURI(uri).build(),
          } as const,
        ]
      : []),
  ];
  return chainOf(makers, environment);
}

function oidc(environment: Environment): Source {
  const file = environment["ALIBABA_CLOUD_OIDC_TOKEN_FILE"];
  const isWhole =
    file && environment["ALIBABA_CLOUD_ROLE_ARN"] && environment["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"];
  if (!isWhole) throw new SourceProblem("not set", true);
  return withFile(file, OidcRole.builder().build());
}

function cliFile(named: string, environment: Environment): Source {
  if (environment["ALIBABA_CLOUD_CLI_PROFILE_DISABLED"]?.toLowerCase() === "true") {
    throw new SourceProblem("turned off", true);
  }
  return profileSource(readCliProfile(path.join(os.homedir(), ".aliyun", "config.json"), named));
}

function iniFile(named: string, environment: Environment): Source {
  const file =
    environment["ALIBABA_CLOUD_CREDENTIALS_FILE"] || path.join(os.homedir(), ".alibabacloud", "credentials");
  const wanted = named || "default";
  const names = [...readCredentialFile(file).matchAll(/^\s*\[([^\]\r\n]*)\]/gm)].map(([, name = ""]) =>
    name.trim(),
  );
  if (!names.includes(wanted)) {
    const there = names.length === 0 ? "no profiles" : names.join(", ");
    throw new SourceProblem(`there is no profile ${wanted}; there are ${there}`, true);
  }
  return FileProfiles.builder().withProfileName(wanted).build();
}

/** The first source that gives credentials; it is kept, so that it renews its own sessions. */
function chainOf(makers: readonly Maker[], environment: Environment): Chain {
  const reasons = new Map<SourceName, string>();
  let chosen: Source | undefined;
  return {
    reasons,
    async getCredential() {
      if (chosen) return texts(await chosen.getCredentials());
      reasons.clear();
      for (const maker of makers) {
        const answer = await ask(maker.make, maker.isSetUp);
        if ("reason" in answer) {
          if (maker.name !== "keys") reasons.set(maker.name, answer.reason);
          continue;
        }
        const arn = environment[ASSUMED_ROLE];
        if (!arn) {
          chosen = answer.source;
          return answer.found;
        }
        const role = await ask(() => assumedRole(answer.source, arn, environment), true);
        if ("reason" in role) {
          // Never the keys themselves instead: they are of another account than the one that is meant.
          reasons.set("role", `the role could not be taken: ${role.reason}`);
          return {};
        }
        chosen = role.source;
        return role.found;
      }
      return {};
    },
  };
}

function assumedRole(base: Source, arn: string, environment: Environment): Source {
  const seconds = Number(environment["ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION"]);
  return roleSource(base, {
    arn,
    // What the alicloud provider calls itself.
    sessionName: environment["ALICLOUD_ASSUME_ROLE_SESSION_NAME"] || "terraform",
    externalId: environment["ALICLOUD_ASSUME_ROLE_EXTERNAL_ID"],
    seconds: Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined,
    region: environment["ALIBABA_CLOUD_STS_REGION"],
  });
}

type Answer = { readonly source: Source; readonly found: FoundCredentials } | { readonly reason: string };

/** Asks a source, and once more when it failed: a file may just be written, a service may have a bad moment. */
async function ask(make: () => Source, again: boolean): Promise<Answer> {
  for (let left = again ? 1 : 0; ; left -= 1) {
    try {
      const source = make();
      return { source, found: texts(await source.getCredentials()) };
    } catch (error) {
      const ours = error instanceof SourceProblem ? error : undefined;
      if (left === 0 || ours?.absent) return { reason: ours?.message ?? "gave nothing" };
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

/** Keys are texts; whatever else a file or an answer holds is never taken for one, nor shown. */
function texts(found: FoundCredentials): FoundCredentials {
  const { accessKeyId, accessKeySecret, securityToken, providerName } = found as Readonly<
    Record<string, unknown>
  >;
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  const hasToken = securityToken !== undefined && securityToken !== null && securityToken !== "";
  if (!isText(accessKeyId) || !isText(accessKeySecret) || (hasToken && !isText(securityToken))) {
    throw new SourceProblem("gave keys that are no texts");
  }
  return {
    accessKeyId,
    accessKeySecret,
    ...(isText(securityToken) ? { securityToken } : {}),
    ...(isText(providerName) ? { providerName } : {}),
  };
}
