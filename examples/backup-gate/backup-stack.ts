import { EcsAutoSnapshotPolicy } from "@cdktf/provider-alicloud/lib/ecs-auto-snapshot-policy";
import { HbrPolicy } from "@cdktf/provider-alicloud/lib/hbr-policy";
import { HbrVault } from "@cdktf/provider-alicloud/lib/hbr-vault";
import { AlicloudProvider } from "@cdktf/provider-alicloud/lib/provider";
import { conditional, Fn, Op, propertyAccess, TerraformCount, TerraformStack, Token } from "cdktf";
import type { IBdrcTaskResult } from "cdktf-bdrc-task";
import type { Construct } from "constructs";

/** How many instances one snapshot policy is for; each policy has an hour of its own. */
const INSTANCES_PER_POLICY = 100;

/** Where the backup stack works, and through which endpoints. */
export interface BackupSettings {
  /** The region of the resources. */
  readonly region: string;
  /**
   * Domestic for accounts of aliyun.com, International for those of alibabacloud.com.
   * @default - the provider asks the billing service
   */
  readonly accountType?: string;
  /**
   * `host[:port]` of ECS and of Cloud Backup (HBR). When both are loopback addresses they are spoken to in plain
   * HTTP, else always in HTTPS.
   * @default - the public endpoints of the region
   */
  readonly endpoints?: { readonly ecs?: string; readonly hbr?: string };
}

/**
 * The settings that the environment names, under the names that the alicloud provider has for them; undefined
 * when it names no region.
 *
 * @throws Error when ALIBABA_CLOUD_ACCOUNT_TYPE is none that there is
 */
export function backupSettings(
  environment: Readonly<Record<string, string | undefined>>,
): BackupSettings | undefined {
  const value = (name: string) => environment[name]?.trim() || undefined;
  const region = value("ALICLOUD_REGION") ?? value("ALIBABA_CLOUD_REGION");
  if (region === undefined) return undefined;
  const accountType = value("ALIBABA_CLOUD_ACCOUNT_TYPE");
  if (accountType !== undefined && !/^(domestic|international)$/i.test(accountType)) {
    throw new Error(
      `ALIBABA_CLOUD_ACCOUNT_TYPE is ${JSON.stringify(accountType)}, which is no type of account.\n\n` +
        "  Expected: Domestic or International\n" +
        "  Next:     correct it, or unset it to let the provider find out",
    );
  }
  return {
    region,
    accountType,
    endpoints: { ecs: value("ALIBABA_CLOUD_ENDPOINT_ECS"), hbr: value("ALIBABA_CLOUD_ENDPOINT_HBR") },
  };
}

/**
 * Backs up what a task found: a vault with a policy for buckets and file systems, and snapshot policies for
 * instances.
 *
 * Stands behind the gate without a depends_on, which Terraform does not have across stacks: every resource takes
 * its number from a count of the task, so it is not even planned before the task's result is there.
 */
export class BackupStack extends TerraformStack {
  constructor(scope: Construct, id: string, inventory: IBdrcTaskResult, settings: BackupSettings) {
    super(scope, id);
    // No credentials here: the provider takes them from the same variables as the waiter.
    new AlicloudProvider(this, "alicloud", {
      region: settings.region,
      accountType: settings.accountType,
      ...connection(settings.endpoints),
    });
    this.backUpStores(Op.add(inventory.count("ACS::OSS::Bucket"), inventory.count("ACS::NAS::FileSystem")));
    this.snapshotInstances(inventory.count("ACS::ECS::Instance"));
  }

  /** One vault and its policy, when there is anything to put into it. */
  private backUpStores(stores: unknown): void {
    // Not Op.gt(stores, 0): cdktf loses a right side of 0.
    const wanted = TerraformCount.of(Token.asNumber(conditional(Op.gte(stores, 1), 1, 0)));
    const vault = new HbrVault(this, "vault", {
      count: wanted,
      vaultName: "bdrc-backup",
      vaultType: "STANDARD",
      description: "Buckets and file systems that BDRC found unprotected",
    });
    new HbrPolicy(this, "daily", {
      count: wanted,
      policyName: "bdrc-daily",
      rules: [
        {
          ruleType: "BACKUP",
          backupType: "INCREMENTAL",
          // Every day from then on; a moment in the past, so that the first one is due at once.
          schedule: "I|1767225600|P1D",
          retention: 30,
          keepLatestSnapshots: 1,
          vaultId: Token.asString(propertyAccess(vault.fqn, [wanted.index, "id"])),
        },
      ],
    });
  }

  /** A policy for every so many instances, each an hour after the one before, so that not all start at once. */
  private snapshotInstances(instances: number): void {
    const policies = Fn.ceil(Token.asNumber(Op.div(instances, INSTANCES_PER_POLICY)));
    const slots = TerraformCount.of(Fn.min([policies, 24]));
    // As a text: cdktf does not find a number token behind a hyphen.
    const slot = Token.asString(slots.index);
    new EcsAutoSnapshotPolicy(this, "nightly", {
      count: slots,
      autoSnapshotPolicyName: `bdrc-nightly-${slot}`,
      repeatWeekdays: ["1", "2", "3", "4", "5", "6", "7"],
      timePoints: [slot],
      retentionDays: 14,
    });
  }
}

/** The provider's words for a set of endpoints; none when there are none. */
function connection(endpoints: BackupSettings["endpoints"] = {}): {
  endpoints?: { ecs?: string; hbr?: string }[];
  protocol?: string;
} {
  const { ecs, hbr } = endpoints;
  if (ecs === undefined && hbr === undefined) return {};
  const plain = [ecs, hbr].every((host) => /^(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?$/.test(host ?? ""));
  return { endpoints: [{ ecs, hbr }], ...(plain ? { protocol: "HTTP" } : {}) };
}
