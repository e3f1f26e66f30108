import { DataResource, TerraformLocal, type TerraformStack, Token } from "cdktf";
import { BdrcTask, StartTask, WaitAt } from "../../lib";
import { Workspace } from "../support/workspace";

let workspace: Workspace;
afterEach(() => workspace?.remove());

interface Change {
  readonly address: string;
  readonly change: { readonly actions: readonly string[] };
}

test("what synth says to become create-before-destroy is exactly what Terraform makes so", async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { seconds: 0 } }, newTask: { seconds: 0 } });
  let synthesized: TerraformStack | undefined;
  const gate =
    (version: string) =>
    (stack: TerraformStack): void => {
      const made = (id: string, input: unknown): DataResource => {
        const resource = new DataResource(stack, id, { input: input as Record<string, unknown> });
        resource.addOverride("triggers_replace", version);
        return resource;
      };
      const place = { endpoint: workspace.service.endpoint, waitAt: WaitAt.APPLY };
      // By way of another resource and a local.
      const network = made("network", { id: "t-1" });
      const vault = made("vault", { id: network.output.lookup("id") as string });
      const local = new TerraformLocal(stack, "id", vault.output.lookup("id"));
      const first = new BdrcTask(stack, "first", { ...place, taskId: local.asString });
      // What is created first anyway, and what it needs.
      const disk = made("disk", { arn: "acs:ecs:x:1:disk/d" });
      const instance = made("instance", { arn: disk.output.lookup("arn") as string });
      instance.lifecycle = { createBeforeDestroy: true };
      const start = StartTask.checkRules({ resourceArn: Token.asString(instance.output.lookup("arn")) });
      new BdrcTask(stack, "second", { ...place, start });
      first.gate(made("behind", { id: network.output.lookup("id") as string }));
      made("other", { id: "x" });
      synthesized = stack;
    };
  workspace.synth({ gate: gate("1") });
  expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
  const warned = (synthesized?.node.findAll() ?? [])
    .filter(({ node }) => node.metadata.some(({ type }) => type.endsWith("warn")))
    .map(({ node }) => `terraform_data.${node.id}`);
  expect(warned).toEqual(["terraform_data.network", "terraform_data.vault"]);

  workspace.synth({ gate: gate("2") });
  await workspace.terraform("gate", "plan", "-out=plan");
  const { output } = await workspace.terraform("gate", "show", "-json", "plan");
  const changes = (JSON.parse(output) as { resource_changes: Change[] }).resource_changes.filter(
    ({ address }) => !/^data\.|\.(first|second)_/.test(address),
  );
  const createdFirst = changes
    .filter(({ change: { actions } }) => actions[0] === "create")
    .map(({ address }) => address);
  expect(changes).toHaveLength(6);
  expect(createdFirst.sort()).toEqual([...warned, "terraform_data.disk", "terraform_data.instance"].sort());
});
