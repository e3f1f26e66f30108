import type { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { BdrcTaskError } from "../errors";
import { madeBy, stackOf } from "./made-by";
import { blocksByAddress, orderByAddress, referencesByAddress, type StackBlocks } from "./stack-blocks";

/** A stack as it will be written, for those who check it. */
export interface WrittenStack {
  /** Every block by its address. */
  readonly blocks: ReadonlyMap<string, unknown>;
  /** Which blocks each block refers to. */
  readonly references: ReadonlyMap<string, ReadonlySet<string>>;
  /** Which blocks each block comes after as a whole. */
  readonly order: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A stack as it will be written, for those who only say something about it. */
export interface SeenStack {
  readonly blocks: StackBlocks;
  /** Which blocks each block refers to. */
  readonly references: ReadonlyMap<string, ReadonlySet<string>>;
  /** What makes each resource, data source and module, by its address. */
  readonly makers: ReadonlyMap<string, IConstruct>;
}

/** Something in a stack that has to hold in what is written, whatever has been done to the stack by then. */
export interface Guarded {
  /** The construct that speaks in errors. */
  readonly owner: IConstruct;
  /** Does what is left to do before the stack is written; called again and again. */
  prepare?(): void;
  /** A text for each thing that is wrong in the stack as it will be written. */
  problems(written: WrittenStack): string[];
}

const guards = new WeakMap<TerraformStack, StackGuard>();

/**
 * Looks over a stack when it is written: after every aspect, override and later addition, on the very object that
 * becomes the file. What was made is then what is written, or synth fails and says what changed.
 *
 * It stands before the stack's own `toTerraform`, since that is the one way on which every synth and every test comes
 * along, and the last one on which anything can change.
 */
export class StackGuard {
  /** The one guard of a stack. */
  static of(stack: TerraformStack): StackGuard {
    const present = guards.get(stack);
    if (present) return present;
    const guard = new StackGuard(stack);
    guards.set(stack, guard);
    return guard;
  }

  private readonly guarded: Guarded[] = [];
  private readonly owners = new Set<IConstruct>();
  private readonly watching: ((seen: SeenStack) => void)[] = [];
  /** What the last check found and no owner has told yet. */
  private untold = new Map<IConstruct, readonly string[]>();
  private readonly write: () => unknown;

  private constructor(private readonly stack: TerraformStack) {
    this.write = stack.toTerraform.bind(stack);
    stack.toTerraform = () => this.checked();
    stack.toHclTerraform = () => this.refuseHcl();
  }

  /** Adds something that has to hold. */
  add(guarded: Guarded): void {
    this.guarded.push(guarded);
    const { owner } = guarded;
    if (this.owners.has(owner)) return;
    this.owners.add(owner);
    // With the other validations, so that all that is wrong comes at once and with the owner's path.
    owner.node.addValidation({
      validate: () => [...this.tell(owner)],
    });
  }

  /**
   * Adds something that looks at the stack, to warn. All look at one writing: it takes the longer the more there is
   * in the stack, and would be done for each of many tasks.
   */
  watch(look: (seen: SeenStack) => void): void {
    this.watching.push(look);
    if (this.watching.length > 1) return;
    this.stack.node.addValidation({
      validate: () => {
        const seen = this.seen();
        this.watching.forEach((one) => one(seen));
        return [];
      },
    });
  }

  /** The stack as it will be written, unchecked. */
  blocks(): StackBlocks {
    this.guarded.forEach((guarded) => guarded.prepare?.());
    return this.write() as StackBlocks;
  }

  /** All that is wrong in the stack as it would be written now, by the construct that it is about. */
  problems(): ReadonlyMap<IConstruct, readonly string[]> {
    return this.check(this.blocks());
  }

  private seen(): SeenStack {
    const blocks = this.blocks();
    const makers = this.stack.node
      .findAll()
      .filter((node) => stackOf(node) === this.stack)
      .flatMap((node) => madeBy(node).addresses.map((address) => [address, node] as const));
    return { blocks, references: referencesByAddress(blocks), makers: new Map(makers) };
  }

  /** One check serves every owner: each takes its own part of it. */
  private tell(owner: IConstruct): readonly string[] {
    if (!this.untold.has(owner)) this.untold = new Map(this.problems());
    const own = this.untold.get(owner) ?? [];
    this.untold.delete(owner);
    return own;
  }

  /** @throws BdrcTaskError with the first of what is wrong, where validations are skipped or something came after them */
  private checked(): unknown {
    const blocks = this.blocks();
    for (const [owner, [problem]] of this.check(blocks)) {
      if (problem !== undefined) throw new BdrcTaskError(owner, problem, []);
    }
    return blocks;
  }

  /** cdktf's HCL loses programs, queries and inputs, and Terraform would refuse it, or take a gate for open. */
  private refuseHcl(): never {
    const [owner = this.stack] = this.owners;
    throw new BdrcTaskError(owner, "A stack with a BDRC task cannot be written as HCL.", [
      ["Reason", "cdktf writes the gate's data sources there without their programs and queries"],
      ["Next", "leave --hcl out: Terraform and OpenTofu read the JSON that is written then"],
    ]);
  }

  private check(blocks: StackBlocks): Map<IConstruct, readonly string[]> {
    const written: WrittenStack = {
      blocks: blocksByAddress(blocks),
      references: referencesByAddress(blocks),
      order: orderByAddress(blocks),
    };
    const found = new Map<IConstruct, string[]>([...this.owners].map((owner) => [owner, []]));
    for (const guarded of this.guarded) found.get(guarded.owner)?.push(...guarded.problems(written));
    return found;
  }
}
