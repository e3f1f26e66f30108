import { App, AssetType, TerraformAsset, TerraformHclModule, TerraformOutput, TerraformStack } from "cdktf";
import { BdrcTask } from "cdktf-bdrc-task";
import * as path from "node:path";

const app = new App();
const stack = new TerraformStack(app, "gate");

const inventory = new BdrcTask(stack, "inventory", {
  taskId: process.env["BDRC_TASK_ID"] ?? "",
  ...(process.env["BDRC_ENDPOINT"]
    ? { endpoint: process.env["BDRC_ENDPOINT"] }
    : { regionId: process.env["BDRC_REGION"] ?? "cn-shanghai" }),
});

// As an asset the module's files are copied into cdktf.out, and no path of this machine gets into the plan.
const files = new TerraformAsset(stack, "report_files", {
  path: path.join(__dirname, "module"),
  type: AssetType.DIRECTORY,
});
// The module is as it was: it knows nothing of the task. One from a registry or from git is gated in the same way.
const report = new TerraformHclModule(stack, "report", {
  source: `./${files.path}`,
  skipAssetCreationFromLocalModules: true,
  variables: { title: "Weekly report" },
});
inventory.gate(report);

new TerraformOutput(stack, "headline", { value: report.getString("headline") });

app.synth();
