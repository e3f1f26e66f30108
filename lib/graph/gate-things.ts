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
import { type Construct, type IConstruct } from "constructs";
import { BdrcTaskError } from "../errors";

type Gated = TerraformResource | TerraformDataSource | TerraformModule;

/**
 * Puts things behind a snapshot: a resource, data source or module itself, and everything under any other
 * construct, also what is added to it later.
 *
 * @throws BdrcTaskError when the thing cannot wait in this stack
 */
export function gateThings(
  owner: Construct,
  snapshot: TerraformResource,
  things: readonly IConstruct[],
): void {
  for (const thing of things) {
    const stack = TerraformStack.isStack(thing) ? thing : stackOf(owner, thing);
    if (stack !== snapshot.cdktfStack) {
      throw new BdrcTaskError(
        owner,
        `${thing.node.path} is in another stack and cannot depend on this task.`,
        [
          ["Reason", "Terraform knows no depends_on across stacks"],
          [
            "Next",
            "use a value of the task there, such as task.totalCount, or order the stacks with addDependency",
          ],
        ],
      );
    }
    if (thing === owner || owner.node.scopes.includes(thing) || thing.node.scopes.includes(owner)) {
      throw new BdrcTaskError(
        owner,
        `${thing.node.path || "the app"} cannot wait for a task that is part of it.`,
        [["Next", "put the task outside of what it gates, or gate the single resources"]],
      );
    }
    if (isGated(thing)) depend(thing, snapshot);
    else if (TerraformElement.isTerraformElement(thing)) {
      throw new BdrcTaskError(
        owner,
        `${thing.node.path} cannot wait: it is neither a resource, a data source nor a module.`,
        [["Next", "gate the resources that use it"]],
      );
    } else Aspects.of(thing).add(new GateAspect(thing, snapshot));
  }
}

/** Adds the dependency at synth, when everything under the construct is there. */
class GateAspect implements IAspect {
  private found = false;

  constructor(
    root: IConstruct,
    private readonly snapshot: TerraformResource,
  ) {
    root.node.addValidation({
      validate: () => {
        if (!this.found)
          Annotations.of(root).addWarning(
            "gate() was asked for this construct, but it holds nothing to gate.",
          );
        return [];
      },
    });
  }

  visit(node: IConstruct): void {
    if (!isGated(node) || node.cdktfStack !== this.snapshot.cdktfStack) return;
    this.found = true;
    depend(node, this.snapshot);
  }
}

function isGated(node: IConstruct): node is Gated {
  return (
    TerraformResource.isTerraformResource(node) ||
    TerraformDataSource.isTerraformDataSource(node) ||
    node instanceof TerraformModule
  );
}

function depend(thing: Gated, snapshot: TerraformResource): void {
  const address = dependable(snapshot);
  if (!thing.dependsOn?.includes(address)) thing.dependsOn = [...(thing.dependsOn ?? []), address];
}

function stackOf(owner: Construct, thing: IConstruct): TerraformStack | undefined {
  try {
    return TerraformStack.of(thing);
  } catch {
    throw new BdrcTaskError(
      owner,
      `${thing.node.path || "the app"} is not part of a stack and cannot be gated.`,
      [["Next", "gate a resource, or a construct inside of this stack"]],
    );
  }
}
