import { Elsewhere, failure, find, Home } from "./credential-home";
import { answerAll, KEYS } from "./credential-modes";

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
