/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Keys that sign a call. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Present with temporary credentials only. */
  readonly securityToken?: string;
  /** Where they came from, as the SDK names it in a header. */
  readonly providerName: string;
}

/** What a source gives; any part can be absent, and of any type, until {@link keyProblem} has seen it. */
export interface FoundCredentials {
  readonly accessKeyId?: unknown;
  readonly accessKeySecret?: unknown;
  readonly securityToken?: unknown;
  readonly providerName?: string;
}

/** The places where credentials can stand, in the order in which they are asked. */
export type SourceName = "keys" | "oidc" | "shared" | "cli" | "file" | "ecs" | "uri" | "role";

/** Why each source that was asked gave nothing; never a value that it holds. */
export type Reasons = ReadonlyMap<SourceName, string>;

/** The sources besides the keys of the environment. */
export interface Chain {
  /**
   * Asks them in their order. @param signal ends what runs for it
   * @throws whatever the last one threw; what it says of it stands in {@link reasons}
   */
  getCredential(signal: AbortSignal): Promise<FoundCredentials>;
  readonly reasons?: Reasons;
  /** Whether a command of the user's runs at this moment, which may take its time. */
  isCommandRunning?(): boolean;
}

/** No credentials could be had; the message names the sources that were tried and quotes none of them. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
  constructor(
    message: string,
    /** What was looked at, in order, one line each. */
    readonly tried: readonly string[],
    /** What to do about it. */
    readonly advice: string,
  ) {
    super(message);
  }
}

/** No header is as long as this; a text that is longer is no key, but some file. */
const LONGEST_KEY = 8192;

const PARTS = [
  ["accessKeyId", "access key id"],
  ["accessKeySecret", "access key secret"],
  ["securityToken", "security token"],
] as const;

/**
 * What makes these keys unusable, or undefined when nothing does; never one of their values.
 *
 * What no header can carry is found here, before it fails as a defect somewhere inside the SDK.
 */
export function keyProblem(found: FoundCredentials): string | undefined {
  for (const [part, name] of PARTS) {
    const value = found[part];
    if (value === undefined || value === null || value === "") {
      if (part !== "securityToken") return `the ${name} is absent or empty`;
      continue;
    }
    if (typeof value !== "string") return `the ${name} is ${kindOf(value)}, where a text belongs`;
    if (value.length > LONGEST_KEY) return `the ${name} has ${value.length} characters, more than any has`;
    // The secret goes into no header, and signs whatever it holds.
    if (part !== "accessKeySecret" && !/^[\x21-\x7e]+$/.test(value)) {
      return `the ${name} holds a character that none can have, such as a space or a line break`;
    }
  }
  return undefined;
}

/** Keys in which {@link keyProblem} found nothing. @param otherwise the name of a source that tells none */
export function usable(found: FoundCredentials, otherwise: string): Credentials {
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const securityToken = text(found.securityToken);
  return {
    accessKeyId: text(found.accessKeyId),
    accessKeySecret: text(found.accessKeySecret),
    ...(securityToken ? { securityToken } : {}),
    providerName: found.providerName ?? otherwise,
  };
}

/** The kind of a JSON value as a text says it: `a number`. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return (
    { boolean: "true or false", number: "a number", object: "an object" }[String(typeof value)] ?? "a text"
  );
}
