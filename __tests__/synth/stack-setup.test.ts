import { App, Aspects, DataResource, TerraformProvider, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { VERSIONS_FILE } from "../../lib/graph/stack-setup";
import { type SynthesizedStack, synthApp, synthStack, task } from "../support/synth";

describe("provider and versions", () => {
  const EXTERNAL = { source: "hashicorp/external", version: ">= 2.3.0, < 3.0.0" };

  test("a stack with many tasks gets one waiter, and names the provider without an empty block, of which Terraform warns in a child module", () => {
    const stack = synthStack((scope) => {
      task(scope);
      task(scope, { taskId: "t-2" }, "second");
    });
    expect(stack.provider).toBeUndefined();
    expect(stack.terraform).toMatchObject({
      required_providers: { external: EXTERNAL },
    });
    const programs = Object.values(stack.data?.["external"] ?? {}).map((read) =>
      JSON.stringify(read["program"]),
    );
    expect(new Set(programs).size).toBe(1);
  });

  test("what somebody adds to the provider is written", () => {
    const stack = synthStack((scope) => {
      task(scope);
      Aspects.of(scope).add({
        visit: (node) => {
          if (node instanceof TerraformProvider) node.addOverride("alias", "other");
        },
      });
    });
    expect(stack.provider).toEqual({ external: [{ alias: "other" }] });
  });

  class UsersExternal extends Construct {
    constructor(scope: Construct, id: string) {
      super(scope, id);
      // As the published binding does it.
      new (class extends TerraformProvider {})(this, "provider", {
        terraformResourceType: "external",
        terraformProviderSource: "external",
        terraformGeneratorMetadata: { providerName: "external", providerVersion: "2.3.5" },
      });
    }
  }

  test.each(["before", "after"])("a provider that the user adds %s the task is the only one", (order) => {
    const stack = synthStack((scope) => {
      if (order === "before") new UsersExternal(scope, "users");
      task(scope);
      if (order === "after") new UsersExternal(scope, "users");
    });
    expect(stack.provider?.["external"]).toHaveLength(1);
    expect(stack.terraform["required_providers"]).toEqual({
      external: { source: "external", version: "2.3.5" },
    });
  });

  test("the version that the graph needs stands in a file of its own, since checkov goes blind at it", () => {
    const { own, versions } = written((stack) => {
      task(stack);
      task(stack, { taskId: "t-2" }, "second");
    });
    expect(own.terraform["required_version"]).toBeUndefined();
    expect(versions).toContain('terraform {\n  required_version = ">= 1.5.0"\n}\n');
  });

  test("a version constraint of the user's stays as it is, beside ours", () => {
    const { own, versions } = written((stack) => {
      stack.addOverride("terraform.required_version", "~> 1.9");
      task(stack);
    });
    expect(own.terraform["required_version"]).toBe("~> 1.9");
    expect(versions).toContain(">= 1.5.0");
  });

  /** What an app writes into the folder of a stack, as `cdktf synth` does. */
  function written(build: (stack: TerraformStack) => void) {
    const outdir = mkdtempSync(path.join(tmpdir(), "stack-setup-"));
    try {
      const app = new App({ outdir });
      build(new TerraformStack(app, "gate"));
      app.synth();
      const read = (name: string): string => readFileSync(path.join(outdir, "stacks", "gate", name), "utf8");
      return { own: JSON.parse(read("cdk.tf.json")) as SynthesizedStack, versions: read(VERSIONS_FILE) };
    } finally {
      rmSync(outdir, { recursive: true });
    }
  }

  test("a stack without a task is left as it is", () => {
    const stacks = synthApp((app) => {
      task(new TerraformStack(app, "gate"));
      new DataResource(new TerraformStack(app, "other"), "x", {});
    });
    expect(stacks["other"]?.provider).toBeUndefined();
    expect(stacks["other"]?.terraform["required_version"]).toBeUndefined();
  });
});
