import { App, DataResource, TerraformOutput, TerraformStack } from "cdktf";
import { BdrcTasks } from "cdktf-bdrc-task";

const taskIds = (process.env["BDRC_TASK_IDS"] ?? "").split(",");

const app = new App();
const gate = new TerraformStack(app, "gate");

const all = new BdrcTasks(gate, "all", {
  taskIds,
  ...(process.env["BDRC_ENDPOINT"]
    ? { endpoint: process.env["BDRC_ENDPOINT"] }
    : { regionId: process.env["BDRC_REGION"] ?? "cn-shanghai" }),
  // The gate opens only when there is something to do, and not too much of it.
  require: { "ACS::OSS::Bucket": { min: 1 }, total: { max: 5000 } },
});

// One resource for each task, with what that task found.
for (const taskId of taskIds) {
  new DataResource(gate, `backup_${taskId}`, {
    input: { buckets: all.task(taskId).count("ACS::OSS::Bucket") },
  });
}

// A stack that uses no value of the tasks, and is deployed after them all the same.
const behind = new TerraformStack(app, "behind");
new DataResource(behind, "report", { input: { text: "every inventory is up to date" } });
all.gateStack(behind);

new TerraformOutput(gate, "buckets", { value: all.count("ACS::OSS::Bucket") });
new TerraformOutput(gate, "buckets_of_the_first", {
  value: all.task(taskIds[0] ?? "").count("ACS::OSS::Bucket"),
});

app.synth();
