import {
  Annotations,
  Aspects,
  dependable,
  type IAspect,
  TerraformDataSource,
  TerraformElement,
  TerraformModule,
  TerraformResource,
  TerraformStack,
} from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { BdrcTaskError, errorText } from "../errors";
import { dependencyPath, type StackBlocks } from "./cycle";

type Gated = TerraformResource | TerraformDataSource | TerraformModule;

/** What stands behind a snapshot: it comes after the task, and not at all when the gate stays closed. */
export class Gate {
  /** Asked for once: each call gives another token for the same address. */
  private readonly address: string;
  private readonly gated: Gated[] = [];

  /**
   * @param owner the construct that speaks in errors
   * @param snapshot what everything behind the gate depends on
   */
  constructor(
    private readonly owner: Construct,
    private readonly snapshot: TerraformResource,
  ) {
    this.address = dependable(snapshot);
    owner.node.addValidation({ validate: () => this.circles() });
  }

  /**
   * Puts things behind the gate: a resource, data source or module itself, and everything under any other
   * construct, also what is added to it later.
   *
   * @throws BdrcTaskError when a thing cannot wait in this stack
   */
  add(things: readonly IConstruct[]): void {
    for (const thing of things) {
      this.check(thing);
      if (isGated(thing)) this.depend(thing);
      else Aspects.of(thing).add(this.aspectFor(thing));
    }
  }

  /**
   * Orders another stack after this one.
   *
   * @throws BdrcTaskError when the stack is this one, or this one already comes after it
   */
  addStack(stack: TerraformStack): void {
    const { owner } = this;
    const own = this.snapshot.cdktfStack;
    if (!TerraformStack.isStack(stack)) {
      throw new BdrcTaskError(owner, "gateStack was given something that is no stack.", [
        ["Next", "gate resources and constructs of this stack with gate"],
      ]);
    }
    const name = stack.node.path;
    if (stack === own) {
      throw new BdrcTaskError(owner, `${name} is the task's own stack and cannot wait for itself.`, [
        ["Next", "gate its resources, or move the task to a stack of its own"],
      ]);
    }
    if (own.dependsOn(stack)) {
      throw new BdrcTaskError(owner, `${name} cannot wait for ${own.node.path}, which waits for it.`, [
        ["Next", "move what both need into a third stack"],
      ]);
    }
    stack.addDependency(own);
  }

  private check(thing: IConstruct): void {
    const { owner } = this;
    if (!Construct.isConstruct(thing)) {
      throw new BdrcTaskError(owner, `gate(${JSON.stringify(thing) ?? "undefined"}) is given no construct.`, [
        ["Expected", "resources, data sources, modules, or constructs that hold some"],
      ]);
    }
    const name = thing.node.path || "the app";
    if (stackOf(thing) === undefined) {
      throw new BdrcTaskError(owner, `${name} is not part of a stack and cannot be gated.`, [
        ["Next", "gate a resource, or a construct inside of this stack"],
      ]);
    }
    if (stackOf(thing) !== this.snapshot.cdktfStack) {
      throw new BdrcTaskError(owner, `${name} is in another stack and cannot depend on this task.`, [
        ["Reason", "Terraform knows no depends_on across stacks"],
        [
          "Next",
          "use a value of the task there, such as task.totalCount, or order the stacks with gateStack",
        ],
      ]);
    }
    if (owner.node.scopes.includes(thing) || thing.node.scopes.includes(owner)) {
      throw new BdrcTaskError(owner, `${name} cannot wait for a task that is part of it.`, [
        ["Next", "put the task outside of what it gates, or gate the single resources"],
      ]);
    }
    if (!isGated(thing) && TerraformElement.isTerraformElement(thing)) {
      throw new BdrcTaskError(
        owner,
        `${name} cannot wait: it is neither a resource, a data source nor a module.`,
        [["Next", "gate the resources that use it"]],
      );
    }
  }

  /** Adds the dependencies at synth, when everything under the construct is there. */
  private aspectFor(root: IConstruct): IAspect {
    let found = false;
    root.node.addValidation({
      validate: () => {
        if (!found) {
          Annotations.of(root).addWarning(
            "gate() was asked for this construct, but it holds nothing to gate.",
          );
        }
        return [];
      },
    });
    return {
      visit: (node) => {
        if (!isGated(node) || node.cdktfStack !== this.snapshot.cdktfStack) return;
        found = true;
        this.depend(node);
      },
    };
  }

  private depend(thing: Gated): void {
    const present = thing.dependsOn ?? [];
    if (present.includes(this.address)) return;
    thing.dependsOn = [...present, this.address];
    this.gated.push(thing);
  }

  /** Terraform would refuse a circle, too, with a list of addresses that says nothing of gates. */
  private circles(): string[] {
    if (this.gated.length === 0) return [];
    const stack = this.snapshot.cdktfStack;
    const byAddress = new Map(this.gated.map((thing) => [plainAddress(thing), thing]));
    const path = dependencyPath(
      stack.toTerraform() as StackBlocks,
      plainAddress(this.snapshot),
      new Set(byAddress.keys()),
    );
    const last = path && byAddress.get(path[path.length - 1] ?? "");
    if (!path || !last) return [];
    return [
      errorText(`${last.node.path} cannot wait for this task: the task needs it.`, [
        ["Way", path.join(" → ")],
        ["Next", "gate other resources, or take the task's id from elsewhere"],
      ]),
    ];
  }
}

function isGated(node: IConstruct): node is Gated {
  return (
    TerraformResource.isTerraformResource(node) ||
    TerraformDataSource.isTerraformDataSource(node) ||
    node instanceof TerraformModule
  );
}

function plainAddress(thing: Gated): string {
  const name = thing.friendlyUniqueId;
  if (thing instanceof TerraformModule) return `module.${name}`;
  const prefix = TerraformDataSource.isTerraformDataSource(thing) ? "data." : "";
  return `${prefix}${thing.terraformResourceType}.${name}`;
}

function stackOf(thing: IConstruct): IConstruct | undefined {
  return [...thing.node.scopes].reverse().find((scope) => TerraformStack.isStack(scope));
}
