import {
  App,
  conditional,
  DataResource,
  Fn,
  TerraformCount,
  TerraformOutput,
  TerraformStack,
  Token,
} from "cdktf";
import { BdrcTask, Duration, ExposedFailure, FailureMode } from "cdktf-bdrc-task";

const app = new App();
const stack = new TerraformStack(app, "gate");

const inventory = new BdrcTask(stack, "inventory", {
  taskId: process.env["BDRC_TASK_ID"] ?? "",
  ...(process.env["BDRC_ENDPOINT"]
    ? { endpoint: process.env["BDRC_ENDPOINT"] }
    : { regionId: process.env["BDRC_REGION"] ?? "cn-shanghai" }),
  timeout: Duration.hours(2),
  // A task that failed, expired or was canceled opens the gate; so does one that is still running after 2 hours.
  onFailure: FailureMode.EXPOSE,
  exposeAlso: [ExposedFailure.DEADLINE],
});

const whenFailed = TerraformCount.of(Token.asNumber(conditional(inventory.succeeded, 0, 1)));
const alarm = new DataResource(stack, "alarm", { count: whenFailed, input: { why: inventory.problem } });

const whenSucceeded = TerraformCount.of(Token.asNumber(conditional(inventory.succeeded, 1, 0)));
const report = new DataResource(stack, "report", {
  count: whenSucceeded,
  input: { buckets: inventory.count("ACS::OSS::Bucket") },
});

new TerraformOutput(stack, "alarms", { value: Fn.lengthOf(alarm.fqn) });
new TerraformOutput(stack, "reports", { value: Fn.lengthOf(report.fqn) });
new TerraformOutput(stack, "why", { value: inventory.problem });

app.synth();
