import {
  App,
  DataResource,
  DataTerraformRemoteStateLocal,
  TerraformCount,
  TerraformOutput,
  TerraformStack,
} from "cdktf";
import { BdrcTask } from "cdktf-bdrc-task";
import * as path from "node:path";

const app = new App();
const reader = new TerraformStack(app, "reader");

// The state of the other repository; of any backend, such as DataTerraformRemoteStateOss.
const state = new DataTerraformRemoteStateLocal(reader, "state", {
  path: path.resolve(__dirname, "..", "terraform.gate.tfstate"),
});
// "inventory" is the name of the task there. No task is asked for here, and no keys are needed.
const inventory = BdrcTask.fromRemoteState(reader, "inventory", { state });

const buckets = TerraformCount.of(inventory.count("ACS::OSS::Bucket"));
new DataResource(reader, "plan", { count: buckets, input: { bucket: buckets.index } });

new TerraformOutput(reader, "buckets", { value: inventory.count("ACS::OSS::Bucket") });
new TerraformOutput(reader, "to_protect", { value: inventory.totalCount });
new TerraformOutput(reader, "status", { value: inventory.status });

app.synth();
