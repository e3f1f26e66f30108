import { DataResource, TerraformProvider, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { synthApp, synthStack, task } from "../support/synth";

describe("provider and versions", () => {
  const EXTERNAL = { source: "hashicorp/external", version: ">= 2.3.0, < 3.0.0" };

  test("a stack with many tasks gets one provider, one waiter and the version that the graph needs", () => {
    const stack = synthStack((scope) => {
      task(scope);
      task(scope, { taskId: "t-2" }, "second");
    });
    expect(stack.provider?.["external"]).toHaveLength(1);
    expect(stack.terraform).toMatchObject({
      required_providers: { external: EXTERNAL },
      required_version: ">= 1.5.0",
    });
    const programs = Object.values(stack.data?.["external"] ?? {}).map((read) =>
      JSON.stringify(read["program"]),
    );
    expect(new Set(programs).size).toBe(1);
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

  test("a version constraint of the user's is added to, not replaced", () => {
    const stack = synthStack((scope) => {
      scope.addOverride("terraform.required_version", "~> 1.9");
      task(scope);
    });
    expect(stack.terraform["required_version"]).toBe("~> 1.9, >= 1.5.0");
  });

  test("a stack without a task is left as it is", () => {
    const stacks = synthApp((app) => {
      task(new TerraformStack(app, "gate"));
      new DataResource(new TerraformStack(app, "other"), "x", {});
    });
    expect(stacks["other"]?.provider).toBeUndefined();
    expect(stacks["other"]?.terraform["required_version"]).toBeUndefined();
  });
});
