import { App, TerraformStack } from "cdktf";
import { BdrcTask, Duration } from "cdktf-bdrc-task";
import type { Construct } from "constructs";
import { backupSettings, BackupStack } from "./backup-stack";

/** Waits for the task that the environment names. */
class GateStack extends TerraformStack {
  readonly inventory: BdrcTask;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const taskId = needed("BDRC_TASK_ID");
    const endpoint = process.env["BDRC_ENDPOINT"]?.trim();
    this.inventory = new BdrcTask(this, "inventory", {
      taskId,
      ...(endpoint ? { endpoint } : { regionId: needed("BDRC_REGION") }),
      timeout: Duration.hours(2),
    });
  }
}

function needed(name: string): string {
  const value = process.env[name]?.trim();
  if (value) return value;
  throw new Error(`The environment variable ${name} is not set.\n\n  Next: set it; README.md says to what`);
}

const app = new App();
const gate = new GateStack(app, "gate");
const settings = backupSettings(process.env);
if (!settings) {
  throw new Error("No region for the backups is set.\n\n  Next: set ALICLOUD_REGION, such as cn-hangzhou");
}
new BackupStack(app, "backup", gate.inventory, settings);
app.synth();
