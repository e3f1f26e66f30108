import { App, LocalBackend, TerraformStack } from "cdktf";
import { BdrcTask } from "cdktf-bdrc-task";
import * as path from "node:path";

const app = new App();
const gate = new TerraformStack(app, "gate");
// Yours is a shared one, such as OssBackend.
new LocalBackend(gate, { path: path.resolve(__dirname, "..", "terraform.gate.tfstate") });

// Its outputs, such as inventory_total_count, are what the other repository reads.
new BdrcTask(gate, "inventory", {
  taskId: process.env["BDRC_TASK_ID"] ?? "",
  ...(process.env["BDRC_ENDPOINT"]
    ? { endpoint: process.env["BDRC_ENDPOINT"] }
    : { regionId: process.env["BDRC_REGION"] ?? "cn-shanghai" }),
});

app.synth();
