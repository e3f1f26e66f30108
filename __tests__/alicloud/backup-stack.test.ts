import { TerraformStack } from "cdktf";
import { type BackupSettings, backupSettings, BackupStack } from "../../examples/stacks/backup-stack";
import { synthApp, type SynthesizedStack, task } from "../support/synth";

const SETTINGS: BackupSettings = { region: "cn-hangzhou" };

function synth(settings: BackupSettings = SETTINGS): { gate: SynthesizedStack; backup: SynthesizedStack } {
  const stacks = synthApp((app) => {
    const gate = new TerraformStack(app, "gate");
    new BackupStack(app, "backup", task(gate), settings);
  });
  return { gate: stacks["gate"] as SynthesizedStack, backup: stacks["backup"] as SynthesizedStack };
}

/** The attributes of the resource of a type; there is one of each. */
function attributes(stack: SynthesizedStack, type: string): Record<string, unknown> {
  const [resource] = Object.values(stack.resource?.[type] ?? {});
  if (!resource) throw new Error(`there is no ${type}`);
  return resource;
}

/** How the backup stack reads one count of the task in the gate's state. */
const COUNT = (type: string) =>
  `lookup\\(data\\.terraform_remote_state\\.[\\w-]*gate\\.outputs\\.[\\w-]+\\.resource_counts, "${type}", 0\\)`;
const STORES = `\\(\\(${COUNT("ACS::OSS::Bucket")} \\+ ${COUNT("ACS::NAS::FileSystem")}\\) >= 1\\) \\? 1 : 0`;

describe("the backup stack", () => {
  it("asks for the alicloud provider in the range of cdktf.json, and for nothing else", () => {
    expect(synth().backup.terraform["required_providers"]).toEqual({
      alicloud: { source: "aliyun/alicloud", version: "~> 1.289" },
    });
  });

  it("has one vault with a policy when the task found buckets or file systems, and none when it found neither", () => {
    const { backup } = synth();
    const expected = new RegExp(`^\\$\\{${STORES}\\}$`);
    expect(attributes(backup, "alicloud_hbr_vault")["count"]).toMatch(expected);
    expect(attributes(backup, "alicloud_hbr_policy")["count"]).toMatch(expected);
  });

  it("ties the policy to its own vault", () => {
    const [rule] = attributes(synth().backup, "alicloud_hbr_policy")["rules"] as { vault_id: string }[];
    expect(rule?.vault_id).toBe("${alicloud_hbr_vault.vault[count.index].id}");
  });

  it("has a snapshot policy for every hundred instances, each at an hour of its own", () => {
    const policy = attributes(synth().backup, "alicloud_ecs_auto_snapshot_policy");
    expect(policy["count"]).toMatch(
      new RegExp(`^\\$\\{min\\(ceil\\(\\(${COUNT("ACS::ECS::Instance")} / 100\\)\\), 24\\)\\}$`),
    );
    expect(policy).toMatchObject({
      auto_snapshot_policy_name: "bdrc-nightly-${count.index}",
      time_points: ["${count.index}"],
      repeat_weekdays: ["1", "2", "3", "4", "5", "6", "7"],
    });
  });

  it("lets no resource be planned before the task's snapshot: each takes its number from the gate's state", () => {
    const { gate, backup } = synth();
    const resources = Object.values(backup.resource ?? {}).flatMap((of) => Object.values(of));
    expect(resources).toHaveLength(3);
    for (const { count } of resources)
      expect(count).toMatch(/data\.terraform_remote_state\.[\w-]*gate\.outputs\./);

    // In the gate stack that output is the local over what the snapshot kept, and nothing else.
    const name = /outputs\.([\w-]+)\./.exec(String(resources[0]?.["count"]))?.[1] ?? "";
    const local = /^\$\{local\.(\w+)\}$/.exec(String(gate.output?.[name]?.value))?.[1] ?? "";
    expect(JSON.stringify(gate.locals?.[local])).toMatch(/terraform_data\.\w*snapshot\w*\.input/);
  });

  it("is deployed after the gate", () => {
    const stacks: BackupStack[] = [];
    synthApp((app) => {
      const gate = new TerraformStack(app, "gate");
      stacks.push(new BackupStack(app, "backup", task(gate), SETTINGS));
    });
    expect(stacks[0]?.dependencies.map((stack) => stack.node.id)).toEqual(["gate"]);
  });

  it("writes no number token as a placeholder and no condition without a right side", () => {
    expect(JSON.stringify(synth().backup)).not.toMatch(/e\+298|undefined|TfToken/);
  });
});

describe("the provider of the backup stack", () => {
  const provider = (settings: BackupSettings) => synth(settings).backup.provider?.["alicloud"];

  it("gets a region and no credentials, which it finds where the waiter finds them", () => {
    expect(provider(SETTINGS)).toEqual([{ region: "cn-hangzhou" }]);
  });

  it("speaks plain HTTP when both endpoints are on this machine", () => {
    const endpoints = { ecs: "127.0.0.1:8080", hbr: "localhost:8081" };
    expect(provider({ ...SETTINGS, accountType: "Domestic", endpoints })).toEqual([
      { region: "cn-hangzhou", account_type: "Domestic", endpoints: [endpoints], protocol: "HTTP" },
    ]);
  });

  it.each([
    [{ ecs: "127.0.0.1:8080" }],
    [{ ecs: "127.0.0.1:8080", hbr: "hbr.example.com" }],
    [{ ecs: "127.0.0.1.example.com", hbr: "127.0.0.1:8081" }],
  ])("speaks no plain HTTP with the endpoints %j", (endpoints) => {
    expect(provider({ ...SETTINGS, endpoints })).toEqual([{ region: "cn-hangzhou", endpoints: [endpoints] }]);
  });
});

describe("the settings from the environment", () => {
  it("are none without a region, and the app then has no backup stack", () => {
    expect(backupSettings({ ALICLOUD_REGION: " ", ALIBABA_CLOUD_ACCOUNT_TYPE: "Domestic" })).toBeUndefined();
  });

  it("take the region from either of the provider's names, ALICLOUD_REGION first", () => {
    expect(backupSettings({ ALIBABA_CLOUD_REGION: "cn-beijing" })?.region).toBe("cn-beijing");
    const both = { ALIBABA_CLOUD_REGION: "cn-beijing", ALICLOUD_REGION: "cn-hangzhou" };
    expect(backupSettings(both)?.region).toBe("cn-hangzhou");
  });

  it("take account type and endpoints from the provider's own names", () => {
    expect(
      backupSettings({
        ALICLOUD_REGION: "cn-hangzhou",
        ALIBABA_CLOUD_ACCOUNT_TYPE: "International",
        ALIBABA_CLOUD_ENDPOINT_ECS: "ecs.example.com",
        ALIBABA_CLOUD_ENDPOINT_HBR: "hbr.example.com",
      }),
    ).toEqual({
      region: "cn-hangzhou",
      accountType: "International",
      endpoints: { ecs: "ecs.example.com", hbr: "hbr.example.com" },
    });
  });

  it("refuse an account type that does not exist, and say which ones do", () => {
    expect(() =>
      backupSettings({ ALICLOUD_REGION: "cn-hangzhou", ALIBABA_CLOUD_ACCOUNT_TYPE: "Global" }),
    ).toThrow(/"Global"[^]*Expected: Domestic or International[^]*Next:/);
  });
});
