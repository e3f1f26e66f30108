import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os, { tmpdir } from "node:os";
import * as path from "node:path";
import { credentialSource, CredentialsError } from "../../lib/waiter/bdrc/credentials";
import type { Credentials, Environment } from "../../lib/waiter/bdrc/keys";
import { makeChain } from "../../lib/waiter/bdrc/sources/chain";
import { TransportError } from "../../lib/waiter/bdrc/transport-error";

/** A call that a source made. */
export interface Asked {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parameters of the query and of a form in the body. */
  readonly form: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer: a status with a body, or the code of an error on the way. */
export type Answer = readonly [status: number, body: unknown] | string;

/** The places that sources ask, by host; every call is recorded, and no other host is there. */
export class Elsewhere {
  readonly asked: Asked[] = [];
  readonly hosts = new Map<string, (asked: Asked) => Answer>();

  /** Takes the place of the transport's `request`. */
  request = (
    url: string,
    options: { method?: string; headers?: object; data?: unknown } = {},
  ): Promise<object> => {
    const where = new URL(url);
    const body = typeof options.data === "string" ? options.data : "";
    const form = {
      ...Object.fromEntries(where.searchParams),
      ...Object.fromEntries(new URLSearchParams(body)),
    };
    const headers = options.headers as Record<string, string>;
    const asked = { url: where, method: options.method ?? "GET", headers, form, body };
    this.asked.push(asked);
    const answer = this.hosts.get(where.host)?.(asked) ?? "ECONNREFUSED";
    if (typeof answer === "string") return Promise.reject(new TransportError("no such place", answer));
    const text = typeof answer[1] === "string" ? answer[1] : JSON.stringify(answer[1]);
    return Promise.resolve({
      statusCode: answer[0],
      statusMessage: "",
      headers: { "content-type": "application/json" },
      bytes: Buffer.from(text),
    });
  };

  /** Takes the place of the transport's `read`. */
  read = (response: { bytes: Buffer }, encoding: string): Promise<string | Buffer> =>
    Promise.resolve(encoding ? response.bytes.toString() : response.bytes);
}

/** Times as STS writes them. */
export const inOneHour = (): string => new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, "Z");

/** A session as STS, the metadata service and a credentials URI give it. */
export const session = (id: string): Record<string, unknown> => ({
  Code: "Success",
  AccessKeyId: id,
  AccessKeySecret: "session-secret",
  SecurityToken: "session-token",
  Expiration: inOneHour(),
});

/** A home folder for one test; its environment is the process's, since the SDK reads that. */
export class Home {
  readonly folder = mkdtempSync(path.join(tmpdir(), "home-"));
  readonly cli = path.join(this.folder, ".aliyun", "config.json");

  constructor() {
    jest.spyOn(os, "homedir").mockReturnValue(this.folder);
    mkdirSync(path.join(this.folder, ".aliyun"));
    mkdirSync(path.join(this.folder, ".alibabacloud"));
    for (const name of Object.keys(process.env)) {
      if (/^(ALIBABA_?CLOUD|ALICLOUD)_/.test(name)) delete process.env[name];
    }
    process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true";
  }

  /** Writes a file below the home folder and gives its path. */
  write(file: string, content: unknown): string {
    const whole = path.resolve(this.folder, file);
    writeFileSync(whole, typeof content === "string" ? content : JSON.stringify(content));
    return whole;
  }

  /** Writes the CLI's file with these profiles, the first one current. */
  profiles(...profiles: Readonly<Record<string, unknown>>[]): void {
    const named = profiles.map((profile, index) => ({
      name: index === 0 ? "work" : `other-${index}`,
      ...profile,
    }));
    this.write(this.cli, { current: "work", profiles: named });
  }

  /** The bytes of the CLI's file, and when it was written. */
  state(): readonly [string, bigint] {
    return [readFileSync(this.cli, "utf8"), statSync(this.cli, { bigint: true }).mtimeNs];
  }

  close(): void {
    during.pause = () => undefined;
    jest.restoreAllMocks();
    rmSync(this.folder, { recursive: true });
    delete process.env["ALIBABA_CLOUD_PROFILE"];
  }
}

/** How long was paused, in milliseconds, before a source was asked again. */
export const pauses: number[] = [];
/** What happens in such a pause. */
export const during = { pause: (): void => undefined };

const chainWithoutSleep = (profile: string | undefined, environment: Environment) =>
  Promise.resolve(
    makeChain(profile, environment, {
      sleep: (milliseconds) => {
        pauses.push(milliseconds);
        during.pause();
        return Promise.resolve();
      },
      random: () => 0.5,
      now: Date.now,
    }),
  );

/** Looks for credentials as a wait does, without pausing for real. */
export function find(profile?: string): Promise<Credentials> {
  pauses.length = 0;
  return credentialSource(process.env, profile, chainWithoutSleep).current(8000);
}

/** A source that several calls share. */
export function sharedSource(profile?: string) {
  return credentialSource(process.env, profile, chainWithoutSleep);
}

/** Why there are no credentials. @throws when there are, or when it fails in another way than a user may see */
export async function failure(profile?: string): Promise<CredentialsError> {
  const error: unknown = await find(profile).then(
    () => new Error("there were credentials"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof CredentialsError) return error;
  throw error;
}

/** Everything that an error could tell, in one text. */
export function saidBy(error: CredentialsError): string {
  return [error.message, ...error.tried, error.stack, JSON.stringify(error.cause ?? "")].join("\n");
}
