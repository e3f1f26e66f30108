import {
  ECSRAMRoleCredentialsProvider,
  OIDCRoleArnCredentialsProvider,
  RAMRoleARNCredentialsProvider,
} from "@alicloud/credentials";
import { keyProblem, usable, type FoundCredentials } from "../keys";
import { atHome, readCredentialFile } from "./credential-file";
import { TransportError } from "../transport-error";
import { passing, SourceProblem, wrong, type Source } from "./source";

/** What is asked of STS; a text that is empty and a number that is 0 are not sent. */
export interface RoleRequest {
  readonly arn: string;
  readonly session: string;
  readonly seconds: number;
  readonly externalId?: string;
  readonly policy?: string;
  readonly stsRegion?: string;
  readonly stsEndpoint?: string;
  readonly vpc?: boolean;
}

/** A role that is assumed with the keys of another source; the SDK signs the call, and renews the session. */
export function roleSource(base: Source, baseName: string, role: RoleRequest): Source {
  requireSeconds(role.seconds);
  let stop: AbortSignal | undefined;
  const builder = RAMRoleARNCredentialsProvider.builder()
    .withCredentialsProvider({
      getProviderName: () => baseName,
      getCredentials: async () => {
        const found = await base.getCredentials(stop);
        const problem = keyProblem(found);
        if (problem !== undefined) throw wrong(problem);
        return { securityToken: "", ...usable(found, baseName) };
      },
    })
    .withRoleArn(role.arn)
    .withRoleSessionName(role.session)
    .withDurationSeconds(role.seconds);
  if (role.externalId) builder.withExternalId(role.externalId);
  if (role.policy) builder.withPolicy(role.policy);
  if (role.stsRegion) builder.withStsRegionId(role.stsRegion);
  if (role.stsEndpoint) builder.withStsEndpoint(role.stsEndpoint);
  if (role.vpc) builder.withEnableVpc(true);
  const provider = builder.build();
  return {
    getCredentials: (signal) => {
      stop = signal;
      return fromSts(provider);
    },
  };
}

/** A role that is assumed with a token in a file. @param named what names that file, for the text when it is none */
export function oidcSource(role: RoleRequest, providerArn: string, tokenFile: string, named: string): Source {
  requireSeconds(role.seconds);
  const builder = OIDCRoleArnCredentialsProvider.builder()
    .withRoleArn(role.arn)
    .withOIDCProviderArn(providerArn)
    .withOIDCTokenFilePath(atHome(tokenFile))
    .withRoleSessionName(role.session)
    .withDurationSeconds(role.seconds);
  if (role.stsRegion) builder.withStsRegionId(role.stsRegion);
  if (role.vpc) builder.withEnableVpc(true);
  const provider = builder.build();
  return {
    async getCredentials() {
      try {
        // The SDK opens the path itself, whatever stands there, and again at each renewal.
        await readCredentialFile(tokenFile);
      } catch (error) {
        throw error instanceof SourceProblem
          ? new SourceProblem(`the file in ${named}: ${error.message}`, error.passes)
          : error;
      }
      return fromSts(provider);
    },
  };
}

/** The role of the ECS instance that this runs on. @param roleName `""` to ask the instance for it */
export function ecsSource(roleName: string): Source {
  return ECSRAMRoleCredentialsProvider.builder().withRoleName(roleName).build();
}

/** What the SDK says of a refusal quotes the answer, so nothing of it is told. */
async function fromSts(provider: Source): Promise<FoundCredentials> {
  try {
    return await provider.getCredentials();
  } catch (error) {
    if (error instanceof SourceProblem || error instanceof TransportError) throw error;
    throw passing(
      "STS gave no session; the role, its trust policy, its external id and what asks for it must fit",
    );
  }
}

function requireSeconds(seconds: number): void {
  if (seconds !== 0 && seconds < 900)
    throw wrong("its session is shorter than the 900 seconds that STS allows");
}
