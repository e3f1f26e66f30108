import { dependencyPath, type StackBlocks } from "../../lib/graph/cycle";

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
const pathTo = (...to: string[]) => dependencyPath(BLOCKS, "terraform_data.snapshot", new Set(to));

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
  expect(
    dependencyPath(BLOCKS, "terraform_data.source", new Set(["terraform_data.snapshot"])),
  ).toBeUndefined();
  expect(pathTo("local.other")).toBeUndefined();
  expect(pathTo("terraform_data.nowhere")).toBeUndefined();
  expect(dependencyPath({}, "terraform_data.snapshot", new Set(["local.id"]))).toBeUndefined();
});

test("things that refer to each other bring it to an end all the same", () => {
  const locals = { a: "${local.b}", b: "${local.a}" };
  expect(dependencyPath({ locals }, "local.a", new Set(["local.c"]))).toBeUndefined();
});

test("a name that begins another one is not taken for it", () => {
  const locals = { id: "${local.id_other}", id_other: 1 };
  expect(dependencyPath({ locals }, "local.id", new Set(["local.id_other"]))).toEqual([
    "local.id",
    "local.id_other",
  ]);
  expect(
    dependencyPath({ locals: { a: "${local.bc}", b: 1, bc: 2 } }, "local.a", new Set(["local.b"])),
  ).toBeUndefined();
});

test("a text that only mentions an address refers to nothing", () => {
  const locals = { a: { note: "made for local.b, see there" }, b: 1 };
  expect(dependencyPath({ locals }, "local.a", new Set(["local.b"]))).toBeUndefined();
});
