import * as fc from "fast-check";
import { CredentialsError } from "../../lib/waiter/bdrc/credentials";
import { keyProblem } from "../../lib/waiter/bdrc/keys";
import { Elsewhere, failure, find, Home, saidBy, session, type Answer } from "./credential-home";

const elsewhere = new Elsewhere();
jest.mock("../../lib/waiter/bdrc/transport", () => {
  const request = (...of: Parameters<Elsewhere["request"]>) => elsewhere.request(...of);
  const read = (...of: Parameters<Elsewhere["read"]>) => elsewhere.read(...of);
  return { request, read, default: { request, read } };
});

let home: Home;
beforeEach(() => {
  home = new Home();
  elsewhere.hosts.clear();
});
afterEach(() => home.close());

const KEYS = { access_key_id: "key-id", access_key_secret: "key-secret" };
const HUSH = 9876543210123;
const WRONG = [
  [HUSH, "a number"],
  [true, "true or false"],
  [[HUSH], "a list"],
  [{ hush: HUSH }, "an object"],
] as const;

describe.each(WRONG)(
  "a value that is no text (%j) is named by its source, and never shown",
  (value, kind) => {
    test.each(["access_key_id", "access_key_secret", "sts_token"])("%s of a profile", async (key) => {
      home.profiles({ mode: "StsToken", ...KEYS, sts_token: "t", [key]: value });
      const error = await failure("work");
      expect(error.tried[0]).toBe(
        `~/.aliyun/config.json, profile work: its ${key} is ${kind}, where a text belongs`,
      );
      expect(saidBy(error)).not.toContain(String(HUSH));
    });

    test.each([
      ["AccessKeyId", "access key id"],
      ["AccessKeySecret", "access key secret"],
      ["SecurityToken", "security token"],
    ])("%s of a credentials URI, of STS and of the metadata service", async (key, name) => {
      const answer = (): Answer => [200, { ...session("id"), [key]: value }];
      delete process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"];
      process.env["ALIBABA_CLOUD_ECS_METADATA"] = "my-role";
      process.env["ALIBABA_CLOUD_CREDENTIALS_URI"] = "http://uri.test/";
      home.profiles({ mode: "RamRoleArn", ...KEYS, ram_role_arn: "r" });
      elsewhere.hosts.set("uri.test", answer).set("100.100.100.200", answer);
      elsewhere.hosts.set("sts.aliyuncs.com", () => [
        200,
        { Credentials: { ...session("id"), [key]: value } },
      ]);
      const error = await failure();
      const reason = `the ${name} is ${kind}, where a text belongs`;
      expect(error.tried).toEqual(
        expect.arrayContaining([
          `~/.aliyun/config.json, its current profile: ${reason}`,
          `ECS instance metadata: ${reason}`,
          `ALIBABA_CLOUD_CREDENTIALS_URI: set, but ${reason}`,
        ]),
      );
      expect(saidBy(error)).not.toContain(String(HUSH));
    });
  },
);

test.each([
  [
    "access_key_id = i\naccess_key_secret = true",
    "its access_key_secret is true or false, where a text belongs",
  ],
  ["access_key_id[] = i\naccess_key_secret = s", "its access_key_id is a list, where a text belongs"],
])("a section of the credentials file, too: %j", async (lines, reason) => {
  home.write(".alibabacloud/credentials", `[default]\ntype = access_key\n${lines}\n`);
  expect((await failure()).tried).toContain(`~/.alibabacloud/credentials, profile default: ${reason}`);
});

test.each([
  [{ expired_seconds: "soon" }, "its expired_seconds is a text, where a whole number belongs"],
  [{ expired_seconds: 1.5 }, "its expired_seconds is no whole number, where a whole number belongs"],
  [{ expired_seconds: 60 }, "its session is shorter than the 900 seconds that STS allows"],
  [{ external_id: 5 }, "its external_id is a number, where a text belongs"],
])("what goes with a role is of the right type, or named: %j", async (more, reason) => {
  home.profiles({ mode: "RamRoleArn", ...KEYS, ram_role_arn: "r", ...more });
  expect((await failure("work")).tried[0]).toBe(`~/.aliyun/config.json, profile work: ${reason}`);
});

test("a text that is too long for a key is one that is not", async () => {
  home.profiles({ mode: "AK", ...KEYS, access_key_id: "x".repeat(9000) });
  expect((await failure("work")).tried[0]).toContain(
    "the access key id has 9000 characters, more than any has",
  );
});

describe("whatever a file, a variable or an answer holds, there are keys or a text, and the text shows none of it", () => {
  /** A mark in every text and number that is made up, so that it is known again. */
  const MARK = "hush7";
  const marked = fc.string({ unit: "binary", maxLength: 12 }).map((text) => `${MARK}${text}`);
  const anything = fc.letrec<{ any: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.oneof(marked, fc.constantFrom(HUSH, -HUSH, HUSH + 0.5, true, false, null, "", 0)),
    any: fc.oneof(
      { weight: 4, arbitrary: tie("leaf") },
      fc.array(tie("leaf"), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom("AccessKeyId", "__proto__", "toString"), tie("leaf"), { maxKeys: 2 }),
    ),
  })).any;
  const settings = { numRuns: 150, interruptAfterTimeLimit: 1500 } as const;

  /** Looks for keys, and holds whatever comes of it against the rule. */
  const holds = async (profile?: string): Promise<void> => {
    try {
      const found = await find(profile);
      expect(keyProblem(found)).toBeUndefined();
      expect(Object.values(found).filter((part) => typeof part !== "string")).toEqual([]);
    } catch (error) {
      if (!(error instanceof CredentialsError)) throw error;
      expect(saidBy(error)).not.toMatch(new RegExp(`${MARK}|${HUSH}`));
    }
  };
  const oneOf = (...all: string[]) => fc.constantFrom(...all);

  test("a profile of any mode with anything in any place", async () => {
    elsewhere.hosts.set("sts.aliyuncs.com", () => [200, { Credentials: session("id") }]);
    const profile = fc.record(
      {
        mode: fc.oneof(
          oneOf(
            "ak",
            "StsToken",
            "RamRoleArn",
            "EcsRamRole",
            "OIDC",
            "ChainableRamRoleArn",
            "CloudSSO",
            "OAuth",
          ),
          oneOf("CredentialsURI", "RamRoleArnWithRoleName", "", "RsaKeyPair"),
          anything,
        ),
        access_key_id: fc.oneof(fc.constant("id"), anything),
        access_key_secret: fc.oneof(fc.constant("secret"), anything),
        sts_token: anything,
        sts_expiration: fc.oneof(fc.constant(9_999_999_999), anything),
        ram_role_arn: fc.oneof(fc.constant("r"), anything),
        ram_session_name: anything,
        ram_role_name: anything,
        expired_seconds: fc.oneof(fc.constant(1200), anything),
        external_id: anything,
        sts_region: anything,
        source_profile: fc.oneof(oneOf("work", "other-1"), anything),
        oidc_token_file: anything,
        oidc_provider_arn: anything,
        credentials_uri: anything,
        cloud_sso_sign_in_url: fc.oneof(fc.constant("https://sso.test"), anything),
        cloud_sso_access_token_expire: fc.oneof(fc.constant(9_999_999_999), anything),
        access_token: anything,
        oauth_site_type: fc.oneof(fc.constant("CN"), anything),
        oauth_access_token: anything,
        oauth_access_token_expire: fc.oneof(fc.constant(9_999_999_999), anything),
        enable_vpc: anything,
      },
      { requiredKeys: ["mode"] },
    );
    await fc.assert(
      fc.asyncProperty(profile, profile, async (one, other) => {
        home.profiles(one, other);
        await holds("work");
      }),
      settings,
    );
  });

  test("a file of any content", async () => {
    const content = fc.oneof(
      anything.map((value) => JSON.stringify(value)),
      anything.map((profiles) => JSON.stringify({ current: "work", profiles })),
      anything.map((item) =>
        JSON.stringify({ current: "work", profiles: [item, { name: "work", mode: item }] }),
      ),
      fc.string({ unit: "binary" }).map((text) => `{"${MARK}${text}`),
      fc.tuple(marked, marked).map(([key, value]) => `[default]\ntype = access_key\n${key} = ${value}\n`),
      fc
        .tuple(oneOf("type", "access_key_id", "role_arn", "__proto__"), marked)
        .map(([key, value]) => `[default]\ntype = ram_role_arn\n${key} = ${value}\n[${value}]`),
    );
    await fc.assert(
      fc.asyncProperty(content, async (text) => {
        home.write(".aliyun/config.json", text);
        home.write(".alibabacloud/credentials", text);
        await holds();
      }),
      settings,
    );
  });

  test("variables of any content", async () => {
    const names = [
      "ALIBABA_CLOUD_ACCESS_KEY_ID",
      "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
      "ALIBABA_CLOUD_SECURITY_TOKEN",
      "ALICLOUD_ASSUME_ROLE_ARN",
      "ALICLOUD_ASSUME_ROLE_SESSION_NAME",
      "ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION",
      "ALIBABA_CLOUD_ROLE_ARN",
      "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
      "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
      "ALIBABA_CLOUD_CREDENTIALS_URI",
      "ALIBABA_CLOUD_CREDENTIALS_FILE",
      "ALICLOUD_SHARED_CREDENTIALS_FILE",
      "ALICLOUD_ECS_ROLE_NAME",
      "ALIBABA_CLOUD_STS_REGION",
    ];
    const value = fc.oneof(
      marked,
      marked.map((text) => `http://${text}`),
      fc.constant(""),
    );
    const some = fc.dictionary(oneOf(...names), value, { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(some, async (environment) => {
        for (const name of names) delete process.env[name];
        // The system takes no text with a NUL in it.
        for (const [name, text] of Object.entries(environment)) process.env[name] = text.replaceAll("\0", "");
        await holds();
      }),
      settings,
    );
  });

  test("answers of any content", async () => {
    const keys = [
      "AccessKeyId",
      "AccessKeySecret",
      "SecurityToken",
      "Expiration",
      "Code",
      "Message",
      "accessKeyId",
    ];
    const members = fc.dictionary(oneOf(...keys), anything, { maxKeys: 5 });
    const body = fc.oneof(
      anything,
      members.map((more) => ({ ...session("id"), ...more })),
      members.map((more) => ({ ...more, Credentials: { ...session("id"), ...more }, CloudCredential: more })),
      fc.string({ unit: "binary" }).map((text) => `${MARK}${text}`),
    );
    const answer = fc.tuple(fc.constantFrom(200, 200, 400, 403, 503), body);
    const profile = fc.constantFrom<Record<string, unknown>>(
      { mode: "RamRoleArn", ...KEYS, ram_role_arn: "r" },
      { mode: "EcsRamRole" },
      { mode: "CredentialsURI", credentials_uri: "http://uri.test/" },
      {
        mode: "CloudSSO",
        cloud_sso_sign_in_url: "https://sso.test",
        cloud_sso_account_id: "1",
        cloud_sso_access_config: "c",
        access_token: "t",
        cloud_sso_access_token_expire: 9_999_999_999,
      },
      {
        mode: "OAuth",
        oauth_site_type: "CN",
        oauth_access_token: "t",
        oauth_access_token_expire: 9_999_999_999,
      },
    );
    delete process.env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"];
    await fc.assert(
      fc.asyncProperty(profile, answer, async (one, given) => {
        for (const host of [
          "sts.aliyuncs.com",
          "100.100.100.200",
          "uri.test",
          "sso.test",
          "oauth.aliyun.com",
        ]) {
          elsewhere.hosts.set(host, () => given);
        }
        home.profiles(one);
        await holds("work");
      }),
      settings,
    );
  });
});
