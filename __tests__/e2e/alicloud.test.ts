import { LocalBackend, type TerraformStack } from "cdktf";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { type BackupSettings, BackupStack } from "../../examples/stacks/backup-stack";
import { BdrcTask } from "../../lib";
import { type FakeAlicloud, startFakeAlicloud } from "../support/fake-alicloud";
import { Workspace } from "../support/workspace";

type Counts = Record<string, number>;

/** Puts a task into the gate stack for every name, and a backup stack of that name behind it. */
function synthesize(workspace: Workspace, names: readonly string[], settings: BackupSettings): void {
  workspace.synth({
    gate: (gate: TerraformStack, app) => {
      for (const name of names) {
        const task = new BdrcTask(gate, name, { taskId: name, endpoint: workspace.service.endpoint });
        const stack = new BackupStack(app, `backup-${name}`, task, settings);
        new LocalBackend(stack, { path: path.join(workspace.folder, `backup-${name}.tfstate`) });
      }
    },
  });
}

describe("the numbers of the backup stack, as Terraform computes them", () => {
  // The alicloud resources stand as terraform_data here: what they are told is under test, and not what they do.
  const CASES: [name: string, counts: Counts, resources: Counts][] = [
    ["nothing", {}, {}],
    ["one-file-system", { "ACS::NAS::FileSystem": 1 }, { vault: 1, daily: 1 }],
    ["instances-101", { "ACS::ECS::Instance": 101 }, { nightly: 2 }],
    [
      "very-much",
      { "ACS::OSS::Bucket": 40, "ACS::ECS::Instance": 99_999 },
      { vault: 1, daily: 1, nightly: 24 },
    ],
  ];
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.create({
      tasks: Object.fromEntries(CASES.map(([name, counts]) => [name, { counts }])),
    });
    const names = CASES.map(([name]) => name);
    synthesize(workspace, names, { region: "cn-hangzhou" });
    names.forEach((name) => standIn(workspace, `backup-${name}`));
  });
  afterAll(() => workspace.remove());

  test("cannot be planned before the gate stack was applied", async () => {
    const plan = await workspace.terraform("backup-very-much", "plan");
    expect(plan.code).toBe(1);
    expect(plan.output).toMatch(/No stored state was found|Unable to find remote state/);

    expect(await workspace.terraform("gate", "apply")).toMatchObject({ code: 0 });
    expect(await workspace.terraform("backup-very-much", "plan")).toMatchObject({ code: 2 });
  });

  test.each(CASES)("are right when the task found %s", async (name, _, resources) => {
    const apply = await workspace.terraform(`backup-${name}`, "apply");
    expect(apply.output).toContain("Apply complete!");
    expect(instances(workspace, `backup-${name}`)).toEqual(resources);
  });
});

const WHY_NOT = whyNoProvider();
if (WHY_NOT) process.stderr.write(`The test with the real alicloud provider is skipped: ${WHY_NOT}\n`);

describe("the real alicloud provider", () => {
  let workspace: Workspace;
  let alicloud: FakeAlicloud;
  /** When BDRC's record begins, in milliseconds since 1970. */
  let begun: number | undefined;
  const clock = (): number => {
    const now = Date.now();
    begun ??= now;
    return now;
  };

  (WHY_NOT ? test.skip : test)(
    "creates the resources only after the last look at the task, and takes them away again",
    async () => {
      workspace = await Workspace.create({
        now: clock,
        tasks: {
          found: {
            seconds: 2,
            startsAtFirstLook: true,
            counts: { "ACS::OSS::Bucket": 3, "ACS::ECS::Instance": 5 },
          },
        },
      });
      alicloud = await startFakeAlicloud();
      synthesize(workspace, ["found"], {
        region: "cn-hangzhou",
        accountType: "Domestic",
        endpoints: { ecs: alicloud.ecs, hbr: alicloud.hbr },
      });

      expect(await workspace.terraform("gate", "apply")).toMatchObject({ code: 0 });
      expect(await workspace.terraform("backup-found", "validate")).toMatchObject({ code: 0 });
      const plan = await workspace.terraform("backup-found", "plan");
      expect(plan.output).toContain("Plan: 3 to add, 0 to change, 0 to destroy.");
      expect(alicloud.calls).toEqual([]);

      const apply = await workspace.terraform("backup-found", "apply");
      expect(apply.output).toContain("Apply complete! Resources: 3 added");
      expect(made()).toEqual(["CreateAutoSnapshotPolicy", "CreatePolicyV2", "CreateVault"]);
      const lastLook = Math.max(...workspace.service.calls.map(({ at }) => (begun ?? NaN) + at));
      expect(lastLook).toBeLessThan(Math.min(...calls(/^Create/).map(({ at }) => at)));
      expect(await workspace.terraform("backup-found", "plan")).toMatchObject({ code: 0 });

      const destroy = await workspace.terraform("backup-found", "destroy");
      expect(destroy.output).toContain("Destroy complete! Resources: 3 destroyed.");
      expect(calls(/^Delete/)).toHaveLength(3);
      const keyOfWaiter = workspace.service.environment["ALIBABA_CLOUD_ACCESS_KEY_ID"];
      expect(new Set(alicloud.calls.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set([keyOfWaiter]));
    },
    180_000,
  );
  afterEach(async () => {
    await alicloud?.close();
    await workspace?.remove();
  });

  const calls = (action: RegExp) => alicloud.calls.filter((call) => action.test(call.action));
  const made = () =>
    calls(/^Create/)
      .map(({ action }) => action)
      .sort();
});

/** Why the real provider cannot be used, or undefined when it can. */
function whyNoProvider(): string | undefined {
  const mirror = process.env["BDRC_TASK_PROVIDER_MIRROR"];
  if (!mirror) return "BDRC_TASK_PROVIDER_MIRROR names no filesystem mirror that holds aliyun/alicloud.";
  const hosts = ["registry.terraform.io", "registry.opentofu.org"];
  if (hosts.some((host) => existsSync(path.join(mirror, host, "aliyun", "alicloud")))) return undefined;
  return `the mirror ${mirror} (BDRC_TASK_PROVIDER_MIRROR) does not hold aliyun/alicloud.`;
}

/** Rewrites a synthesized stack to use the built-in terraform_data in place of every alicloud resource. */
function standIn(workspace: Workspace, stack: string): void {
  const file = path.join(workspace.folder, "cdktf.out", "stacks", stack, "cdk.tf.json");
  const synthesized = JSON.parse(
    readFileSync(file, "utf8").replace(/\balicloud_\w+\.(?=vault\[)/g, "terraform_data."),
  ) as {
    provider?: unknown;
    resource: Record<string, Record<string, { count: string }>>;
    terraform: { required_providers?: unknown };
  };
  const resources = Object.values(synthesized.resource).flatMap((of) => Object.entries(of));
  synthesized.resource = {
    terraform_data: Object.fromEntries(
      resources.map(([name, { count, ...input }]) => [name, { count, input }]),
    ),
  };
  delete synthesized.provider;
  delete synthesized.terraform.required_providers;
  writeFileSync(file, JSON.stringify(synthesized));
}

/** How many instances of each resource stand in a stack's state. */
function instances(workspace: Workspace, stack: string): Counts {
  const state = JSON.parse(readFileSync(path.join(workspace.folder, `${stack}.tfstate`), "utf8")) as {
    resources: { mode: string; name: string; instances: unknown[] }[];
  };
  const managed = state.resources.filter(({ mode }) => mode === "managed");
  return Object.fromEntries(managed.map((resource) => [resource.name, resource.instances.length]));
}
