import {
  dependencyPath,
  dependentsOf,
  referencesByAddress,
  type StackBlocks,
} from "../../lib/graph/stack-blocks";

const BLOCKS: StackBlocks = {
  resource: {
    terraform_data: {
      snapshot: { input: "${data.external.read.result}" },
      source: { input: "${module.vault.id}" },
      lonely: { input: 1 },
    },
  },
  data: { external: { read: { query: { task_id: "${local.id}" } } } },
  module: { vault: { source: "x", depends_on: ["terraform_data.lonely"] } },
  locals: { id: "${terraform_data.source.output}", other: "${local.id}" },
};
const pathIn = (blocks: StackBlocks, from: string, to: ReadonlySet<string>) =>
  dependencyPath(referencesByAddress(blocks), from, to);
const pathTo = (...to: string[]) => pathIn(BLOCKS, "terraform_data.snapshot", new Set(to));

test("a way leads over data sources, locals, resources and modules, from the first to the last", () => {
  expect(pathTo("terraform_data.lonely")).toEqual([
    "terraform_data.snapshot",
    "data.external.read",
    "local.id",
    "terraform_data.source",
    "module.vault",
    "terraform_data.lonely",
  ]);
});

test("the shortest way is given", () => {
  expect(pathTo("terraform_data.lonely", "local.id")).toEqual([
    "terraform_data.snapshot",
    "data.external.read",
    "local.id",
  ]);
});

test("there is none against the direction, to what nothing refers to, or to what does not exist", () => {
  expect(pathIn(BLOCKS, "terraform_data.source", new Set(["terraform_data.snapshot"]))).toBeUndefined();
  expect(pathTo("local.other")).toBeUndefined();
  expect(pathTo("terraform_data.nowhere")).toBeUndefined();
  expect(pathIn({}, "terraform_data.snapshot", new Set(["local.id"]))).toBeUndefined();
});

test("things that refer to each other bring it to an end all the same", () => {
  const locals = { a: "${local.b}", b: "${local.a}" };
  expect(pathIn({ locals }, "local.a", new Set(["local.c"]))).toBeUndefined();
});

test("a name that begins another one is not taken for it", () => {
  const locals = { id: "${local.id_other}", id_other: 1 };
  expect(pathIn({ locals }, "local.id", new Set(["local.id_other"]))).toEqual(["local.id", "local.id_other"]);
  expect(
    pathIn({ locals: { a: "${local.bc}", b: 1, bc: 2 } }, "local.a", new Set(["local.b"])),
  ).toBeUndefined();
});

test("a text that only mentions an address refers to nothing", () => {
  const locals = { a: { note: "made for local.b, see there" }, b: 1 };
  expect(pathIn({ locals }, "local.a", new Set(["local.b"]))).toBeUndefined();
});

test("a text that is just an address refers to it in depends_on and in replace_triggered_by, and nowhere else", () => {
  const block = (more: object) => ({ resource: { t: { a: more, b: {} } } });
  const refersTo = (more: object) => [...(referencesByAddress(block(more)).get("t.a") ?? [])];
  expect(refersTo({ depends_on: ["t.b"] })).toEqual(["t.b"]);
  expect(refersTo({ depends_on: ["t.b[0].x"] })).toEqual(["t.b"]);
  expect(refersTo({ depends_on: ["${t.b}"] })).toEqual(["t.b"]);
  expect(refersTo({ lifecycle: { replace_triggered_by: ["t.b.id"] } })).toEqual(["t.b"]);
  expect(refersTo({ tags: { owner: "t.b" } })).toEqual([]);
  expect(refersTo({ provider: "t.b" })).toEqual([]);
  expect(refersTo({ input: '${f("t.b")}' })).toEqual([]);
  expect(refersTo({ input: "${x.t.b}" })).toEqual([]);
  expect(refersTo({ input: { "${t.b.id}": 1 } })).toEqual(["t.b"]);
  expect(refersTo({ "//": { metadata: "${t.b}" } })).toEqual([]);
});

test("what depends on a block is found also by way of others, and circles bring it to an end", () => {
  const references = referencesByAddress({
    ...BLOCKS,
    locals: { ...BLOCKS.locals, a: "${local.b}${data.external.read.id}", b: "${local.a}" },
  });
  expect([...dependentsOf(references, "terraform_data.lonely")].sort()).toEqual([
    "data.external.read",
    "local.a",
    "local.b",
    "local.id",
    "local.other",
    "module.vault",
    "terraform_data.snapshot",
    "terraform_data.source",
  ]);
  expect(dependentsOf(references, "terraform_data.snapshot").size).toBe(0);
});

test("an argument depends_on within a value is none, be it of a block or of a local", () => {
  const input = { depends_on: ["t.b"], lifecycle: { replace_triggered_by: ["t.b"] } };
  const references = referencesByAddress({
    resource: { t: { a: { input }, b: {} } },
    locals: { value: input },
  });
  expect([...(references.get("t.a") ?? [])]).toEqual([]);
  expect([...(references.get("local.value") ?? [])]).toEqual([]);
});

test("a name of any script is taken whole, and a minus before it is no part of it", () => {
  const t = { größe: {}, gr: {}, "größe-日本": {}, "2024_snapshot": {} };
  const refersTo = (input: string) => [
    ...(referencesByAddress({ resource: { t: { ...t, a: { input } } } }).get("t.a") ?? []),
  ];
  expect(refersTo("${t.größe.id}")).toEqual(["t.größe"]);
  expect(refersTo("${t.größe-日本.id}")).toEqual(["t.größe-日本"]);
  expect(refersTo("${t.2024_snapshot.id}")).toEqual(["t.2024_snapshot"]);
  expect(refersTo("${-t.gr.output}")).toEqual(["t.gr"]);
  expect(refersTo("${f(x)-t.gr.output}")).toEqual(["t.gr"]);
  expect(refersTo("${ö-t.gr.output}")).toEqual([]);
});

test("many that depend on one are found as fast as they are many", () => {
  const references = new Map(
    Array.from({ length: 20_000 }, (_, index) => [`t.n${index}`, new Set(["t.first"])]),
  );
  const begun = process.cpuUsage();
  expect(dependentsOf(references, "t.first").size).toBe(20_000);
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(500);
});
