import { Elsewhere, failure, find, Home, sharedSource } from "./credential-home";
import { answerAll, KEYS, MODES, ROLE, writeMode } from "./credential-modes";

const elsewhere = new Elsewhere();
jest.mock("../../lib/waiter/bdrc/transport", () => {
  const request = (...of: Parameters<Elsewhere["request"]>) => elsewhere.request(...of);
  const read = (...of: Parameters<Elsewhere["read"]>) => elsewhere.read(...of);
  return { request, read, default: { request, read } };
});

let home: Home;
beforeEach(() => {
  home = new Home();
  answerAll(elsewhere);
});
afterEach(() => home.close());

describe("every mode that the CLI accepts", () => {
  test.each(Object.keys(MODES))("%s is taken, in any case of letters", async (mode) => {
    const [, id, name] = MODES[mode] ?? [];
    for (const spelt of [mode, mode.toLowerCase(), mode.toUpperCase()]) {
      writeMode(home, mode, spelt);
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
      writeMode(home, mode);
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
