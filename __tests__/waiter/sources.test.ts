import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os, { tmpdir } from "node:os";
import path from "node:path";
import { credentialSource, CredentialsError } from "../../lib/waiter/bdrc/credentials";
import type * as Transport from "../../lib/waiter/bdrc/transport";

/** The address of a stand-in for the metadata service; every call of the SDK is recorded. */
let metadata: string | undefined;
const asked: string[] = [];

jest.mock("../../lib/waiter/bdrc/transport", () => {
  const actual = jest.requireActual<typeof Transport>("../../lib/waiter/bdrc/transport");
  const request: typeof actual.request = (url, options) => {
    asked.push(url);
    const { hostname, pathname, search } = new URL(url);
    if (hostname === "127.0.0.1") return actual.request(url, options);
    if (hostname !== "100.100.100.200" || metadata === undefined) {
      return Promise.reject(new Error("no such place in this test"));
    }
    return actual.request(`${metadata}${pathname}${search}`, options);
  };
  return { ...actual, request, default: { request, read: actual.read } };
});

let home: string;
let server: Server | undefined;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "home-"));
  jest.spyOn(os, "homedir").mockReturnValue(home);
  for (const name of Object.keys(process.env)) {
    if (/^(ALIBABA_?CLOUD|ALICLOUD)_/.test(name)) delete process.env[name];
  }
  metadata = undefined;
  asked.length = 0;
});
afterEach(async () => {
  jest.restoreAllMocks();
  rmSync(home, { recursive: true });
  server?.closeAllConnections();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
});

/** Starts an http service that answers with these texts by path; no text is no answer, ever. */
async function serve(answer: (request: IncomingMessage) => string | undefined): Promise<string> {
  server = createServer((request, response) => {
    const text = answer(request);
    if (text !== undefined) response.end(text);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function write(file: string, content: unknown): string {
  const whole = path.join(home, file);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, typeof content === "string" ? content : JSON.stringify(content));
  return whole;
}

const AK = { name: "work", mode: "AK", access_key_id: "cli-id", access_key_secret: "cli-secret" };
const STS = {
  name: "sts",
  mode: "StsToken",
  access_key_id: "sts-id",
  access_key_secret: "sts-secret",
  sts_token: "sts-token",
};
const CLI = ".aliyun/config.json";
const INI =
  "[default]\ntype = access_key\naccess_key_id = ini-id\naccess_key_secret = ini-secret\n[other]\ntype = access_key\naccess_key_id = other-id\naccess_key_secret = other-secret\n";

const find = (profile?: string) => credentialSource(process.env, profile).current(5000);
const failure = async (profile?: string): Promise<CredentialsError> => {
  const error: unknown = await find(profile).catch((thrown: unknown) => thrown);
  if (error instanceof CredentialsError) return error;
  throw new Error("there were credentials");
};

describe("the file of the CLI", () => {
  test("its current profile is taken", async () => {
    write(CLI, { current: "work", profiles: [STS, AK] });
    expect(await find()).toEqual({
      accessKeyId: "cli-id",
      accessKeySecret: "cli-secret",
      providerName: "cli_profile/static_ak",
    });
  });

  test("a profile with a token brings the token", async () => {
    write(CLI, { current: "work", profiles: [STS, AK] });
    process.env["ALIBABA_CLOUD_PROFILE"] = "sts";
    expect(await find()).toMatchObject({ accessKeyId: "sts-id", securityToken: "sts-token" });
  });

  test("the provider's name for the profile counts, too", async () => {
    write(CLI, { current: "work", profiles: [STS, AK] });
    process.env["ALICLOUD_PROFILE"] = "sts";
    expect(await find()).toMatchObject({ accessKeyId: "sts-id" });
  });

  test("it comes before the credentials file", async () => {
    write(CLI, { current: "work", profiles: [AK] });
    write(".alibabacloud/credentials", INI);
    expect(await find()).toMatchObject({ accessKeyId: "cli-id" });
  });

  test("the alicloud provider's own file is read in the same form, and first", async () => {
    write(CLI, { current: "work", profiles: [AK] });
    process.env["ALICLOUD_SHARED_CREDENTIALS_FILE"] = write("shared.json", {
      current: "sts",
      profiles: [STS],
    });
    expect(await find()).toMatchObject({ accessKeyId: "sts-id" });
  });
});

describe("the credentials file", () => {
  test("its default profile is taken when the CLI has none", async () => {
    write(".alibabacloud/credentials", INI);
    expect(await find()).toMatchObject({ accessKeyId: "ini-id", providerName: "profile/static_ak" });
  });

  test("it can stand anywhere", async () => {
    process.env["ALIBABA_CLOUD_CREDENTIALS_FILE"] = write("anywhere", INI);
    expect(await find()).toMatchObject({ accessKeyId: "ini-id" });
  });
});

describe("a named profile", () => {
  test("it is taken whatever the environment holds", async () => {
    process.env["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "env-id";
    process.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = "env-secret";
    write(CLI, { current: "work", profiles: [AK, STS] });
    expect(await find("sts")).toMatchObject({ accessKeyId: "sts-id" });
  });

  test("it is looked for in both files", async () => {
    write(CLI, { current: "work", profiles: [AK] });
    write(".alibabacloud/credentials", INI);
    expect(await find("other")).toMatchObject({ accessKeyId: "other-id" });
  });

  test("that does not exist is said to, with the names of those that do and a step that helps", async () => {
    process.env["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "id";
    process.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = "hush-hush";
    write(".aliyun/config.json", {
      current: "prod",
      profiles: [
        { name: "prod", mode: "AK", access_key_id: "id", access_key_secret: "hush-hush" },
        { name: "dev", mode: "StsToken" },
      ],
    });
    const error = await failure("nope");
    expect(error.message).toBe("there is no profile nope");
    expect(error.tried[0]).toBe("~/.aliyun/config.json, profile nope: not in the file, which has prod, dev");
    expect(error.advice).toContain("aliyun configure --profile nope");
    expect(error.advice).toContain("keys in the environment are not used while a profile is named");
    expect(error.advice).not.toContain("ALIBABA_CLOUD_ACCESS_KEY_ID");
    expect(JSON.stringify([error.message, error.tried, error.advice])).not.toContain("hush-hush");
  });

  test("nothing else is asked for when it is not there", async () => {
    metadata = await serve(() => "role");
    expect((await failure("nobody")).message).toBe("there is no profile nobody");
    expect(asked).toEqual([]);
  });
});

describe("over the network", () => {
  const session = (id: string) =>
    JSON.stringify({
      Code: "Success",
      AccessKeyId: id,
      AccessKeySecret: "role-secret",
      SecurityToken: "role-token",
      Expiration: new Date(Date.now() + 6 * 3_600_000).toISOString().replace(/\.\d+Z/, "Z"),
      LastUpdated: "2026-03-30T08:00:00Z",
    });

  test("an ECS role is read from the metadata service, once for its whole session", async () => {
    metadata = await serve(({ url = "" }) =>
      url.endsWith("/my-role") ? session("role-id") : url.endsWith("/api/token") ? "token" : "my-role",
    );
    const source = credentialSource(process.env);
    expect(await source.current(5000)).toMatchObject({
      accessKeyId: "role-id",
      securityToken: "role-token",
      providerName: "ecs_ram_role",
    });
    const calls = asked.length;
    await source.current(5000);
    expect(asked).toHaveLength(calls);
  });

  test("after renew the role is asked for anew", async () => {
    let sessions = 0;
    metadata = await serve(({ url = "" }) =>
      url.endsWith("/my-role")
        ? session(`role-id-${++sessions}`)
        : url.endsWith("/api/token")
          ? "token"
          : "my-role",
    );
    const source = credentialSource(process.env);
    await source.current(5000);
    source.renew();
    expect(await source.current(5000)).toMatchObject({ accessKeyId: "role-id-2" });
  });

  test("a credentials URI is asked last", async () => {
    process.env["ALICLOUD_CREDENTIALS_URI"] = `${await serve(() => session("uri-id"))}/give?key=hush`;
    expect(await find()).toMatchObject({ accessKeyId: "uri-id", providerName: "credential_uri" });
  });

  test("without a credentials URI nobody is asked for it", async () => {
    process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true";
    await failure();
    expect(asked).toEqual([]);
  });
});

describe("secrets stay where they are", () => {
  const leaks = (error: CredentialsError): string =>
    JSON.stringify([error.message, error.tried, error.stack, error.cause ?? ""]);

  test.each([
    [
      "a CLI file that is cut off",
      CLI,
      '{"current":"work","profiles":[{"name":"work","access_key_secret":"hush-hush"',
    ],
    [
      "a CLI file with a mode that nobody knows",
      CLI,
      { current: "work", profiles: [{ ...AK, mode: "hush-hush", access_key_secret: "hush-hush" }] },
    ],
    ["a CLI file without profiles", CLI, { current: "hush-hush", profiles: "hush-hush" }],
    ["a credentials file that is none", ".alibabacloud/credentials", "hush-hush"],
    [
      "a credentials file with a wrong type",
      ".alibabacloud/credentials",
      "[default]\ntype = hush-hush\naccess_key_secret = hush-hush",
    ],
  ])("%s is not quoted", async (_, file, content) => {
    process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true";
    write(file, content);
    expect(leaks(await failure())).not.toContain("hush-hush");
    expect(leaks(await failure("work"))).not.toContain("hush-hush");
  });

  test("an answer of a credentials URI is not quoted, nor is its query", async () => {
    process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true";
    process.env["ALIBABA_CLOUD_CREDENTIALS_URI"] =
      `${await serve(() => '{"AccessKeySecret":"hush-hush"}')}/?key=hush-hush`;
    const error = await failure();
    expect(leaks(error)).not.toContain("hush-hush");
    expect(error.tried.at(-1)).toBe(
      "ALIBABA_CLOUD_CREDENTIALS_URI: set, but the access key id is absent or empty",
    );
  });
});
