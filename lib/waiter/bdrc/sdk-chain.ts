import Credential from "@alicloud/credentials";
import CliProfiles from "@alicloud/credentials/dist/src/providers/cli_profile";
import FileProfiles from "@alicloud/credentials/dist/src/providers/profile";
import type { Chain } from "./credentials";

/**
 * The chain of @alicloud/credentials, or only its two profile sources when a profile is named: the chain itself has
 * no switch for that.
 */
export function makeChain(profile: string | undefined): Chain {
  if (!profile) {
    const credential = new Credential();
    return { getCredential: () => credential.getCredential() };
  }
  return firstOf([
    () => CliProfiles.builder().withProfileName(profile).build(),
    () => FileProfiles.builder().withProfileName(profile).build(),
  ]);
}

interface Source {
  getCredentials(): Promise<{ accessKeyId: string; accessKeySecret: string; securityToken?: string }>;
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
          // The next source may have the profile.
        }
      }
      return {};
    },
  };
}
