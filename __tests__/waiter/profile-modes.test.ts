import * as fc from "fast-check";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os, { tmpdir } from "node:os";
import path from "node:path";
import { credentialSource, type Credentials, CredentialsError } from "../../lib/waiter/bdrc/credentials";
import { CLI_MODES } from "../../lib/waiter/bdrc/profile-source";
import type * as Transport from "../../lib/waiter/bdrc/transport";

/** What was sent where, and how often somebody fails before it answers. */
const sent: { url: string; data: string }[] = [];
let failures = 0;
/** What a credentials URI answers; keys when nothing is said. */
let uriAnswer: string | undefined;

/** Stand-ins for every service that gives keys, by the host. */
jest.mock("../../lib/waiter/bdrc/transport", () => {
  const actual = jest.requireActual<typeof Transport>("../../lib/waiter/bdrc/transport");
  const keys = {
    AccessKeyId: "session-id",
    AccessKeySecret: "session-secret",
    SecurityToken: "session-token",
    Expiration: "2099-01-01T00:00:00Z",
  };
  const request: typeof actual.request = (url, options) => {
    sent.push({ url, data: typeof options?.data === "string" ? options.data : "" });
    if (failures > 0) {
      failures -= 1;
      return Promise.reject(new Error("a bad moment"));
    }
    const { host, pathname } = new URL(url);
    const found = host.startsWith("sts")
      ? { Credentials: keys }
      : host.startsWith("sso")
        ? { CloudCredential: keys }
        : host.startsWith("oauth")
          ? {
              ...keys,
              accessKeyId: "session-id",
              accessKeySecret: "session-secret",
              securityToken: "session-token",
              expiration: keys.Expiration,
            }
          : host === "100.100.100.200"
            ? pathname.endsWith("/my-role")
              ? { Code: "Success", ...keys, LastUpdated: "2026-01-01T00:00:00Z" }
              : "token"
            : (uriAnswer ?? keys);
    const bytes = Buffer.from(typeof found === "string" ? found : JSON.stringify(found));
    return Promise.resolve({ statusCode: 200, statusMessage: "OK", headers: {}, bytes });
  };
  return { ...actual, request, default: { request, read: actual.read } };
});

let home: string;
const FILE = ".aliyun/config.json";

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "home-"));
  jest.spyOn(os, "homedir").mockReturnValue(home);
  for (const name of Object.keys(process.env)) {
    if (/^(ALIBABA_?CLOUD|ALICLOUD)_/.test(name)) delete process.env[name];
  }
  process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true";
  sent.length = 0;
  failures = 0;
  uriAnswer = undefined;
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(home, { recursive: true });
});

function write(content: unknown, file = FILE): string {
  const whole = path.join(home, file);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, typeof content === "string" ? content : JSON.stringify(content));
  return whole;
}
const profiles = (...all: object[]): object => ({ current: "work", profiles: all });
const find = (profile?: string): Promise<Credentials> => credentialSource(process.env, profile).current(5000);
async function failure(profile?: string): Promise<CredentialsError> {
  const error: unknown = await find(profile).catch((thrown: unknown) => thrown);
  if (error instanceof CredentialsError) return error;
  throw new Error("there were credentials");
}
const reason = async (): Promise<string> =>
  /: ([^:]*)$/.exec((await failure("work")).tried[0] ?? "")?.[1] ?? "";

const KEYS = { access_key_id: "ak-id", access_key_secret: "ak-secret" };
const LATER = 4_000_000_000;
const EXTERNAL = `${process.execPath} -e "console.log(JSON.stringify({mode:'StsToken',access_key_id:'session-id',access_key_secret:'s',sts_token:'t'}))"`;

/** A profile of each mode that the CLI writes, and the id of the keys that it gives. */
const MODES: readonly (readonly [mode: string, members: object, id: string])[] = [
  ["AK", KEYS, "ak-id"],
  ["StsToken", { ...KEYS, sts_token: "ak-token" }, "ak-id"],
  ["RamRoleArn", { ...KEYS, ram_role_arn: "acs:ram::1:role/r", ram_session_name: "s" }, "session-id"],
  ["ChainableRamRoleArn", { source_profile: "base", ram_role_arn: "acs:ram::1:role/r" }, "session-id"],
  ["RamRoleArnWithRoleName", { ram_role_name: "my-role", ram_role_arn: "acs:ram::1:role/r" }, "session-id"],
  ["EcsRamRole", { ram_role_name: "my-role" }, "session-id"],
  ["External", { process_command: EXTERNAL }, "session-id"],
  ["CredentialsURI", { credentials_uri: "http://keys.example/give" }, "session-id"],
  [
    "CloudSSO",
    {
      cloud_sso_sign_in_url: "https://sso.example/x",
      cloud_sso_account_id: "1",
      cloud_sso_access_config: "c",
      access_token: "login",
      cloud_sso_access_token_expire: LATER,
    },
    "session-id",
  ],
  [
    "OAuth",
    {
      oauth_site_type: "CN",
      oauth_access_token: "login",
      oauth_refresh_token: "void-once-used",
      oauth_access_token_expire: LATER,
    },
    "session-id",
  ],
  [
    "OIDC",
    {
      oidc_provider_arn: "acs:ram::1:oidc-provider/p",
      oidc_token_file: "TOKEN",
      ram_role_arn: "acs:ram::1:role/r",
    },
    "session-id",
  ],
];

function profileOf(mode: string, members: object): object {
  delete process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"];
  const token = write("a token", "token");
  const filled = JSON.parse(JSON.stringify(members).replace("TOKEN", token)) as object;
  return profiles({ name: "work", mode, ...filled }, { name: "base", mode: "AK", ...KEYS });
}

describe("every mode of the CLI", () => {
  test("has an example here", () => {
    expect(MODES.map(([mode]) => mode).sort()).toEqual([...CLI_MODES].sort());
  });

  test.each(MODES)(
    "%s gives keys, in lower case as well, and its file stays as it is",
    async (mode, members, id) => {
      for (const written of [mode, mode.toLowerCase()]) {
        const file = write(profileOf(written, members));
        const before = [readFileSync(file, "utf8"), statSync(file).mtimeMs];
        expect((await find()).accessKeyId).toBe(id);
        expect([readFileSync(file, "utf8"), statSync(file).mtimeMs]).toEqual(before);
      }
    },
  );

  test("a login of OAuth is never renewed, since that would void the one in the file", async () => {
    write(profileOf(...(MODES.find(([mode]) => mode === "OAuth")?.slice(0, 2) as [string, object])));
    await find();
    expect(JSON.stringify(sent)).not.toContain("void-once-used");
  });

  test.each(["OAuth", "CloudSSO"])(
    "the session that the CLI keeps in a profile of %s is used while it is good",
    async (mode) => {
      const [, members] = MODES.find(([name]) => name === mode) ?? ["", {}];
      const session = { access_key_id: "kept-id", access_key_secret: "kept", sts_token: "kept-token" };
      write(profileOf(mode, { ...members, ...session, sts_expiration: LATER }));
      expect(await find()).toMatchObject({ accessKeyId: "kept-id", securityToken: "kept-token" });
      expect(sent).toEqual([]);
      write(profileOf(mode, { ...members, ...session, sts_expiration: 1 }));
      expect(await find()).toMatchObject({ accessKeyId: "session-id" });
    },
  );

  test.each(["OAuth", "CloudSSO"])("a login of %s that has expired says to log in again", async (mode) => {
    const [, members] = MODES.find(([name]) => name === mode) ?? ["", {}];
    const old = { oauth_access_token_expire: 1, cloud_sso_access_token_expire: 1 };
    write(profileOf(mode, { ...members, ...old }));
    expect(await reason()).toBe("its login has expired; log in again with the aliyun CLI");
  });
});

describe("a role", () => {
  const last = (): URLSearchParams => {
    const { url, data } = sent.at(-1) ?? { url: "", data: "" };
    return new URLSearchParams(`${new URL(url).search.slice(1)}&${data}`);
  };

  test.each(["RamRoleArn", "ChainableRamRoleArn"])(
    "of %s is taken with its external id, session and region",
    async (mode) => {
      const members = { ...KEYS, source_profile: "base", ram_role_arn: "acs:ram::1:role/r" };
      write(
        profileOf(mode, {
          ...members,
          external_id: "ext",
          ram_session_name: "s",
          expired_seconds: 900,
          sts_region: "cn-shanghai",
        }),
      );
      await find();
      expect(new URL(sent[0]?.url ?? "").host).toBe("sts.cn-shanghai.aliyuncs.com");
      expect(Object.fromEntries(last())).toMatchObject({
        RoleArn: "acs:ram::1:role/r",
        ExternalId: "ext",
        RoleSessionName: "s",
        DurationSeconds: "900",
      });
    },
  );

  test("of a profile with a token is taken with that token", async () => {
    write(profileOf("RamRoleArn", { ...KEYS, sts_token: "base-token", ram_role_arn: "acs:ram::1:role/r" }));
    await find();
    expect(last().get("SecurityToken")).toBe("base-token");
  });

  test("that the alicloud provider takes is taken here, too, with whatever keys there are", async () => {
    process.env["ALICLOUD_ASSUME_ROLE_ARN"] = "acs:ram::2:role/deploy";
    process.env["ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION"] = "1800";
    process.env["ALICLOUD_ACCESS_KEY"] = "env-id";
    process.env["ALICLOUD_SECRET_KEY"] = "env-secret";
    expect(await find()).toMatchObject({ accessKeyId: "session-id" });
    expect(Object.fromEntries(last())).toMatchObject({
      AccessKeyId: "env-id",
      RoleArn: "acs:ram::2:role/deploy",
      RoleSessionName: "terraform",
      DurationSeconds: "1800",
    });
    process.env["ALICLOUD_ASSUME_ROLE_SESSION_NAME"] = "pipeline";
    write(profiles({ name: "work", mode: "AK", ...KEYS }));
    await find("work");
    expect(Object.fromEntries(last())).toMatchObject({ AccessKeyId: "ak-id", RoleSessionName: "pipeline" });
  });

  test("that cannot be taken never leaves the keys themselves, which are of another account", async () => {
    process.env["ALICLOUD_ASSUME_ROLE_ARN"] = "acs:ram::2:role/deploy";
    process.env["ALICLOUD_ACCESS_KEY"] = "env-id";
    process.env["ALICLOUD_SECRET_KEY"] = "env-secret";
    failures = 2;
    expect((await failure()).tried.at(-1)).toBe(
      "ALICLOUD_ASSUME_ROLE_ARN: the role could not be taken: gave nothing",
    );
  });

  test("whose source profiles lead in a circle is refused", async () => {
    const chained = (name: string, source: string): object => ({
      name,
      mode: "ChainableRamRoleArn",
      source_profile: source,
      ram_role_arn: "acs:ram::1:role/r",
    });
    write(profiles(chained("work", "other"), chained("other", "work")));
    expect(await reason()).toBe("source_profile leads in a circle");
  });
});

describe("a source that fails is asked again before that is believed", () => {
  test("a service that has a bad moment", async () => {
    write(profileOf("CredentialsURI", { credentials_uri: "http://keys.example/give" }));
    failures = 1;
    expect(await find()).toMatchObject({ accessKeyId: "session-id" });
  });

  test("a file that is just being written", async () => {
    const file = write('{"current":"work","profi');
    const found = find();
    writeFileSync(file, JSON.stringify(profiles({ name: "work", mode: "AK", ...KEYS })));
    expect(await found).toMatchObject({ accessKeyId: "ak-id" });
  });
});

describe("what a profile says wrongly is named, and its value is not", () => {
  test.each<[string, object, string]>([
    [
      "a secret that is a number",
      { ...KEYS, access_key_secret: 9_876_543_210_123 },
      "access_key_secret is not a text",
    ],
    ["a secret that is true", { ...KEYS, access_key_secret: true }, "access_key_secret is not a text"],
    [
      "a secret that is an object",
      { ...KEYS, access_key_secret: { a: "hush" } },
      "access_key_secret is not a text",
    ],
    ["a token that is a number", { ...KEYS, mode: "StsToken", sts_token: 5 }, "sts_token is not a text"],
    ["no secret", { access_key_id: "id" }, "access_key_secret is missing"],
    [
      "a URI that is none",
      { mode: "CredentialsURI", credentials_uri: "hush" },
      "credentials_uri is not a URL",
    ],
    ["a mode that is a number", { mode: 7 }, "mode is not a text"],
    [
      "a mode of another kind",
      { mode: "RsaKeyPair" },
      `its mode is not supported; supported are ${CLI_MODES.join(", ")}`,
    ],
    [
      "a mode of an object's own",
      { mode: "__proto__" },
      `its mode is not supported; supported are ${CLI_MODES.join(", ")}`,
    ],
  ])("%s", async (_, members, expected) => {
    write(profiles({ name: "work", ...members }));
    expect((await failure("work")).tried[0]).toBe(`~/.aliyun/config.json, profile work: ${expected}`);
  });

  test("a profile that is not there is told with those that are", async () => {
    write(profiles({ name: "work", ...KEYS }, { name: "ci", ...KEYS }));
    write("[default]\ntype = access_key\n[other]\n", ".alibabacloud/credentials");
    expect((await failure("nope")).tried).toEqual([
      "~/.aliyun/config.json, profile nope: there is no profile nope; there are work, ci",
      "~/.alibabacloud/credentials, profile nope: there is no profile nope; there are default, other",
    ]);
  });

  test.each([
    "5",
    "[1]",
    '"text"',
    "null",
    '{"AccessKeyId":1,"AccessKeySecret":2,"SecurityToken":3}',
    '{"AccessKeyId":{}}',
  ])("a credentials URI that answers %s gives nothing, and is no defect", async (body) => {
    uriAnswer = body;
    process.env["ALIBABA_CLOUD_CREDENTIALS_URI"] = "http://keys.example/give";
    const error = await failure();
    expect(error.tried.at(-1)).toMatch(/^ALIBABA_CLOUD_CREDENTIALS_URI: set, but gave /);
    expect(error.message).toBe("no credentials were found");
  });
});

describe("only regular files of bounded size are read", () => {
  const places: [string, (file: string) => string | undefined, number][] = [
    ["~/.aliyun/config.json", () => FILE, 0],
    ["~/.alibabacloud/credentials", () => ".alibabacloud/credentials", 1],
  ];
  test.each(places)("%s", async (_, where, line) => {
    const file = path.join(home, where("") ?? "");
    mkdirSync(path.dirname(file), { recursive: true });
    const seen = async (): Promise<string> =>
      /: ([^:]*)$/.exec((await failure("work")).tried[line] ?? "")?.[1] ?? "";
    expect(spawnSync("mkfifo", [file]).status).toBe(0);
    expect(await seen()).toBe("it is not a regular file");
    rmSync(file);
    symlinkSync("/dev/zero", file);
    expect(await seen()).toBe("it is not a regular file");
    rmSync(file);
    mkdirSync(file);
    expect(await seen()).toBe("it is not a regular file");
    rmSync(file, { recursive: true });
    writeFileSync(file, Buffer.alloc(1024 * 1024 + 1, "x"));
    expect(await seen()).toBe("it has more than 1048576 bytes");
    rmSync(file);
    expect(await seen()).toBe("there is no such file");
  });

  test("the token of an OIDC role", async () => {
    const fifo = path.join(home, "token");
    expect(spawnSync("mkfifo", [fifo]).status).toBe(0);
    process.env["ALIBABA_CLOUD_OIDC_TOKEN_FILE"] = fifo;
    process.env["ALIBABA_CLOUD_ROLE_ARN"] = process.env["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"] = "acs:ram::1:x/y";
    expect((await failure()).tried).toContain("OIDC role: set, but its token file: it is not a regular file");
  });
});

test("whatever a file of credentials holds, there are keys that are texts, or a reason without a value", async () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...CLI_MODES), fc.constant("hush-hush-hush"));
  const member = fc.constantFrom(
    "mode",
    "access_key_id",
    "access_key_secret",
    "sts_token",
    "ram_role_arn",
    "source_profile",
    "credentials_uri",
    "oauth_site_type",
    "oauth_access_token",
    "oauth_access_token_expire",
    "sts_expiration",
    "oidc_token_file",
    "cloud_sso_sign_in_url",
    "expired_seconds",
    "external_id",
  );
  const profile = fc.dictionary(member, value).map((members) => ({ name: "work", ...members }));
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(profile, { maxLength: 3 }).map((all) => JSON.stringify({ current: "work", profiles: all })),
  );
  jest.spyOn(global, "setTimeout").mockImplementation(((act: () => void) => (setImmediate(act), 0)) as never);
  await fc.assert(
    fc.asyncProperty(text, async (content) => {
      // No program of a random command line.
      write(content.replaceAll("External", "AK"));
      const found: unknown = await find("work").catch((thrown: unknown) => thrown);
      if (found instanceof CredentialsError) {
        expect(JSON.stringify([found.message, found.tried])).not.toContain("hush-hush-hush");
      } else
        expect(found).toMatchObject({ accessKeyId: expect.any(String), accessKeySecret: expect.any(String) });
    }),
    { numRuns: 150 },
  );
});
