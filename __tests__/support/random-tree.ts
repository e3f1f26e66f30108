import {
  DataResource,
  Fn,
  TerraformDataSource,
  TerraformHclModule,
  TerraformLocal,
  type TerraformStack,
} from "cdktf";
import { Construct } from "constructs";
import * as fc from "fast-check";
import type { BdrcTask } from "../../lib";

/** A data source that is no part of a gate. */
class PlainData extends TerraformDataSource {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      terraformResourceType: "external",
      terraformGeneratorMetadata: { providerName: "external" },
    });
  }
  protected override synthesizeAttributes(): Record<string, unknown> {
    return { program: ["true"], query: {} };
  }
}

/** What is done to a thing after it was gated, by name. */
export const LATER = [
  "nothing",
  "assign dependsOn",
  "clear dependsOn",
  "rename",
  "override away",
  "override away but use a value",
  "override away but use a value by way of a local",
  "override away but depend on a thing that waits",
  "override away and mention it",
  "override of the stack",
  "move outside",
] as const;

/** One thing of a random tree: what it is, how deep it lies, whether it comes after `gate`, and what happens to it. */
export interface RandomThing {
  readonly kind: "resource" | "data" | "module";
  readonly depth: number;
  readonly late: boolean;
  readonly later: (typeof LATER)[number];
}

/** Random trees under a gated construct. */
export const randomTree: fc.Arbitrary<RandomThing[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("resource", "data", "module"),
    depth: fc.nat(3),
    late: fc.boolean(),
    later: fc.constantFrom(...LATER),
  }),
  { minLength: 1, maxLength: 6 },
);

/** A module of one resource, which does not use the module's variable: what that is given orders nothing. */
export const MODULE = {
  source: "./module",
  text: 'variable "input" {\n  default = null\n}\nresource "terraform_data" "inside" {}\n',
};

/** A thing as it was made, and whether what was done to it takes it from behind the gate. */
export interface MadeThing {
  readonly path: string;
  readonly address: string;
  readonly lost: boolean;
}

/** Builds a random tree in a stack, gates it, and does to each thing what happens to it. */
export function buildTree(
  stack: TerraformStack,
  task: BdrcTask,
  name: string,
  tree: readonly RandomThing[],
): MadeThing[] {
  const group = new Construct(stack, name);
  const anchor = new DataResource(group, "anchor", {});
  const make = ({ kind, depth }: RandomThing, index: number) => {
    let scope: Construct = group;
    for (let level = 0; level < depth; level += 1) {
      scope = scope.node.tryFindChild(`level${level}`) ?? new Construct(scope, `level${level}`);
    }
    const id = `${kind}${index}`;
    if (kind === "module")
      return new TerraformHclModule(scope, id, {
        source: MODULE.source,
        skipAssetCreationFromLocalModules: true,
      });
    return kind === "data" ? new PlainData(scope, id) : new DataResource(scope, id, {});
  };
  const early = tree.map((thing, index) => (thing.late ? undefined : make(thing, index)));
  task.gate(group);
  const things = tree.map((thing, index) => early[index] ?? make(thing, index));
  return things.map((element, index) => {
    const { kind, later } = tree[index] as RandomThing;
    const use = (value: unknown): void =>
      element.addOverride(kind === "data" ? "query.used" : "input", value);
    const away = (): void => element.addOverride("depends_on", undefined);
    if (later === "rename") element.overrideLogicalId(`${name}_renamed_${index}`);
    const prefix = { module: "module", data: "data.external", resource: "terraform_data" }[kind];
    const address = (): string => `${prefix}.${element.friendlyUniqueId}`;
    const made = (lost: boolean, at = address()): MadeThing => ({
      path: element.node.path,
      address: at,
      lost,
    });
    switch (later) {
      case "assign dependsOn":
        element.dependsOn = [`terraform_data.${anchor.friendlyUniqueId}`];
        return made(false);
      case "clear dependsOn":
        element.dependsOn = undefined;
        return made(false);
      case "override away":
        away();
        return made(true);
      case "override away but use a value":
        away();
        use(Fn.tostring(task.totalCount));
        return made(kind === "module");
      case "override away but use a value by way of a local":
        away();
        use(Fn.jsonencode(new TerraformLocal(stack, `${name}-way${index}`, task.counts).expression));
        return made(kind === "module");
      case "override away but depend on a thing that waits":
        away();
        use(`\${terraform_data.${anchor.friendlyUniqueId}.id}`);
        return made(kind === "module");
      case "override away and mention it":
        away();
        use("see terraform_data.inventory_snapshot_28785481 and $${local.inventory_value}");
        return made(true);
      case "override of the stack":
        stack.addOverride(`${kind === "resource" ? "resource." : ""}${address()}.depends_on`, undefined);
        return made(true);
      case "move outside": {
        if (!(element instanceof DataResource)) return made(false);
        const target = new DataResource(stack, `${name}-target${index}`, {});
        target.addMoveTarget(target.node.id);
        element.moveTo(target.node.id);
        return made(true, `terraform_data.${target.friendlyUniqueId}`);
      }
      default:
        return made(false);
    }
  });
}
