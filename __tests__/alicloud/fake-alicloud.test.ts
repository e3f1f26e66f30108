import { type FakeAlicloud, startFakeAlicloud } from "../support/fake-alicloud";

let alicloud: FakeAlicloud;

beforeEach(async () => {
  alicloud = await startFakeAlicloud(() => Date.UTC(2026, 2, 30, 8));
});
afterEach(() => alicloud.close());

const VERSIONS = { ecs: "2014-05-26", hbr: "2017-09-08" };
const POLICY = {
  regionId: "cn-hangzhou",
  autoSnapshotPolicyName: "nightly",
  repeatWeekdays: '["1","7"]',
  timePoints: '["0","23"]',
  retentionDays: "14",
};
const VAULT = { VaultRegionId: "cn-hangzhou", VaultName: "backup" };

interface Answered {
  readonly status: number;
  readonly type: string | null;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/** Makes an RPC call as the provider's SDK does: the public parameters in the query, the others as a form. */
async function call(
  product: "ecs" | "hbr",
  action: string,
  form: Record<string, string> = {},
  common: Record<string, string> = {},
): Promise<Answered> {
  const query = { Action: action, Version: VERSIONS[product], AccessKeyId: "FakeKeyId", ...common };
  return send(product, `/?${String(new URLSearchParams(query))}`, {
    method: "POST",
    body: new URLSearchParams(form),
  });
}

async function send(product: "ecs" | "hbr", path: string, init: RequestInit): Promise<Answered> {
  const response = await fetch(`http://${alicloud[product]}${path}`, init);
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
}

describe("ECS", () => {
  it("gives back a snapshot policy as it was made, in force at once", async () => {
    const made = await call("ecs", "CreateAutoSnapshotPolicy", POLICY);
    const id = made.body.AutoSnapshotPolicyId;
    const read = await call("ecs", "DescribeAutoSnapshotPolicyEx", { AutoSnapshotPolicyId: id });
    expect(read.body.AutoSnapshotPolicies.AutoSnapshotPolicy).toEqual([
      expect.objectContaining({
        AutoSnapshotPolicyId: id,
        AutoSnapshotPolicyName: "nightly",
        Status: "Normal",
        RepeatWeekdays: '["1","7"]',
        TimePoints: '["0","23"]',
        RetentionDays: 14,
      }),
    ]);
  });

  it("answers an empty list for a policy that is gone, and an error to one who deletes it again", async () => {
    const { body } = await call("ecs", "CreateAutoSnapshotPolicy", POLICY);
    const id: string = body.AutoSnapshotPolicyId;
    expect((await call("ecs", "DeleteAutoSnapshotPolicy", { autoSnapshotPolicyId: id })).status).toBe(200);
    const read = await call("ecs", "DescribeAutoSnapshotPolicyEx", { AutoSnapshotPolicyId: id });
    expect(read.body).toMatchObject({ TotalCount: 0, AutoSnapshotPolicies: { AutoSnapshotPolicy: [] } });
    const again = await call("ecs", "DeleteAutoSnapshotPolicy", { autoSnapshotPolicyId: id });
    expect(again).toMatchObject({ status: 404, body: { Code: "InvalidSnapshotPolicyId.NotFound" } });
  });

  it("never gives an id twice", async () => {
    const first = await call("ecs", "CreateAutoSnapshotPolicy", POLICY);
    await call("ecs", "DeleteAutoSnapshotPolicy", { autoSnapshotPolicyId: first.body.AutoSnapshotPolicyId });
    const second = await call("ecs", "CreateAutoSnapshotPolicy", POLICY);
    expect(second.body.AutoSnapshotPolicyId).not.toBe(first.body.AutoSnapshotPolicyId);
  });

  it.each([
    [{ timePoints: '["24"]' }, "InvalidParameter"],
    [{ repeatWeekdays: '["0"]' }, "InvalidParameter"],
    [{ repeatWeekdays: "monday" }, "InvalidParameter"],
    [{ retentionDays: "0" }, "InvalidRetentionDays.Malformed"],
    [{ timePoints: "" }, "MissingParameter"],
  ])("refuses a policy with %j", async (wrong, code) => {
    const answer = await call("ecs", "CreateAutoSnapshotPolicy", { ...POLICY, ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { Code: code } });
  });
});

describe("HBR", () => {
  it("gives back a vault that is created, until it is deleted", async () => {
    const { body } = await call("hbr", "CreateVault", VAULT);
    expect(body).toMatchObject({ Success: true, VaultId: expect.stringMatching(/^v-/) });
    const read = await call("hbr", "DescribeVaults", { VaultId: body.VaultId });
    expect(read.body.Vaults.Vault).toEqual([
      expect.objectContaining({ VaultName: "backup", VaultType: "STANDARD", Status: "CREATED" }),
    ]);
    await call("hbr", "DeleteVault", { VaultId: body.VaultId });
    expect((await call("hbr", "DescribeVaults", { VaultId: body.VaultId })).body.Vaults.Vault).toEqual([]);
  });

  it("understands the rules of a policy as JSON and flattened", async () => {
    const vault: string = (await call("hbr", "CreateVault", VAULT)).body.VaultId;
    const json = { Rules: JSON.stringify([{ RuleType: "BACKUP", Retention: 30, VaultId: vault }]) };
    const flat = { "Rules.1.RuleType": "BACKUP", "Rules.1.Retention": "30", "Rules.1.VaultId": vault };
    for (const rules of [json, flat]) {
      const { body } = await call("hbr", "CreatePolicyV2", { PolicyName: "daily", ...rules });
      const read = await call("hbr", "DescribePoliciesV2", { PolicyId: body.PolicyId });
      expect(read.body.Policies).toEqual([
        expect.objectContaining({
          PolicyName: "daily",
          Rules: [
            { RuleType: "BACKUP", Retention: 30, VaultId: vault, RuleId: expect.stringMatching(/^rule-/) },
          ],
        }),
      ]);
    }
  });

  it("refuses a policy for a vault that is not there", async () => {
    const answer = await call("hbr", "CreatePolicyV2", {
      Rules: '[{"RuleType":"BACKUP","VaultId":"v-none"}]',
    });
    expect(answer).toMatchObject({ status: 404, body: { Code: "InvalidResourceId.NotFound" } });
  });
});

describe("both", () => {
  it.each(["ecs", "hbr"] as const)(
    "answer every refusal in JSON, with a code and a request id: %s",
    async (product) => {
      const answers = [
        await send(product, "/", { method: "GET" }),
        await send(product, "/elsewhere", { method: "POST" }),
        await call(product, ""),
        await call(product, "NoSuchAction"),
        await call(product, "NoSuchAction", {}, { Version: "1999-01-01" }),
        await call(product, "NoSuchAction", {}, { AccessKeyId: "" }),
      ];
      expect(answers.map(({ body }) => body.Code)).toEqual([
        "UnsupportedHTTPMethod",
        "UnsupportedHTTPMethod",
        "MissingAction",
        "InvalidAction.NotFound",
        "InvalidVersion",
        "MissingAccessKeyId",
      ]);
      for (const { type, body } of answers) {
        expect(type).toMatch(/^application\/json/);
        expect(body.RequestId).toMatch(/^[0-9A-F-]{36}$/);
      }
    },
  );

  it("understand signature version 3, whose action and signer are in headers", async () => {
    const headers = {
      "x-acs-action": "DescribeVaults",
      "x-acs-version": VERSIONS.hbr,
      authorization: "ACS3-HMAC-SHA256 Credential=FakeKeyId,SignedHeaders=host,Signature=00",
    };
    expect((await send("hbr", "/", { method: "POST", headers })).status).toBe(200);
    expect(alicloud.calls[0]).toMatchObject({ action: "DescribeVaults", accessKeyId: "FakeKeyId" });
  });

  it("keep one record of calls, in the order of coming, refused ones included", async () => {
    await call("hbr", "CreateVault", VAULT);
    await call("ecs", "CreateAutoSnapshotPolicy", POLICY);
    await call("hbr", "DeleteVault", { VaultId: "v-none" });
    expect(alicloud.calls.map(({ product, action, status }) => [product, action, status])).toEqual([
      ["hbr", "CreateVault", 200],
      ["ecs", "CreateAutoSnapshotPolicy", 200],
      ["hbr", "DeleteVault", 404],
    ]);
  });
});
