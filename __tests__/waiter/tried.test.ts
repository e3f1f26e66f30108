import { triedSources } from "../../lib/waiter/bdrc/credentials";

const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret" };

describe("the sources that were tried", () => {
  test("with nothing set they are named in their order", () => {
    expect(triedSources({})).toEqual([
      "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET: not set",
      "ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY: not set",
      "ALIBABACLOUD_ACCESS_KEY_ID and ALIBABACLOUD_ACCESS_KEY_SECRET: not set",
      "OIDC role: ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE not set",
      "~/.aliyun/config.json, its current profile: gave nothing",
      "~/.alibabacloud/credentials, profile default: gave nothing",
      "ECS instance metadata: gave nothing",
      "ALIBABA_CLOUD_CREDENTIALS_URI: not set",
    ]);
  });

  test("half a pair, a profile, and what is turned off are said; no value but a profile's name is", () => {
    const tried = triedSources({
      ALIBABA_CLOUD_ACCESS_KEY_ID: "hush",
      ALIBABA_CLOUD_PROFILE: "work",
      ALIBABA_CLOUD_ROLE_ARN: "hush",
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "hush",
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: "hush",
      ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "TRUE",
      ALIBABA_CLOUD_CREDENTIALS_FILE: "hush",
      ALICLOUD_SHARED_CREDENTIALS_FILE: "hush",
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
      ALIBABA_CLOUD_CREDENTIALS_URI: "hush",
    });
    expect(tried.join("\n")).not.toContain("hush");
    expect(tried).toEqual([
      "ALIBABA_CLOUD_ACCESS_KEY_ID is set, but ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set",
      "ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY: not set",
      "ALIBABACLOUD_ACCESS_KEY_ID and ALIBABACLOUD_ACCESS_KEY_SECRET: not set",
      "OIDC role: set, but gave nothing",
      "ALICLOUD_SHARED_CREDENTIALS_FILE, profile work: gave nothing",
      "~/.aliyun/config.json: turned off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
      "ALIBABA_CLOUD_CREDENTIALS_FILE, profile work: gave nothing",
      "ECS instance metadata: turned off by ALIBABA_CLOUD_ECS_METADATA_DISABLED",
      "ALIBABA_CLOUD_CREDENTIALS_URI: set, but gave nothing",
    ]);
  });

  test("what was asked says why it gave nothing, and what was not reached any more is said to be so", () => {
    const reasons = new Map([["cli", "did not answer in time"]] as const);
    expect(triedSources({}, "work", reasons)).toEqual([
      "~/.aliyun/config.json, profile work: did not answer in time",
      "~/.alibabacloud/credentials, profile work: not asked, for lack of time",
    ]);
  });

  test("a named profile is the only thing that was looked for", () => {
    expect(triedSources(KEYS, "work")).toEqual([
      "~/.aliyun/config.json, profile work: gave nothing",
      "~/.alibabacloud/credentials, profile work: gave nothing",
    ]);
  });
});
