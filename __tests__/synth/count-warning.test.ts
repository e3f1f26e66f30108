import {
  AnnotationMetadataEntryType,
  DataResource,
  TerraformCount,
  TerraformHclModule,
  TerraformIterator,
  TerraformLocal,
  TerraformStack,
  Testing,
} from "cdktf";
import { BdrcTasks, WaitAt } from "../../lib";
import { DataExternal } from "../../lib/graph/external";
import { task } from "../support/synth";

type Result = ReturnType<typeof task>;

/** The warnings of a stack, by the path of what they are about. */
function warnings(build: (stack: TerraformStack, result: Result) => void, waitAt = WaitAt.APPLY): string[] {
  const stack = new TerraformStack(Testing.app(), "gate");
  build(stack, task(stack, { waitAt }));
  Testing.synth(stack, true);
  return stack.node
    .findAll()
    .flatMap((node) =>
      node.node.metadata
        .filter(({ type }) => type === String(AnnotationMetadataEntryType.WARN))
        .map(({ data }) => `${node.node.path}: ${String(data)}`),
    );
}

test.each<[string, (stack: TerraformStack, result: Result) => void]>([
  ["a count of a resource", (stack, t) => void new DataResource(stack, "x", { count: t.totalCount })],
  [
    "a count that is computed",
    (stack, t) =>
      void new DataResource(stack, "x", { count: TerraformCount.of(t.count("ACS::OSS::Bucket")) }),
  ],
  [
    "a for_each of a resource",
    (stack, t) => void new DataResource(stack, "x", { forEach: TerraformIterator.fromMap(t.counts) }),
  ],
  [
    "a for_each of a module",
    (stack, t) =>
      void new TerraformHclModule(stack, "x", {
        source: "a/b/c",
        forEach: TerraformIterator.fromList(t.resourceTypes),
      }),
  ],
  [
    "a count of a data source",
    (stack, t) =>
      void new DataExternal(stack, "x", {
        program: ["true"],
        query: {},
        count: TerraformCount.of(t.totalCount),
      }),
  ],
  [
    "a count by way of two locals",
    (stack, t) => {
      const first = new TerraformLocal(stack, "first", t.totalCount);
      const second = new TerraformLocal(stack, "second", first.expression);
      new DataResource(stack, "x", { count: TerraformCount.of(second.asNumber) });
    },
  ],
])("%s that takes a value of a wait at apply brings a warning that says what to use instead", (_, build) => {
  expect(warnings(build)).toEqual([
    expect.stringMatching(/^gate\/x: Its count comes from gate\/inventory, .*Use WaitAt\.PLAN for counts\.$/),
  ]);
});

test("one of many tasks is no other thing", () => {
  expect(
    warnings((stack) => {
      const all = new BdrcTasks(stack, "all", {
        taskIds: ["t-1"],
        regionId: "cn-shanghai",
        waitAt: WaitAt.APPLY,
      });
      new DataResource(stack, "x", { count: all.task("t-1").totalCount });
    }),
  ).toEqual([expect.stringMatching(/^gate\/x: Its count comes from gate\/all, /)]);
});

test("a wait at plan brings none, nor does a value that is no count, nor a count of something else", () => {
  expect(
    warnings((stack, t) => void new DataResource(stack, "x", { count: t.totalCount }), WaitAt.PLAN),
  ).toEqual([]);
  expect(
    warnings((stack, t) => {
      new DataResource(stack, "x", { input: { total: t.totalCount }, count: 2 });
      new DataResource(stack, "y", { count: TerraformCount.of(new TerraformLocal(stack, "n", 3).asNumber) });
    }),
  ).toEqual([]);
});
