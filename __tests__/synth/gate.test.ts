import {
  DataResource,
  TerraformHclModule,
  TerraformLocal,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Testing,
} from "cdktf";
import { Construct } from "constructs";
import { ExternalProvider } from "../../lib/graph/external";
import { synthApp, synthStack, task } from "../support/synth";

const SNAPSHOT = "terraform_data.inventory_snapshot_28785481";

function dependsOn(stack: ReturnType<typeof synthStack>, name: string): unknown {
  const found = Object.entries(stack.resource?.["terraform_data"] ?? {}).find(([key]) =>
    key.startsWith(name),
  );
  return found?.[1]["depends_on"];
}

test("a gated resource depends on the snapshot, beside what it depends on already", () => {
  const stack = synthStack((scope) => {
    const first = new DataResource(scope, "first", {});
    const second = new DataResource(scope, "second", { dependsOn: [first] });
    task(scope).gate(first, second);
  });
  expect(dependsOn(stack, "first")).toEqual([SNAPSHOT]);
  expect(dependsOn(stack, "second")).toEqual(["terraform_data.first", SNAPSHOT]);
});

test("a gated construct brings everything under it behind the gate, also what is added later, and nothing else", () => {
  const stack = synthStack((scope) => {
    const group = new Construct(scope, "group");
    new DataResource(new Construct(group, "deep"), "early", {});
    task(scope).gate(group);
    new DataResource(group, "late", {});
    new TerraformHclModule(group, "module", { source: "example/vault/alicloud" });
    new DataResource(scope, "outside", {});
  });
  expect(dependsOn(stack, "group_deep_early")).toEqual([SNAPSHOT]);
  expect(dependsOn(stack, "group_late")).toEqual([SNAPSHOT]);
  expect(Object.values(stack.module ?? {})[0]?.["depends_on"]).toEqual([SNAPSHOT]);
  expect(dependsOn(stack, "outside")).toBeUndefined();
});

test("gating the same thing twice says it once", () => {
  const stack = synthStack((scope) => {
    const group = new Construct(scope, "group");
    const inner = new DataResource(group, "inner", {});
    const t = task(scope);
    t.gate(group, group, inner);
  });
  expect(dependsOn(stack, "group_inner")).toEqual([SNAPSHOT]);
});

test("a resource of another stack is refused, with what to do instead", () => {
  expect(() =>
    synthApp((app) => {
      const t = task(new TerraformStack(app, "gate"));
      t.gate(new DataResource(new TerraformStack(app, "behind"), "x", {}));
    }),
  ).toThrow(/^\[gate\/inventory\] behind\/x is in another stack(.*\n)+.*task\.totalCount.*gateStack/);
});

test.each<[string, (stack: TerraformStack, t: ReturnType<typeof task>) => Construct]>([
  ["the task itself", (_, t) => t],
  ["the stack that holds the task", (stack) => stack],
  ["a part of the task", (_, t) => t.node.findChild("snapshot")],
])("%s cannot wait for the task", (_, pick) => {
  expect(() =>
    synthStack((scope) => {
      const t = task(scope);
      t.gate(pick(scope, t));
    }),
  ).toThrow(/cannot wait for a task that is part of it/);
});

test.each<[string, (stack: TerraformStack) => Construct]>([
  ["an output", (stack) => new TerraformOutput(stack, "o", { value: 1 })],
  ["a variable", (stack) => new TerraformVariable(stack, "v", {})],
  ["a provider", (stack) => new ExternalProvider(stack, "p")],
])("%s cannot wait, and the text says so", (_, make) => {
  expect(() => synthStack((scope) => task(scope).gate(make(scope)))).toThrow(
    /neither a resource, a data source nor a module/,
  );
});

test("something that is no construct cannot be gated", () => {
  expect(() => synthStack((scope) => task(scope).gate(undefined as never))).toThrow(
    /gate\(undefined\) is given no construct/,
  );
});

test("the app cannot be gated", () => {
  const app = Testing.app();
  const t = task(new TerraformStack(app, "gate"));
  expect(() => t.gate(app)).toThrow(/the app is not part of a stack/);
});

test("a construct with nothing to gate brings a warning", () => {
  const app = Testing.app();
  const stack = new TerraformStack(app, "gate");
  const group = new Construct(stack, "group");
  task(stack).gate(group);
  Testing.synth(stack, true);
  expect(group.node.metadata.map(({ data }) => data as string)).toEqual([
    "gate() was asked for this construct, but it holds nothing to gate.",
  ]);
});

describe("a circle is refused at synth, with the way that makes it", () => {
  test("when the task id comes from what is gated", () => {
    expect(() =>
      synthStack((scope) => {
        const source = new DataResource(scope, "source", { input: { id: "t-1" } });
        const t = task(scope, { taskId: source.output.lookup("id") as string });
        t.gate(source);
      }),
    ).toThrow(
      /\[gate\/inventory\] gate\/source cannot wait for this task: the task needs it\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Way: +.*snapshot\w+ → .*terraform_data\.source\n/,
    );
  });

  test("when it goes through a local and a construct that is gated as a whole", () => {
    expect(() =>
      synthStack((scope) => {
        const group = new Construct(scope, "group");
        const t = task(scope, {
          taskId: new TerraformLocal(scope, "id", "${terraform_data.group_maker_C1C7A6A5.output}").asString,
        });
        const maker = new DataResource(group, "maker", {});
        maker.overrideLogicalId("group_maker_C1C7A6A5");
        t.gate(group);
      }),
    ).toThrow(/gate\/group\/maker cannot wait for this task/);
  });

  test("and not when one task waits for another", () => {
    expect(() =>
      synthStack((scope) => {
        const first = task(scope, {}, "first");
        const second = task(scope, {}, "second");
        first.gate(second.node.findChild("snapshot"));
      }),
    ).not.toThrow();
  });
});

describe("gateStack", () => {
  test("orders another stack after the task's", () => {
    const app = Testing.app();
    const gate = new TerraformStack(app, "gate");
    const behind = new TerraformStack(app, "behind");
    task(gate).gateStack(behind);
    expect(behind.dependsOn(gate)).toBe(true);
  });

  test.each<[string, (own: TerraformStack, other: TerraformStack) => unknown, RegExp]>([
    ["its own stack", (own) => own, /gate is the task's own stack and cannot wait for itself/],
    [
      "a stack that it waits for",
      (own, other) => (own.addDependency(other), other),
      /behind cannot wait for gate, which waits for it/,
    ],
    ["no stack", () => ({}), /given something that is no stack/],
  ])("refuses %s", (_, pick, text) => {
    const app = Testing.app();
    const gate = new TerraformStack(app, "gate");
    const t = task(gate);
    expect(() => t.gateStack(pick(gate, new TerraformStack(app, "behind")) as TerraformStack)).toThrow(text);
  });
});
