import { App, DataResource, TerraformOutput, TerraformStack } from "cdktf";
import { BdrcTask, Duration, StartTask, WaitAt } from "cdktf-bdrc-task";

const app = new App();
const stack = new TerraformStack(app, "gate");

const inventory = new BdrcTask(stack, "inventory", {
  start: StartTask.updateResources({ resourceType: "ACS::OSS::Bucket" }),
  // Another value starts another task: a version, a week, the commit of a release.
  triggers: { version: process.env["INVENTORY_VERSION"] ?? "1" },
  // A plan changes nothing, so it starts nothing.
  waitAt: WaitAt.APPLY,
  ...(process.env["BDRC_ENDPOINT"]
    ? { endpoint: process.env["BDRC_ENDPOINT"] }
    : { regionId: process.env["BDRC_REGION"] ?? "cn-shanghai" }),
  timeout: Duration.hours(2),
});

new DataResource(stack, "report", { input: { buckets: inventory.count("ACS::OSS::Bucket") } });

new TerraformOutput(stack, "buckets", { value: inventory.count("ACS::OSS::Bucket") });

app.synth();
