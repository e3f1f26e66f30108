import { App, DataResource, Fn, TerraformCount, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { backupSettings, BackupStack } from "./examples/stacks/backup-stack";
import { BdrcTask, Duration, type IBdrcTaskResult } from "./lib";

/** Waits for the task that the environment names. */
class GateStack extends TerraformStack {
  readonly inventory: BdrcTask;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.inventory = new BdrcTask(this, "inventory", {
      taskId: required("BDRC_TASK_ID", "the task to wait for, such as t-0004d9ctt1iiabcdefgh"),
      ...place(),
      timeout: Duration.hours(2),
    });

    // Uses no value of the task, and waits for it all the same.
    const announcement = new DataResource(this, "announcement", {
      input: { says: "the inventory is up to date" },
    });
    this.inventory.gate(announcement);
  }
}

/** Comes after the task, and is sized by what it found. */
class BehindStack extends TerraformStack {
  constructor(scope: Construct, id: string, inventory: IBdrcTaskResult) {
    super(scope, id);
    const buckets = inventory.count("ACS::OSS::Bucket");

    const slots = TerraformCount.of(buckets);
    const backupPlan = new DataResource(this, "backup_plan", {
      count: slots,
      input: { bucket: slots.index, of: buckets },
    });

    new TerraformOutput(this, "backup_plans", { value: Fn.lengthOf(backupPlan.fqn) });
    new TerraformOutput(this, "resources_to_protect", { value: inventory.totalCount });
    new TerraformOutput(this, "resource_types", { value: inventory.resourceTypes });
  }
}

function required(name: string, meaning: string): string {
  const value = process.env[name]?.trim();
  if (value) return value;
  throw new Error(`The environment variable ${name} is not set.\n\n  Expected: ${meaning}`);
}

/** BDRC_ENDPOINT or BDRC_REGION; never one of them by surprise. */
function place(): { endpoint: string } | { regionId: string } {
  const endpoint = process.env["BDRC_ENDPOINT"]?.trim();
  if (endpoint && process.env["BDRC_REGION"]?.trim()) {
    throw new Error(
      "Both BDRC_ENDPOINT and BDRC_REGION are set.\n\n  Expected: one of them; unset the other",
    );
  }
  if (endpoint) return { endpoint };
  return {
    regionId: required("BDRC_REGION", "the region of BDRC, such as cn-shanghai; or set BDRC_ENDPOINT"),
  };
}

/** The whole app: the gate, what stands behind it, and real resources where the environment names a region. */
function main(): void {
  const app = new App();
  const gate = new GateStack(app, "gate");
  new BehindStack(app, "behind", gate.inventory);
  const backup = backupSettings(process.env);
  if (backup) new BackupStack(app, "backup", gate.inventory, backup);
  app.synth();
}

try {
  main();
} catch (error) {
  // A wrong environment is no defect of this program: the message says it all, a stack trace would bury it.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
