import {
  Annotations,
  TerraformDataSource,
  TerraformElement,
  TerraformResource,
  TerraformStack,
} from "../framework";
import { Construct, type IConstruct } from "constructs";
import { BdrcTaskError, errorText } from "./errors";
import { changedBy } from "./changed-by";
import { isModule, madeBy, stackOf } from "./made-by";
import { dependencyPath, dependentsOf } from "./stack-blocks";
import { type Guarded, StackGuard, type WrittenStack } from "./stack-guard";

/** One thing behind the gate that Terraform makes, and where. */
interface Behind {
  readonly element: IConstruct;
  readonly address: string;
}

/** What stands behind a snapshot: it comes after the task, and not at all when the gate stays closed. */
export class Gate implements Guarded {
  /** The address of the snapshot, as it stands in `depends_on`. */
  private readonly address: string;
  /** What `add` was given. */
  private readonly roots = new Set<IConstruct>();
  private readonly stacks = new Set<TerraformStack>();

  /**
   * @param owner the construct that speaks in errors
   * @param snapshot what everything behind the gate depends on
   */
  constructor(
    readonly owner: Construct,
    private readonly snapshot: TerraformResource,
  ) {
    this.address = `${snapshot.terraformResourceType}.${snapshot.friendlyUniqueId}`;
    StackGuard.of(snapshot.cdktfStack).add(this);
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
      if (this.roots.has(thing)) continue;
      this.roots.add(thing);
      if (!TerraformElement.isTerraformElement(thing)) this.warnIfEmpty(thing);
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
    this.stacks.add(stack);
  }

  /**
   * Lets everything behind the gate depend on the snapshot. Done when the stack is written and not when it is gated:
   * by then everything is there, and nobody can assign other dependencies any more.
   */
  prepare(): void {
    for (const element of this.elements()) {
      const thing = element as { dependsOn?: string[] };
      const present = thing.dependsOn ?? [];
      if (!present.includes(this.address)) thing.dependsOn = [...present, this.address];
    }
  }

  problems(written: WrittenStack): string[] {
    const behind = this.elements().flatMap((element) =>
      addressesOf(element)
        .filter((address) => written.blocks.has(address))
        .map((address) => ({ element, address })),
    );
    return [
      ...this.circles(behind, written),
      ...this.unordered(behind, written),
      ...this.strangers(),
      ...this.lostStacks(),
    ];
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
    if (TerraformElement.isTerraformElement(thing) && !canWait(thing)) {
      throw new BdrcTaskError(
        owner,
        `${name} cannot wait: it is neither a resource, a data source nor a module.`,
        [["Next", "gate the resources that use it"]],
      );
    }
  }

  private warnIfEmpty(root: IConstruct): void {
    root.node.addValidation({
      validate: () => {
        if (!root.node.findAll().some(canWait)) {
          Annotations.of(root).addWarning(
            "gate() was asked for this construct, but it holds nothing to gate.",
          );
        }
        return [];
      },
    });
  }

  /** Everything behind the gate that is made, each once. */
  private elements(): IConstruct[] {
    const own = this.snapshot.cdktfStack;
    const all = [...this.roots].flatMap((root) => root.node.findAll());
    return [...new Set(all)].filter((node) => stackOf(node) === own && canWait(node));
  }

  /** Terraform would refuse a circle, too, with a list of addresses that says nothing of gates. */
  private circles(behind: readonly Behind[], { references }: WrittenStack): string[] {
    const byAddress = new Map(behind.map(({ element, address }) => [address, element]));
    const path = dependencyPath(references, this.address, new Set(byAddress.keys()));
    const last = path && byAddress.get(path[path.length - 1] ?? "");
    if (!path || !last) return [];
    return [
      errorText("BAD_CONFIGURATION", `${last.node.path} cannot wait for this task: the task needs it.`, [
        ["Way", path.join(" → ")],
        ["Next", "gate other resources, or take the task's id from elsewhere"],
      ]),
    ];
  }

  private unordered(behind: readonly Behind[], { order }: WrittenStack): string[] {
    const waiting = dependentsOf(order, this.address);
    return behind
      .filter(({ address }) => !waiting.has(address))
      .map(({ element, address }) =>
        errorText("GATE_BROKEN", `The gate would not hold: ${element.node.path} does not depend on it.`, [
          ["Block", address],
          ["Expected", `depends_on with ${this.address}`],
          ...(madeBy(element).addresses.includes(address)
            ? ([
                ["Changed by", changedBy(element, address, "depends_on")],
                ["Next", "take that back; other dependencies go into dependsOn, which gate adds to"],
              ] as const)
            : ([
                ["Changed by", `a move of ${element.node.path}`],
                ["Next", "gate what it is moved to, too"],
              ] as const)),
        ]),
      );
  }

  /** What stands under a gated construct and cannot be brought behind the gate. */
  private strangers(): string[] {
    const own = this.snapshot.cdktfStack;
    const under = [...this.roots].flatMap((root) => root.node.findAll());
    return [...new Set(under)].flatMap((node): string[] => {
      if (TerraformStack.isStack(node)) {
        if (node.dependsOn(this.snapshot.cdktfStack)) return [];
        return [
          errorText(
            "GATE_BROKEN",
            `The gate would not hold: ${node.node.path} is a stack of its own under a gated construct.`,
            [
              ["Reason", "Terraform knows no depends_on across stacks"],
              ["Next", "order it with gateStack, or move it out of what is gated"],
            ],
          ),
        ];
      }
      return stackOf(node) !== own
        ? []
        : madeBy(node).strange.map((kind) =>
            errorText(
              "GATE_BROKEN",
              `The gate would not hold: ${node.node.path} writes a block ${kind}, which cannot wait.`,
              [
                ["Expected", "resources, data sources and modules under a gated construct"],
                ["Next", "move it out of what is gated, or gate the single resources"],
              ],
            ),
          );
    });
  }

  private lostStacks(): string[] {
    const own = this.snapshot.cdktfStack;
    return [...this.stacks]
      .filter((stack) => !stack.dependsOn(own))
      .map((stack) =>
        errorText(
          "GATE_BROKEN",
          `The gate would not hold: the stack ${stack.node.path} does not come after ${own.node.path} any more.`,
          [
            ["Changed by", "code that took it out of its dependencies"],
            ["Next", "take that back; other dependencies go in with addDependency"],
          ],
        ),
      );
  }
}

/**
 * Whether Terraform makes or reads something for a construct, so that it can be told to wait. What it writes is looked
 * at last: the framework keeps the name that it has by then, and a later `overrideLogicalId` would do nothing.
 */
function canWait(node: IConstruct): boolean {
  return (
    TerraformResource.isTerraformResource(node) ||
    TerraformDataSource.isTerraformDataSource(node) ||
    isModule(node) ||
    madeBy(node).addresses.length > 0
  );
}

/** Where a construct's things are made, also those that it has handed over with a move. */
function addressesOf(element: IConstruct): readonly string[] {
  const { addresses, movedTo } = madeBy(element);
  return [...new Set([...addresses, ...movedTo])];
}
