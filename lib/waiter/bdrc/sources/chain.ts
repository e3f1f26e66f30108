import { homedir } from "node:os";
import * as path from "node:path";
import { assumedRole, isOn, keysFromEnvironment } from "../key-variables";
import type { Chain, Environment, SourceName } from "../keys";
import { askAgain, firstOf, realPatience, type Candidate, type Patience } from "./ask-again";
import { profileSource, uriSource } from "./modes";
import { readProfileFile } from "./profile-file";
import { ecsSource, oidcSource, roleSource } from "./role";
import { wrong, type Source, type SourceContext } from "./source";

/**
 * The sources in the order of the SDK's own chain, after the static keys of the environment, which count here only as
 * what a role is assumed with.
 *
 * The SDK's chain itself is not used: it stays for ever with the source that it tried last, it asks DNS for a host
 * named "undefined" when ALIBABA_CLOUD_CREDENTIALS_URI is not set, it cannot be told a profile, it reads whatever
 * stands at a path, and it writes temporary keys into the file of the CLI.
 *
 * @param profile when given, only profiles of this name are looked at
 * @param environment variables under the SDK's names
 */
export function makeChain(
  profile: string | undefined,
  environment: Environment,
  patience: Patience = realPatience,
): Chain {
  const commands = { running: 0 };
  const context: SourceContext = { environment, now: () => patience.now(), commands };
  const reasons = new Map<SourceName, string>();
  const first = firstOf(candidates(profile, context), reasons, patience);
  const role = assumedRole(environment);
  const isCommandRunning = (): boolean => commands.running > 0;
  if (!role) {
    return { reasons, isCommandRunning, getCredential: (signal) => first.getCredentials(signal) };
  }
  const over: Candidate = { name: "role", source: roleSource(first, "default", role) };
  return {
    reasons,
    isCommandRunning,
    getCredential: (signal) => askAgain(over, reasons, patience, signal),
  };
}

function candidates(profile: string | undefined, context: SourceContext): Candidate[] {
  const { environment } = context;
  const named = profile ?? environment["ALIBABA_CLOUD_PROFILE"] ?? "";
  const shared = environment["ALICLOUD_SHARED_CREDENTIALS_FILE"];
  const fileOf = (name: SourceName, prefix: string, file: () => string, otherwise = ""): Candidate => ({
    name,
    source: inFile(file, named, otherwise, prefix, context),
  });
  const profiles: Candidate[] = [
    ...(shared ? [fileOf("shared", "cli_profile", () => shared)] : []),
    ...(isOn(environment, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED")
      ? []
      : [fileOf("cli", "cli_profile", () => path.join(homedir(), ".aliyun", "config.json"))]),
    fileOf(
      "file",
      "profile",
      () =>
        environment["ALIBABA_CLOUD_CREDENTIALS_FILE"] || path.join(homedir(), ".alibabacloud", "credentials"),
      "default",
    ),
  ];
  if (profile) return profiles;

  const keys = keysFromEnvironment(environment);
  const uri = environment["ALIBABA_CLOUD_CREDENTIALS_URI"];
  const roleName = environment["ALIBABA_CLOUD_ECS_METADATA"] ?? "";
  return [
    ...(keys ? [{ name: "keys" as const, source: { getCredentials: () => Promise.resolve(keys) } }] : []),
    ...oidcOf(environment),
    ...profiles,
    ...(isOn(environment, "ALIBABA_CLOUD_ECS_METADATA_DISABLED")
      ? []
      : [{ name: "ecs" as const, source: lazy(() => ecsSource(roleName)), guessed: roleName === "" }]),
    ...(uri ? [{ name: "uri" as const, source: uriSource("it", uri, context) }] : []),
  ];
}

function oidcOf(environment: Environment): Candidate[] {
  const arn = environment["ALIBABA_CLOUD_ROLE_ARN"];
  const providerArn = environment["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"];
  const tokenFile = environment["ALIBABA_CLOUD_OIDC_TOKEN_FILE"];
  if (!arn || !providerArn || !tokenFile) return [];
  const role = { arn, session: environment["ALIBABA_CLOUD_ROLE_SESSION_NAME"] ?? "", seconds: 0 };
  const named = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
  return [{ name: "oidc", source: lazy(() => oidcSource(role, providerArn, tokenFile, named)) }];
}

/** Makes a source when it is asked, so that whatever is wrong with it is its own failure. */
function lazy(make: () => Source): Source {
  let made: Source | undefined;
  return { getCredentials: async (signal) => (made ??= make()).getCredentials(signal) };
}

/** A profile of a file, which is read when it is asked, and read again after it failed. */
function inFile(
  file: () => string,
  named: string,
  otherwise: string,
  prefix: string,
  context: SourceContext,
): Source {
  let found: ReturnType<typeof profileSource> | undefined;
  return {
    async getCredentials(signal) {
      try {
        if (found === undefined) {
          const read = await readProfileFile(file());
          const profile = named || read.current || otherwise;
          if (profile === "") throw wrong("the file names none");
          found = profileSource(read, profile, context);
        }
        return { ...(await found.source.getCredentials(signal)), providerName: `${prefix}/${found.name}` };
      } catch (error) {
        found = undefined;
        throw error;
      }
    },
  };
}
