import { type App, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { BdrcTask, type BdrcTaskProps, BdrcTasks, WaitAt } from "../../lib";
import { ROOT } from "../support/example-project";
import { packedProject, written } from "../support/packed-project";
import { nextSecond, Workspace } from "../support/workspace";

/*
 * Every way of docs/moving.md. The task's record is gone before each move, so that whatever waits anew fails, and the
 * counts that are there afterwards are the kept ones.
 */
const COUNTS = { "ACS::OSS::Bucket": 3 };

let workspace: Workspace;
beforeEach(async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { counts: COUNTS } } });
});
afterEach(() => workspace?.remove());

type Build = (stack: TerraformStack, app: App) => unknown;

const props = (more: Partial<BdrcTaskProps> = {}): BdrcTaskProps => ({
  taskId: "t-1",
  endpoint: workspace.service.endpoint,
  ...more,
});

/** Applies a stack, and lets the task's record expire. */
async function appliedOnce(build: Build, stack = "gate"): Promise<void> {
  workspace.synth({ [stack]: build });
  expect(await workspace.terraform(stack, "apply")).toMatchObject({ code: 0 });
  workspace.service.removeTask("t-1");
  await nextSecond();
}

/** Applies what only moves something, and holds the next plan to be clean. */
async function movesOnly(stack: string): Promise<void> {
  const { output } = await workspace.terraform(stack, "apply");
  expect(output).toContain("Resources: 0 added, 0 changed, 0 destroyed.");
  await nextSecond();
  expect(await workspace.terraform(stack, "plan")).toMatchObject({ code: 0 });
}

test("a state that was made with cdktf has nothing to change when the same app is written with cdktn", async () => {
  const main = `
    import { App, DataResource, LocalBackend, TerraformStack } from "cdktf";
    import { BdrcTask, BdrcTasks, WaitAt } from "cdktf-bdrc-task";
    const app = new App();
    const stack = new TerraformStack(app, "gate");
    new LocalBackend(stack, { path: ${JSON.stringify(path.join(workspace.folder, "gate.tfstate"))} });
    const endpoint = process.env.BDRC_ENDPOINT!;
    const inventory = new BdrcTask(stack, "inventory", { taskId: "t-1", endpoint });
    inventory.gate(new DataResource(stack, "behind", { input: { buckets: inventory.count("ACS::OSS::Bucket") } }));
    new BdrcTask(stack, "at-apply", { taskId: "t-1", endpoint, waitAt: WaitAt.APPLY });
    new BdrcTasks(stack, "many", { taskIds: ["t-1"], endpoint });
    app.synth();`;
  for (const framework of ["cdktf", "cdktn"] as const) {
    const project = path.join(workspace.folder, framework);
    mkdirSync(project);
    packedProject(framework, project);
    writeFileSync(path.join(project, "main.ts"), written(framework, main));
    execFileSync(process.execPath, ["node_modules/tsx/dist/cli.mjs", "main.ts"], {
      cwd: project,
      env: {
        PATH: process.env["PATH"],
        BDRC_ENDPOINT: workspace.service.endpoint,
        CDKTF_OUTDIR: path.join(workspace.folder, "cdktf.out"),
        TSX_DISABLE_CACHE: "1",
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (framework === "cdktn") break;
    expect(await workspace.terraform("gate", "apply")).toMatchObject({ code: 0 });
    workspace.service.removeTask("t-1");
    await nextSecond();
  }
  expect(await workspace.terraform("gate", "plan")).toMatchObject({ code: 0 });
});

test("another id waits anew, and not with movedFrom: outputs get other names, and nothing else happens", async () => {
  const gate =
    (ids: readonly string[], ...places: string[]): Build =>
    (stack) => {
      const [plan = "", apply = "", all = ""] = ids;
      const gates = [
        new BdrcTask(stack, plan, props()),
        new BdrcTask(stack, apply, props({ waitAt: WaitAt.APPLY })),
        new BdrcTasks(stack, all, { taskIds: ["t-1"], endpoint: workspace.service.endpoint }),
      ];
      if (places.length > 0) gates.forEach((one, index) => one.movedFrom(places[index] ?? ""));
    };
  const [before, after] = [
    ["a", "b", "c"],
    ["new_a", "new_b", "new_c"],
  ];
  await appliedOnce(gate(before));
  workspace.synth({ gate: gate(after) });
  expect(await workspace.terraform("gate", "plan")).toMatchObject({
    code: 1,
    output: expect.stringContaining("Code:") as string,
  });

  workspace.synth({ gate: gate(after, ...before) });
  await movesOnly("gate");
  expect(workspace.outputs("gate")).toMatchObject({ new_a_total_count: 3, new_b_total_count: 3 });
  expect(workspace.outputs("gate")).not.toHaveProperty("a_total_count");
});

test("a task goes into another construct, and a state that missed a rename is taken over, too", async () => {
  await appliedOnce((stack) => new BdrcTask(stack, "first", props()));
  workspace.synth({
    gate: (stack) =>
      new BdrcTask(new Construct(stack, "backup"), "inventory", props({ outputPrefix: "first" })).movedFrom(
        "/first",
        "/second",
      ),
  });
  await movesOnly("gate");
  expect(workspace.outputs("gate")).toMatchObject({ first_total_count: 3 });
});

test("a task goes to another stack with state mv, at the same addresses, and an import would lose its result", async () => {
  const build: Build = (stack) => new BdrcTask(stack, "inventory", props({ waitAt: WaitAt.APPLY }));
  await appliedOnce(build, "old");
  workspace.synth({ old: () => undefined, new: build, imported: build });
  const addresses = workspace.resources("old");
  expect(addresses).toHaveLength(3);

  // As the page says it, which works with every backend.
  const file = (stack: string): string => path.join(workspace.folder, `pulled-${stack}.tfstate`);
  for (const stack of ["old", "new"])
    writeFileSync(file(stack), (await workspace.terraform(stack, "state", "pull")).output);
  for (const address of addresses) {
    const way = [`-state=${file("old")}`, `-state-out=${file("new")}`, address, address];
    expect(await workspace.terraform("old", "state", "mv", ...way)).toMatchObject({ code: 0 });
  }
  for (const stack of ["new", "old"])
    expect(await workspace.terraform(stack, "state", "push", file(stack))).toMatchObject({ code: 0 });
  await movesOnly("new");
  await movesOnly("old");
  expect(workspace.outputs("new")).toMatchObject({ inventory_total_count: 3 });
  expect(workspace.resources("old")).toEqual([]);

  writeFileSync(
    path.join(workspace.folder, "cdktf.out", "stacks", "imported", "import.tf"),
    addresses.map((address) => `import {\n  to = ${address}\n  id = "any"\n}\n`).join(""),
  );
  const { code, output } = await workspace.terraform("imported", "plan");
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining("NOT_FOUND") as string });
});

test("another endpoint with the same id keeps the result, and warns, also where it cannot be read", async () => {
  await appliedOnce((stack) => new BdrcTask(stack, "inventory", props()));
  workspace.synth({
    gate: (stack) => new BdrcTask(stack, "inventory", props({ endpoint: "http://127.0.0.1:9" })),
  });
  const { code, output } = await workspace.terraform("gate", "plan");
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).toContain("OTHER_PLACE");
  expect(output).toMatch(/There: +\S/);
});

describe.each([
  ["at-plan", WaitAt.PLAN, ["stamp", "snapshot"]],
  ["at-apply", WaitAt.APPLY, ["stamp", "wait", "snapshot"]],
] as const)("between the construct and the module %s", (name, waitAt, parts) => {
  /** Replaces the stack's folder by a root module of HCL, with the same state. */
  function writeRoot(main: string): void {
    const folder = path.join(workspace.folder, "cdktf.out", "stacks", "root");
    mkdirSync(folder, { recursive: true });
    const backend = `backend "local" { path = ${JSON.stringify(path.join(workspace.folder, "gate.tfstate"))} }`;
    writeFileSync(path.join(folder, "main.tf"), `terraform {\n  ${backend}\n}\n${main}`);
  }
  const module = (): string =>
    `module "inventory" {\n  source = ${JSON.stringify(path.join(ROOT, "modules", name))}\n  task_id = "t-1"\n  endpoint = ${JSON.stringify(workspace.service.endpoint)}\n}\n` +
    'output "inventory_total_count" { value = module.inventory.total_count }\n';
  const construct =
    (...places: string[]): Build =>
    (stack) => {
      const inventory = new BdrcTask(stack, "inventory", props({ waitAt }));
      if (places.length > 0) inventory.movedFrom(...places);
    };

  test("a moved block for each part keeps the result, and movedFrom brings it back", async () => {
    await appliedOnce(construct());
    const at = (part: string): string =>
      workspace.resources("gate").find((address) => address.includes(`inventory_${part}_`)) ?? "";
    const moves = parts.map(
      (part) => `moved {\n  from = ${at(part)}\n  to = module.inventory.terraform_data.${part}\n}\n`,
    );
    writeRoot(module() + moves.join(""));
    await movesOnly("root");
    expect(workspace.outputs("gate")).toEqual({ inventory_total_count: 3 });

    workspace.synth({ gate: construct("module.inventory") });
    await movesOnly("gate");
    expect(workspace.outputs("gate")).toMatchObject({
      inventory_total_count: 3,
      inventory_status: "COMPLETE",
    });
  });
});
