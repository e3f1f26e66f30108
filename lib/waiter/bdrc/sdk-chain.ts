import CliProfiles, { getConfiguration } from "@alicloud/credentials/dist/src/providers/cli_profile";
import EcsRole from "@alicloud/credentials/dist/src/providers/ecs_ram_role";
import OidcRole from "@alicloud/credentials/dist/src/providers/oidc_role_arn";
import FileProfiles from "@alicloud/credentials/dist/src/providers/profile";
import CredentialsUri from "@alicloud/credentials/dist/src/providers/uri";
import type { Chain, Environment, FoundCredentials } from "./credentials";

/** One place where the SDK finds credentials; it renews its own sessions. */
interface Source {
  getCredentials(): Promise<FoundCredentials>;
}

/** The part of the SDK's CLI profile source that turns a profile into a source. */
interface ProfileReader {
  getCredentialsProvider(configuration: unknown, profile: string): Source;
}

/**
 * The sources of @alicloud/credentials in the order of its own chain, after the static keys of the environment.
 *
 * Its chain object itself is not used: it stays for ever with the source that it tried last, it asks DNS for a host
 * named "undefined" when ALIBABA_CLOUD_CREDENTIALS_URI is not set, and it cannot be told a profile.
 *
 * @param profile when given, only profiles of this name are looked at
 */
export function makeChain(profile: string | undefined, environment: Environment): Chain {
  const shared = environment["ALICLOUD_SHARED_CREDENTIALS_FILE"];
  const named = profile ?? environment["ALIBABA_CLOUD_PROFILE"] ?? "";
  const profiles = [
    ...(shared ? [() => sharedFile(shared, named)] : []),
    () => CliProfiles.builder().withProfileName(named).build(),
    () => FileProfiles.builder().withProfileName(named).build(),
  ];
  if (profile !== undefined) return firstOf(profiles);
  const uri = environment["ALIBABA_CLOUD_CREDENTIALS_URI"];
  return firstOf([
    () => OidcRole.builder().build(),
    ...profiles,
    () =>
      EcsRole.builder()
        .withRoleName(environment["ALIBABA_CLOUD_ECS_METADATA"] ?? "")
        .build(),
    ...(uri ? [() => CredentialsUri.builder().withCredentialsURI(uri).build()] : []),
  ]);
}

/** The file of the alicloud provider: anywhere, and of the form of ~/.aliyun/config.json. */
function sharedFile(path: string, profile: string): Source {
  let inner: Source | undefined;
  return {
    async getCredentials() {
      if (inner === undefined) {
        const configuration = await getConfiguration(path);
        // Private, but the only way to the SDK's reading of a profile that stands in another file.
        const reader = CliProfiles.builder().build() as unknown as ProfileReader;
        inner = reader.getCredentialsProvider(configuration, profile || configuration.current);
      }
      return inner.getCredentials();
    },
  };
}

/** The first source that gives credentials; it is kept, so that it renews its own sessions. */
function firstOf(makers: readonly (() => Source)[]): Chain {
  let chosen: Source | undefined;
  return {
    async getCredential() {
      if (chosen) return chosen.getCredentials();
      for (const make of makers) {
        try {
          const source = make();
          const found = await source.getCredentials();
          chosen = source;
          return found;
        } catch {
          // The next source may have some. The reason is not kept: it can quote a file or an answer.
        }
      }
      return {};
    },
  };
}
