import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { makeChain } from "../../lib/waiter/bdrc/sources/chain";
import { splitCommand } from "../../lib/waiter/bdrc/sources/external";
import { kept } from "../../lib/waiter/bdrc/sources/kept";
import {
  during,
  Elsewhere,
  failure,
  find,
  Home,
  inOneHour,
  pauses,
  session,
  sharedSource,
  type Asked,
} from "./credential-home";

const elsewhere = new Elsewhere();
jest.mock("../../lib/waiter/bdrc/transport", () => {
  const request = (...of: Parameters<Elsewhere["request"]>) => elsewhere.request(...of);
  const read = (...of: Parameters<Elsewhere["read"]>) => elsewhere.read(...of);
  return { request, read, default: { request, read } };
});

const METADATA = "100.100.100.200";
const hour = (): number => Math.floor(Date.now() / 1000) + 3600;
const sts = (asked: Asked): readonly [number, unknown] => [
  200,
  { Credentials: session(`sts-for-${asked.form["AccessKeyId"] ?? asked.form["Action"]}`) },
];

let home: Home;
beforeEach(() => {
  home = new Home();
  delete process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"];
  elsewhere.asked.length = 0;
  elsewhere.hosts.clear();
  elsewhere.hosts.set("sts.aliyuncs.com", sts);
  elsewhere.hosts.set(METADATA, ({ url }) =>
    url.pathname.endsWith("/my-role") ? [200, session("ecs-id")] : [200, "my-role"],
  );
  elsewhere.hosts.set("uri.test", () => [200, session("uri-id")]);
  elsewhere.hosts.set("sso.test", () => [200, { CloudCredential: session("sso-id") }]);
  elsewhere.hosts.set("oauth.aliyun.com", () => [
    200,
    { accessKeyId: "oauth-id", accessKeySecret: "s", securityToken: "t", expiration: inOneHour() },
  ]);
});
afterEach(() => home.close());

const KEYS = { access_key_id: "base-id", access_key_secret: "base-secret" };
const ROLE = { ram_role_arn: "acs:ram::1:role/r", ram_session_name: "me" };
const SSO = {
  cloud_sso_sign_in_url: "https://sso.test/start",
  cloud_sso_account_id: "1",
  cloud_sso_access_config: "c",
  access_token: "sign-in-token",
};
const OAUTH = { oauth_site_type: "CN", oauth_access_token: "sign-in-token", oauth_refresh_token: "refresh" };
const printed = (text: string): string => `node -e 'process.stdout.write(process.argv[1])' '${text}'`;

/** Every mode of the CLI that BDRC can be asked with: a profile, the key id that comes of it, and its name. */
const MODES: Readonly<
  Record<string, readonly [profile: () => Record<string, unknown>, id: string, name: string]>
> = {
  AK: [() => KEYS, "base-id", "static_ak"],
  StsToken: [() => ({ ...KEYS, sts_token: "t" }), "base-id", "static_sts"],
  RamRoleArn: [() => ({ ...KEYS, ...ROLE }), "sts-for-base-id", "ram_role_arn/static_ak"],
  EcsRamRole: [() => ({ ram_role_name: "my-role" }), "ecs-id", "ecs_ram_role"],
  RamRoleArnWithRoleName: [
    () => ({ ram_role_name: "my-role", ...ROLE }),
    "sts-for-ecs-id",
    "ram_role_arn/ecs_ram_role",
  ],
  ChainableRamRoleArn: [
    () => ({ source_profile: "other-1", ...ROLE }),
    "sts-for-sts-for-other-id",
    "ram_role_arn/ram_role_arn/static_ak",
  ],
  OIDC: [
    () => ({ oidc_provider_arn: "p", oidc_token_file: home.write("token", "oidc-token"), ...ROLE }),
    "sts-for-AssumeRoleWithOIDC",
    "oidc_role_arn",
  ],
  CredentialsURI: [() => ({ credentials_uri: "http://uri.test/give" }), "uri-id", "credential_uri"],
  CloudSSO: [() => ({ ...SSO, cloud_sso_access_token_expire: hour() }), "sso-id", "cloud_sso"],
  OAuth: [() => ({ ...OAUTH, oauth_access_token_expire: hour() }), "oauth-id", "oauth"],
  External: [
    () => ({
      process_command: `cat ${home.write("printed", { mode: "AK", access_key_id: "ext-id", access_key_secret: "s" })}`,
    }),
    "ext-id",
    "external",
  ],
};
const OTHER = { mode: "RamRoleArn", access_key_id: "other-id", access_key_secret: "s", ...ROLE };
const write = (mode: string, spelt = mode): void => {
  const [profile] = MODES[mode] ?? [() => ({})];
  home.profiles({ mode: spelt, ...profile() }, OTHER);
};

describe("every mode that the CLI accepts", () => {
  test.each(Object.keys(MODES))("%s is taken, in any case of letters", async (mode) => {
    const [, id, name] = MODES[mode] ?? [];
    for (const spelt of [mode, mode.toLowerCase(), mode.toUpperCase()]) {
      write(mode, spelt);
      expect(await find("work")).toMatchObject({ accessKeyId: id, providerName: `cli_profile/${name}` });
    }
  });

  test.each(["RsaKeyPair", "BearerToken", "Anonymous"])("%s is named as not supported", async (mode) => {
    home.profiles({ mode: mode.toLowerCase() });
    expect((await failure("work")).tried[0]).toBe(
      `~/.aliyun/config.json, profile work: its mode ${mode} is not supported`,
    );
  });

  test.each([
    [{ ...KEYS }, "base-id"],
    [{ ...KEYS, ...ROLE }, "sts-for-base-id"],
    [{ ram_role_name: "my-role" }, "ecs-id"],
  ])("a profile without a mode is recognized by what it holds: %j", async (profile, id) => {
    home.profiles(profile);
    expect(await find("work")).toMatchObject({ accessKeyId: id });
  });

  test("the file is not written, whatever the mode, by many at once", async () => {
    for (const mode of Object.keys(MODES)) {
      write(mode);
      const before = home.state();
      for (let round = 0; round < (mode === "External" ? 2 : 10); round += 1) {
        const all = await Promise.all(Array.from({ length: 12 }, () => sharedSource("work").current(8000)));
        expect(new Set(all.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set([MODES[mode]?.[1]]));
      }
      expect(home.state()).toEqual(before);
    }
  });
});

describe("a role is asked for as the CLI asks", () => {
  const sent = (): Readonly<Record<string, string>> => elsewhere.asked.at(-1)?.form ?? {};

  test("RamRoleArn sends the external id and the token of its keys", async () => {
    home.profiles({
      mode: "RamRoleArn",
      ...KEYS,
      ...ROLE,
      sts_token: "base-token",
      external_id: "ext-1",
      expired_seconds: 1200,
    });
    expect(await find("work")).toMatchObject({ securityToken: "session-token" });
    expect(sent()).toMatchObject({
      Action: "AssumeRole",
      AccessKeyId: "base-id",
      SecurityToken: "base-token",
      ExternalId: "ext-1",
      RoleArn: ROLE.ram_role_arn,
      RoleSessionName: "me",
      DurationSeconds: "1200",
    });
  });

  test("ChainableRamRoleArn sends the external id, and the token of the profile that it stands on", async () => {
    home.profiles(
      { mode: "ChainableRamRoleArn", source_profile: "other-1", ...ROLE, external_id: "ext-2" },
      { mode: "StsToken", access_key_id: "sts-id", access_key_secret: "s", sts_token: "sts-token" },
    );
    await find("work");
    expect(sent()).toMatchObject({ AccessKeyId: "sts-id", SecurityToken: "sts-token", ExternalId: "ext-2" });
  });

  test("without them neither is sent", async () => {
    home.profiles({ mode: "RamRoleArn", ...KEYS, ...ROLE });
    await find("work");
    expect(sent()).toHaveProperty("RoleArn");
    expect(sent()).not.toHaveProperty("ExternalId");
    expect(sent()).not.toHaveProperty("SecurityToken");
  });

  test("what the profile leaves out is taken from the environment, as the CLI does", async () => {
    Object.assign(process.env, {
      ALIBABA_CLOUD_ACCESS_KEY_ID: "env-id",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "env-secret",
      ALIBABA_CLOUD_SECURITY_TOKEN: "env-token",
      ALIBABACLOUD_ROLE_ARN: "acs:ram::1:role/env",
      ALIBABACLOUD_EXTERNAL_ID: "env-ext",
    });
    home.profiles({ mode: "RamRoleArn" });
    await find("work");
    expect(sent()).toMatchObject({
      AccessKeyId: "env-id",
      SecurityToken: "env-token",
      ExternalId: "env-ext",
      RoleArn: "acs:ram::1:role/env",
    });
  });

  test("half a pair of keys is not made whole by the environment's", async () => {
    process.env["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "env-id";
    process.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = "env-secret";
    home.profiles({ mode: "AK", access_key_id: "base-id" });
    expect((await failure("work")).tried[0]).toContain("its access_key_secret is absent or empty");
  });

  test("profiles that lead to each other end in a text", async () => {
    home.profiles(
      { mode: "ChainableRamRoleArn", source_profile: "other-1", ...ROLE },
      { mode: "ChainableRamRoleArn", source_profile: "work", ...ROLE },
    );
    expect((await failure("work")).tried[0]).toContain(
      "the profile in its source_profile: its source_profile leads back to itself",
    );
  });
});

describe("ALICLOUD_ASSUME_ROLE_ARN is assumed with whatever gives the keys", () => {
  const sent = (): Readonly<Record<string, string>> => elsewhere.asked.at(-1)?.form ?? {};
  beforeEach(() => {
    process.env["ALICLOUD_ASSUME_ROLE_ARN"] = "acs:ram::2:role/gate";
  });

  test("keys of the environment, as the alicloud provider does", async () => {
    process.env["ALICLOUD_ACCESS_KEY"] = "env-id";
    process.env["ALICLOUD_SECRET_KEY"] = "env-secret";
    process.env["ALICLOUD_SECURITY_TOKEN"] = "env-token";
    expect(await find()).toMatchObject({ accessKeyId: "sts-for-env-id", securityToken: "session-token" });
    expect(sent()).toMatchObject({
      RoleArn: "acs:ram::2:role/gate",
      RoleSessionName: "terraform",
      DurationSeconds: "3600",
      SecurityToken: "env-token",
    });
  });

  test.each([
    [{ ALICLOUD_ASSUME_ROLE_SESSION_NAME: "gate", ALIBABA_CLOUD_ROLE_SESSION_NAME: "other" }, "gate", "3600"],
    [{ ALIBABA_CLOUD_ROLE_SESSION_NAME: "other" }, "other", "3600"],
    [{ ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION: "900" }, "terraform", "900"],
    [{ ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION: "soon" }, "terraform", "3600"],
  ])("its session is the provider's: %j", async (environment, name, seconds) => {
    Object.assign(process.env, environment);
    home.profiles({ mode: "AK", ...KEYS });
    expect(await find()).toMatchObject({ accessKeyId: "sts-for-base-id" });
    expect(sent()).toMatchObject({ RoleSessionName: name, DurationSeconds: seconds });
  });

  test("a role that STS refuses is a text, and no call with the keys below it", async () => {
    elsewhere.hosts.set("sts.aliyuncs.com", () => [403, { Code: "NoPermission", Message: "hush-hush" }]);
    home.profiles({ mode: "AK", ...KEYS });
    const { tried } = await failure("work");
    expect(tried.at(-1)).toMatch(/^ALICLOUD_ASSUME_ROLE_ARN: set, but STS gave no session; /);
    expect(tried.join("\n")).not.toContain("hush-hush");
  });

  test("keys of the environment that cannot be sent are named, and no other source stands in for them", async () => {
    process.env["ALICLOUD_ACCESS_KEY"] = "env id";
    process.env["ALICLOUD_SECRET_KEY"] = "env-secret";
    expect((await failure()).message).toContain("the access key id holds a character that none can have");
    expect(elsewhere.asked).toEqual([]);
  });

  test("without keys it says that there is nothing to assume it with", async () => {
    expect((await failure("work")).tried.at(-1)).toBe(
      "ALICLOUD_ASSUME_ROLE_ARN: set, but no keys were found to assume it with",
    );
  });
});

describe("a sign-in of the CLI", () => {
  const left = (end: number) => ({ ...KEYS, sts_token: "t", sts_expiration: end });

  test.each([
    ["CloudSSO", { ...SSO, cloud_sso_access_token_expire: 1 }],
    ["OAuth", { ...OAUTH, oauth_access_token_expire: 1 }],
  ])("%s: keys that the CLI left are shared while they hold, and nobody is asked", async (mode, profile) => {
    home.profiles({ mode, ...profile, ...left(hour()) });
    expect(await find("work")).toMatchObject({ accessKeyId: "base-id", securityToken: "t" });
    expect(elsewhere.asked).toEqual([]);
  });

  test.each([
    ["CloudSSO", { ...SSO, cloud_sso_access_token_expire: 1 }, "aliyun configure"],
    ["OAuth", { ...OAUTH, oauth_access_token_expire: 1 }, "aliyun sts GetCallerIdentity"],
  ])("%s: one that has expired is not renewed behind the CLI's back", async (mode, profile, command) => {
    home.profiles({ mode, ...profile, ...left(1) });
    expect((await failure("work")).tried[0]).toBe(
      `~/.aliyun/config.json, profile work: its ${mode} sign-in has expired; renewing it is left to the CLI, ` +
        `which keeps it: run ${command} --profile with its name`,
    );
    expect(elsewhere.asked).toEqual([]);
  });

  test("one of which the file does not say when it ends is left for the service to judge", async () => {
    home.profiles({ mode: "OAuth", ...OAUTH });
    expect(await find("work")).toMatchObject({ accessKeyId: "oauth-id" });
  });

  test("its token goes to its own site only", async () => {
    write("OAuth");
    await find("work");
    expect(elsewhere.asked.map(({ url }) => url.href)).toEqual(["https://oauth.aliyun.com/v1/exchange"]);
    expect(elsewhere.asked[0]?.headers["authorization"]).toBe("Bearer sign-in-token");
  });
});

describe("a command that prints a profile", () => {
  test("it may print any mode but its own", async () => {
    home.profiles({
      mode: "External",
      process_command: printed(JSON.stringify({ mode: "ramrolearn", ...KEYS, ...ROLE })),
    });
    expect(await find("work")).toMatchObject({ accessKeyId: "sts-for-base-id" });
    home.profiles({ mode: "External", process_command: printed('{"mode":"External"}') });
    expect((await failure("work")).tried[0]).toContain("printed a profile that is External again");
  });

  test("what it gave is kept until shortly before its end, by all calls of a wait", async () => {
    const counter = home.write("counter", "");
    const text = JSON.stringify({ mode: "StsToken", ...KEYS, sts_token: "t", expiration: inOneHour() });
    home.profiles({
      mode: "External",
      process_command: `node -e 'require("fs").appendFileSync(process.argv[1],"x");process.stdout.write(process.argv[2])' '${counter}' '${text}'`,
    });
    const source = sharedSource("work");
    await Promise.all([source.current(8000), source.current(8000)]);
    expect(await source.current(8000)).toMatchObject({ securityToken: "t" });
    expect(readFileSync(counter, "utf8")).toBe("x");
  });

  test("while it runs the chain says so, since it may take its time", async () => {
    home.profiles({ mode: "External", process_command: printed(JSON.stringify(KEYS)) });
    const chain = makeChain("work", process.env);
    expect(chain.isCommandRunning?.()).toBe(false);
    const asking = chain.getCredential(new AbortController().signal);
    while (!chain.isCommandRunning?.()) await new Promise((resolve) => setImmediate(resolve));
    expect(await asking).toMatchObject({ accessKeyId: "base-id" });
    expect(chain.isCommandRunning?.()).toBe(false);
  });

  test.each([
    ["/no/such/program", "the program of its process_command is not there"],
    ["node -e 'process.exit(3)'", "its process_command ended with 3"],
    ["node -e 'console.log(`hush-hush`)'", "its process_command did not print a JSON object"],
    ["node 'hush-hush", "its process_command has a quote that is not closed, or ends in a backslash"],
  ])("%s: %s", async (process_command, reason) => {
    home.profiles({ mode: "External", process_command });
    expect((await failure("work")).tried[0]).toBe(`~/.aliyun/config.json, profile work: ${reason}`);
  });

  test.each([
    ["a  b\tc", ["a", "b", "c"]],
    [`a 'b c' "d \\"e\\"" f\\ g`, ["a", "b c", 'd "e"', "f g"]],
    [`a '' ""`, ["a", "", ""]],
    [`'a'"b"c`, ["abc"]],
    ["", []],
  ])("its words are those of a shell: %s", (command, words) => {
    expect(splitCommand(command, false)).toEqual(words);
  });

  test("on Windows a backslash is a part of a path", () => {
    expect(splitCommand('"C:\\Program Files\\t.exe" C:\\x', true)).toEqual([
      "C:\\Program Files\\t.exe",
      "C:\\x",
    ]);
  });
});

describe("a source is asked again before its failure is believed", () => {
  /** Answers with these first, then as before. */
  const first = (host: string, ...answers: (readonly [number, unknown] | string)[]): void => {
    const then = elsewhere.hosts.get(host);
    elsewhere.hosts.set(host, (asked) => answers.shift() ?? then?.(asked) ?? "ECONNREFUSED");
  };

  test.each([
    ["RamRoleArn", "sts.aliyuncs.com"],
    ["OIDC", "sts.aliyuncs.com"],
    ["CredentialsURI", "uri.test"],
    ["CloudSSO", "sso.test"],
    ["OAuth", "oauth.aliyun.com"],
  ])("%s: a busy service, then a lost connection", async (mode, host) => {
    write(mode);
    first(host, [503, "busy"], "ECONNRESET");
    expect(await find("work")).toMatchObject({ accessKeyId: MODES[mode]?.[1] });
    expect(pauses).toEqual([200, 800]);
  });

  test("a command that fails when another one runs", async () => {
    const lock = home.write("lock", "");
    home.profiles({
      mode: "External",
      process_command: `node -e 'const fs=require("fs"),[f,t]=process.argv.slice(1);if(fs.existsSync(f)){fs.unlinkSync(f);process.exit(1)}process.stdout.write(t)' '${lock}' '${JSON.stringify(KEYS)}'`,
    });
    expect(await find("work")).toMatchObject({ accessKeyId: "base-id" });
    expect(pauses).toEqual([200]);
  });

  test("a file that another program is writing", async () => {
    home.write(home.cli, '{"current":"work","profi');
    during.pause = () => home.profiles({ mode: "AK", ...KEYS });
    expect(await find("work")).toMatchObject({ accessKeyId: "base-id" });
    expect(pauses).toEqual([200]);
  });

  test("what only its owner can mend is believed at once", async () => {
    for (const profile of [
      { mode: "AK" },
      { mode: "hush" },
      { mode: "External", process_command: "/no/such" },
    ]) {
      home.profiles(profile);
      await failure("work");
      expect(pauses).toEqual([]);
    }
  });

  test("an instance that nothing names is a guess, so that a machine elsewhere loses no time", async () => {
    elsewhere.hosts.delete(METADATA);
    expect((await failure()).tried.at(-2)).toBe("ECS instance metadata: could not be reached (ECONNREFUSED)");
    expect(pauses).toEqual([]);
    process.env["ALICLOUD_ECS_ROLE_NAME"] = "my-role";
    await failure();
    expect(pauses).toEqual([200, 800]);
  });

  test("what never passes ends with its reason, and quotes no answer", async () => {
    write("CredentialsURI");
    elsewhere.hosts.set("uri.test", () => [500, "hush-hush"]);
    expect((await failure("work")).tried[0]).toBe(
      "~/.aliyun/config.json, profile work: the service answered with HTTP 500",
    );
    expect(pauses).toEqual([200, 800]);
  });
});

describe("keys that are kept", () => {
  const MINUTE = 60_000;
  const at = { time: 0 };
  /** A source over sessions that end at these times, one after another; no time is none known, no number a failure. */
  const keeping = (...ends: (number | undefined | "fails")[]) => {
    let asked = 0;
    const source = kept(
      () => {
        const until = ends[asked++];
        if (until === "fails") return Promise.reject(new Error("down"));
        return Promise.resolve({ accessKeyId: `id-${asked}`, ...(until === undefined ? {} : { until }) });
      },
      () => at.time,
    );
    return async (time: number) => {
      at.time = time;
      return (await source.getCredentials()).accessKeyId;
    };
  };

  test("are renewed three minutes before their end", async () => {
    const idAt = keeping(10 * MINUTE, 20 * MINUTE);
    expect([await idAt(0), await idAt(7 * MINUTE - 1), await idAt(7 * MINUTE)]).toEqual([
      "id-1",
      "id-1",
      "id-2",
    ]);
  });

  test("are renewed after five minutes when nobody says when they end", async () => {
    const idAt = keeping(undefined, undefined);
    expect([await idAt(0), await idAt(5 * MINUTE - 1), await idAt(5 * MINUTE)]).toEqual([
      "id-1",
      "id-1",
      "id-2",
    ]);
  });

  test("hold until their end when they cannot be renewed, and no longer", async () => {
    const idAt = keeping(10 * MINUTE, "fails", "fails");
    expect([await idAt(0), await idAt(10 * MINUTE - 1)]).toEqual(["id-1", "id-1"]);
    await expect(idAt(10 * MINUTE)).rejects.toThrow("down");
  });
});

test("no room of the waiter imports one that imports it", () => {
  const root = path.resolve(__dirname, "../../lib/waiter");
  const imports = new Map(
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => {
        const text = readFileSync(path.join(root, name), "utf8");
        const found = [...text.matchAll(/(?:from|import\() ?"(\.[^"]*)"/g)].map(([, to = ""]) =>
          path.join(path.dirname(name), `${to.replace(/\.js$/, "")}.ts`),
        );
        return [name, found] as const;
      }),
  );
  expect(imports.get(path.join("bdrc", "credentials.ts"))).toContain(
    path.join("bdrc", "sources", "chain.ts"),
  );
  const circles: string[] = [];
  const follow = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) circles.push([...way.slice(way.indexOf(name)), name].join(" → "));
    else for (const to of imports.get(name) ?? []) follow(to, [...way, name]);
  };
  for (const name of imports.keys()) follow(name, []);
  expect([...new Set(circles)]).toEqual([]);
});

test("nothing but the public exports of the SDK's credentials is used, so that an update cannot break it in silence", () => {
  const root = path.resolve(__dirname, "../../lib");
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(path.join(root, name), "utf8"));
  const from = sources.flatMap((text) =>
    [...text.matchAll(/"(@alicloud\/credentials[^"]*)"/g)].map(([, name]) => name),
  );
  expect(from).toEqual(["@alicloud/credentials"]);
  const rooms = sources.filter((text) => text.includes("CredentialsProvider"));
  expect(rooms.filter((text) => text.includes("as unknown as"))).toEqual([]);
});
