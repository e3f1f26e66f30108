import { App, DataTerraformRemoteStateLocal, TerraformOutput, TerraformStack, Testing } from "cdktf";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { BdrcTask } from "../../lib";
import { task } from "../support/synth";

describe("a stack with a gate is not written as HCL, in which cdktf writes conditions that Terraform refuses", () => {
  const text =
    /\[gate\/inventory\] A stack with a BDRC task cannot be written as HCL\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Reason: (.*\n)+ +Next: +leave --hcl/;

  test("by whoever asks the stack for it", () => {
    const stack = new TerraformStack(Testing.app(), "gate");
    task(stack);
    expect(() => stack.toHclTerraform()).toThrow(text);
  });

  test.each([
    ["cdktf synth --hcl", { SYNTH_HCL_OUTPUT: "true" }, {}],
    ["the variable's other word", { SYNTH_HCL_OUTPUT: "1" }, {}],
    ["the option of the app", {}, { hclOutput: true }],
    ["an app that skips validations", { SYNTH_HCL_OUTPUT: "true" }, { skipValidation: true }],
  ])("by %s, and no file of the stack is left", (_, environment, options) => {
    const outdir = mkdtempSync(path.join(tmpdir(), "hcl-"));
    const before = process.env;
    process.env = { ...before, ...environment };
    try {
      const app = new App({ outdir, ...options });
      task(new TerraformStack(app, "gate"));
      task(app.node.findChild("gate"), {}, "second");
      expect(() => app.synth()).toThrow(text);
      const left = readdirSync(outdir, { recursive: true, encoding: "utf8" });
      expect(left.filter((name) => /\.(tf|json)$/.test(name))).toEqual([]);
    } finally {
      process.env = before;
      rmSync(outdir, { recursive: true });
    }
  });

  test("but is told so once", () => {
    const before = process.env;
    process.env = { ...before, SYNTH_HCL_OUTPUT: "true" };
    try {
      const stack = new TerraformStack(Testing.app(), "gate");
      task(stack);
      task(stack, { taskId: "t-2" }, "second");
      const told = stack.node.findAll().flatMap(({ node }) => node.validate());
      expect(told.filter((problem) => problem.includes("as HCL"))).toHaveLength(1);
    } finally {
      process.env = before;
    }
  });
});

test("a stack that only reads the result of another one is written as HCL", () => {
  const stack = new TerraformStack(Testing.app(), "reader");
  const state = new DataTerraformRemoteStateLocal(stack, "state", { path: "gate.tfstate" });
  const inventory = BdrcTask.fromRemoteState(stack, "inventory", { state });
  new TerraformOutput(stack, "total", { value: inventory.totalCount });
  expect(stack.toHclTerraform().hcl).toContain(
    'value = "${data.terraform_remote_state.state.outputs.inventory_total_count}"',
  );
  // cdktf writes conditions as arguments there, which Terraform refuses.
  expect(stack.toHclTerraform().hcl).not.toContain("postcondition");
  // It is held to what it was made as, there as in JSON.
  state.addOverride("defaults", { inventory_total_count: 0 });
  expect(() => stack.toHclTerraform()).toThrow(/^\[reader\/inventory\] The gate would not hold/);
});
