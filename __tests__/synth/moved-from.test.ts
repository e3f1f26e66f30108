import { DataResource, TerraformOutput, type TerraformResource, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { BdrcTask, BdrcTasks, type BdrcTaskProps, StartTask, WaitAt } from "../../lib";
import { GOOD, synthStack, task } from "../support/synth";

const PLACE = { regionId: "cn-shanghai" };

/** The `moved` blocks of a stack, in the order of the addresses that they begin at. */
function moved(build: (stack: TerraformStack) => void): { from: string; to: string }[] {
  const { moved: blocks = [] } = synthStack(build) as { moved?: { from: string; to: string }[] };
  return [...blocks].sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** The addresses of the resources of a task's own, in their order. */
function addresses(build: (stack: TerraformStack) => void): string[] {
  return Object.keys(synthStack(build).resource?.["terraform_data"] ?? {})
    .map((name) => `terraform_data.${name}`)
    .sort();
}

describe("a gate takes over all that stood at the other place", () => {
  const { taskId } = GOOD;
  const gates: readonly (readonly [string, number, Partial<BdrcTaskProps>])[] = [
    ["waited for at plan", 2, { taskId }],
    ["waited for at apply", 3, { taskId, waitAt: WaitAt.APPLY }],
    ["looked at anew in each plan", 1, { taskId, remember: false }],
    ["started at apply", 3, { start: StartTask.updateResources(), waitAt: WaitAt.APPLY }],
    ["started only", 3, { start: StartTask.updateResources(), wait: false }],
  ];
  test.each(gates)("%s", (_name, count, props) => {
    const before = addresses((stack) => new BdrcTask(stack, "inventory", { ...PLACE, ...props }));
    const after = addresses((stack) => new BdrcTask(stack, "stock", { ...PLACE, ...props }));
    expect(before).toHaveLength(count);
    expect(
      moved((stack) => new BdrcTask(stack, "stock", { ...PLACE, ...props }).movedFrom("inventory")),
    ).toEqual(before.map((from, part) => ({ from, to: after[part] })));
  });

  test("of many tasks", () => {
    const many = (id: string) => (stack: TerraformStack) =>
      new BdrcTasks(stack, id, { ...PLACE, taskIds: ["t-1"] });
    const [before, after] = [addresses(many("inventory")), addresses(many("stock"))];
    expect(moved((stack) => many("stock")(stack).movedFrom("inventory"))).toEqual(
      before.map((from, part) => ({ from, to: after[part] })),
    );
  });
});

describe("a place is named as a file is, from the scope or from the stack", () => {
  const within = (stack: Construct, ...ids: string[]): Construct =>
    ids.reduce((scope, id) => new Construct(scope, id), stack);
  const ways: readonly (readonly [string, string[], string[]])[] = [
    ["../inventory", [], ["level1"]],
    ["/inventory", [], ["level1", "inner"]],
    ["level1/inventory", ["level1"], []],
    ["/level1/inventory", ["level1"], ["level2"]],
    ["../level1/inventory", ["level1"], ["level2"]],
    ["./old/../inventory", [], []],
  ];
  test.each(ways)("%s", (place, before, after) => {
    const old = addresses((stack) => task(within(stack, ...before)));
    const found = moved((stack) => task(within(stack, ...after), {}, "stock").movedFrom(place));
    expect(found.map(({ from }) => from)).toEqual(old);
  });
});

test("a module of this package is a place, also one in another module", () => {
  for (const module of ["module.inventory", 'module.backup.module.inventory["a"]']) {
    expect(moved((stack) => task(stack).movedFrom(module)).map(({ from }) => from)).toEqual([
      `${module}.terraform_data.snapshot`,
      `${module}.terraform_data.stamp`,
    ]);
  }
});

test("several places are a chain, so that a state is taken over from whichever it was applied at", () => {
  const [first, second, third] = ["a", "b", "c"].map((id) =>
    addresses((stack) => void task(stack, {}, id)),
  ) as [string[], string[], string[]];
  expect(moved((stack) => task(stack, {}, "c").movedFrom("a", "b"))).toEqual([
    { from: first[0], to: second[0] },
    { from: first[1], to: second[1] },
    { from: second[0], to: third[0] },
    { from: second[1], to: third[1] },
  ]);
});

test("to name a place leaves nothing in the tree, and what is there as it is", () => {
  synthStack((stack) => {
    const level = new Construct(stack, "level1");
    const other = new DataResource(level, "other", {});
    task(stack).movedFrom("/level1/deeper/inventory");
    expect(level.node.children).toEqual([other]);
  });
});

test("a stack's own naming is asked for the names of the other place", () => {
  const named = (stack: TerraformStack): TerraformStack => {
    stack.getLogicalId = (element) => {
      const scopes = ("node" in element ? element.node : element).scopes;
      return scopes
        .slice(2)
        .map(({ node }) => node.id)
        .join("_");
    };
    return stack;
  };
  expect(moved((stack) => task(named(stack), {}, "stock").movedFrom("inventory"))[0]?.from).toBe(
    "terraform_data.inventory_snapshot",
  );
});

test("the values keep their names where outputPrefix says what they begin with", () => {
  const { output } = synthStack((stack) =>
    task(stack, { outputPrefix: "inventory" }, "stock").movedFrom("inventory"),
  );
  expect(Object.keys(output ?? {})).toContain("inventory_total_count");
});

test("a gate that was moved still holds, and is checked when it is written", () => {
  const build = (spoil: boolean) => () =>
    synthStack((stack) => {
      const stock = task(stack, {}, "stock");
      stock.movedFrom("inventory");
      stock.gate(new DataResource(stack, "behind", {}));
      const snapshot = stock.node.findChild("snapshot") as TerraformResource;
      if (spoil) snapshot.addOverride("input", "other");
    });
  expect(build(false)).not.toThrow();
  expect(build(true)).toThrow(/\[gate\/stock\] The gate would not hold/);
});

describe("what is no place is refused, with what is one", () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    ["", "it is no place"],
    [undefined, "it is no place"],
    [7, "it is no place"],
    ["../inventory", "it leads out of the stack"],
    ["/", "it is the stack itself"],
    ["stock", "it is where the construct stands now"],
    ["/stock", "it is where the construct stands now"],
  ];
  test.each(wrong)("%j: %s", (place, why) => {
    expect(() => synthStack((stack) => task(stack, {}, "stock").movedFrom(place as string))).toThrow(
      new RegExp(
        `^\\[gate/stock\\] movedFrom cannot name .*: ${why}\\.\\n\\n {2}Code: +BAD_CONFIGURATION\\n {2}Expected: an id in the same scope`,
      ),
    );
  });

  test("a token", () => {
    expect(() =>
      synthStack((stack) => {
        const { status } = task(stack);
        task(stack, {}, "stock").movedFrom(status);
      }),
    ).toThrow(/known later only/);
  });

  test("none, and a second call", () => {
    expect(() => synthStack((stack) => task(stack).movedFrom())).toThrow(/is given no place/);
    expect(() =>
      synthStack((stack) => {
        const stock = task(stack, {}, "stock");
        stock.movedFrom("a");
        stock.movedFrom("b");
      }),
    ).toThrow(/called twice\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Next: .*movedFrom\("first", "second"\)/);
  });
});

test("a place where something still is, or is put later, is refused at synth, as Terraform would do", () => {
  expect(() =>
    synthStack((stack) => {
      task(stack, {}, "stock").movedFrom("inventory");
      task(stack);
    }),
  ).toThrow(
    /movedFrom names "inventory", and something is still there\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Block: terraform_data\.inventory_/,
  );
});

test("a place changes nothing else of a stack", () => {
  const build = (isMoved: boolean) =>
    synthStack((stack) => {
      const stock = task(stack, {}, "stock");
      if (isMoved) stock.movedFrom("inventory");
      new TerraformOutput(stack, "buckets", { value: stock.count("ACS::OSS::Bucket") });
    });
  const after = build(true);
  expect(after).toEqual({ ...build(false), moved: expect.any(Array) as unknown });
});
