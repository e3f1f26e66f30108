import {
  App,
  conditional,
  DataResource,
  Fn,
  Op,
  TerraformCount,
  TerraformOutput,
  TerraformStack,
  Token,
} from "cdktf";
import { BdrcTask } from "cdktf-bdrc-task";

const app = new App();

const gate = new TerraformStack(app, "gate");
const inventory = new BdrcTask(gate, "inventory", {
  taskId: process.env["BDRC_TASK_ID"] ?? "",
  ...(process.env["BDRC_ENDPOINT"]
    ? { endpoint: process.env["BDRC_ENDPOINT"] }
    : { regionId: process.env["BDRC_REGION"] ?? "cn-shanghai" }),
});

const backup = new TerraformStack(app, "backup");

// One for each bucket.
const buckets = TerraformCount.of(inventory.count("ACS::OSS::Bucket"));
const plan = new DataResource(backup, "plan", { count: buckets, input: { bucket: buckets.index } });

// One for every hundred instances, begun ones too.
const hundreds = Fn.ceil(Token.asNumber(Op.div(inventory.count("ACS::ECS::Instance"), 100)));
const shards = TerraformCount.of(hundreds);
const shard = new DataResource(backup, "shard", { count: shards, input: { shard: shards.index } });

// One, if there is anything to protect. Not Op.gt(…, 0): cdktf loses a right side of 0.
const any = TerraformCount.of(Token.asNumber(conditional(Op.gte(inventory.totalCount, 1), 1, 0)));
const vault = new DataResource(backup, "vault", { count: any, input: { resources: inventory.totalCount } });

new TerraformOutput(backup, "plans", { value: Fn.lengthOf(plan.fqn) });
new TerraformOutput(backup, "shards", { value: Fn.lengthOf(shard.fqn) });
new TerraformOutput(backup, "vaults", { value: Fn.lengthOf(vault.fqn) });

app.synth();
