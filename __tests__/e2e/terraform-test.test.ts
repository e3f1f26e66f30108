import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { DataResource, type TerraformStack } from "cdktf";
import { BdrcTask, BdrcTasks, ExposedFailure, FailureMode, WaitAt } from "../../lib";
import { VERSIONS_FILE } from "../../lib/graph/stack-setup";
import { findTerraform } from "../../lib/testing";
import { endToEnd, Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

const examples = [
  ...readFileSync(path.join(__dirname, "..", "..", "docs", "testing.md"), "utf8").matchAll(
    /```hcl\n([^`]*)```/g,
  ),
].map(([, text = ""]) => text);
const [OPEN = "", , OPEN_MANY = ""] = examples;
const RUN = (expected: string): string => `run "it" {\n  command = plan\n  ${expected}\n}\n`;

test("under a bare mock each gate stays closed and says why, and the documented mock opens it", async () => {
  workspace = await Workspace.create({});
  const regionId = "cn-shanghai";
  const behind = (stack: TerraformStack, task: BdrcTask | BdrcTasks): void =>
    task.gate(new DataResource(stack, "behind", { input: { value: "made" } }));
  const one = (props: object) => (stack: TerraformStack) =>
    behind(stack, new BdrcTask(stack, "inventory", { regionId, taskId: "t-1", ...props }));
  workspace.synth({
    plan: one({ require: { total: { min: 3 }, "ACS::OSS::Bucket": { exact: 3 } } }),
    forgetful: one({ remember: false }),
    exposed: one({
      onFailure: FailureMode.EXPOSE,
      exposeAlso: [ExposedFailure.NOT_FOUND, ExposedFailure.UNREADABLE, ExposedFailure.DEADLINE],
    }),
    many: (stack) => behind(stack, new BdrcTasks(stack, "all", { regionId, taskIds: ["t-1"] })),
  });
  const stacks = ["plan", "forgetful", "exposed", "many"];
  for (const stack of stacks) {
    const put = (name: string, text: string): void =>
      writeFileSync(path.join(workspace.folder, "cdktf.out", "stacks", stack, `${name}.tftest.hcl`), text);
    put("bare", `mock_provider "external" {}\n${RUN("")}`);
    put("open", stack === "many" ? `${OPEN_MANY}${RUN("")}` : OPEN);
  }
  const ended = await Promise.all(stacks.map((stack) => workspace.terraform(stack, "test", "-no-color")));
  for (const { output } of ended) {
    expect(output).toContain("The result holds nothing of a task.");
    expect(output.match(/Error: .*/g)).toEqual([
      expect.stringMatching(/Resource (pre|post)condition failed/),
    ]);
    expect(output).toMatch(/^bare\.tftest\.hcl\.\.\. fail$/m);
    expect(output).toMatch(/^open\.tftest\.hcl\.\.\. pass$/m);
  }
});

test("under a bare mock a wait at apply is planned without an error of an expression", async () => {
  workspace = await Workspace.create({});
  const props = { regionId: "cn-shanghai", waitAt: WaitAt.APPLY };
  workspace.synth({
    gate: (stack) => {
      new BdrcTask(stack, "inventory", { ...props, taskId: "t-1", require: { total: { min: 1 } } });
      new BdrcTasks(stack, "all", { ...props, taskIds: ["t-1"] });
    },
  });
  const folder = path.join(workspace.folder, "cdktf.out", "stacks", "gate");
  writeFileSync(path.join(folder, "bare.tftest.hcl"), `mock_provider "external" {}\n${RUN("")}`);
  expect(await workspace.terraform("gate", "test", "-no-color")).toMatchObject({
    code: 0,
    output: expect.stringContaining("bare.tftest.hcl... pass"),
  });
});

test("Terraform holds to the version that the file beside the stack's own names, and to the user's", async () => {
  workspace = await Workspace.create({});
  const gate = (stack: TerraformStack): BdrcTask =>
    new BdrcTask(stack, "inventory", { regionId: "cn-shanghai", taskId: "t-1" });
  workspace.synth({
    ours: gate,
    users: (stack) => {
      gate(stack);
      stack.addOverride("terraform.required_version", ">= 98.0");
    },
  });
  const file = path.join(workspace.folder, "cdktf.out", "stacks", "ours", VERSIONS_FILE);
  writeFileSync(file, readFileSync(file, "utf8").replace(">= 1.5.0", ">= 99.0"));
  const { product, version } = findTerraform({ TERRAFORM_BINARY_NAME: endToEnd().terraform });
  // OpenTofu 1.12 and later take what stands in .tf files for Terraform's, and are new enough for us.
  const isHeld = product === "Terraform" || Number(version.split(".")[1]) < 12;
  for (const stack of ["ours", "users"]) {
    const validated = workspace.terraform(stack, "validate");
    if (isHeld) await expect(validated).rejects.toThrow(/Unsupported (Terraform|OpenTofu) Core version/);
    else expect(await validated).toMatchObject({ code: 0 });
  }
});

test("the output of the whole result holds no control characters but line breaks, and nothing else of them changes", async () => {
  workspace = await Workspace.create({});
  workspace.synth({
    gate: (stack) =>
      void new BdrcTask(stack, "inventory", {
        regionId: "cn-shanghai",
        taskId: "t-1",
        outputs: { result: true },
      }),
  });
  const raw = "a\\u001b[31mb\\nc\\td\\u202e\\u0085e 库存";
  const mock = `mock_provider "external" {
    mock_data "external" {
      defaults = { result = { status = "COMPLETE", problem = "", progress = "10000", error_message = "${raw}", task_description = "${raw}" } }
    }
  }`;
  const assert = (condition: string): string =>
    `assert {\n condition = ${condition}\n error_message = jsonencode(output.inventory_result)\n}\n`;
  const conditions = [
    'output.inventory_result.error_message == "a [31mb\\nc d  e 库存"',
    "output.inventory_result.error_message == output.inventory_result.task_description",
    'output.inventory_result.progress == 10000 && output.inventory_result.status == "COMPLETE"',
    "output.inventory_result.start_time == null && output.inventory_result.succeeded",
    'output.inventory_result.started_at == ""',
  ];
  const run = `run "it" {\n command = apply\n ${conditions.map(assert).join("")}\n}\n`;
  const folder = path.join(workspace.folder, "cdktf.out", "stacks", "gate");
  writeFileSync(path.join(folder, "texts.tftest.hcl"), `${mock}\n${run}`);
  expect(await workspace.terraform("gate", "test", "-no-color")).toMatchObject({ code: 0 });
});
