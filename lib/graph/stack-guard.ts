import { App, type TerraformStack } from "../framework";
import type { IConstruct } from "constructs";
import { FRAMEWORK } from "../package-name";
import { BdrcTaskError, errorText } from "./errors";
import { refuseStrangers, withOwnFunctions } from "./frameworks";
import { lostNumbersOf } from "./lost-numbers";
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
  /** Whether it is no part of a gate and stands in HCL as it stands in JSON. @default false */
  readonly goesIntoHcl?: boolean;
  /** Does what is left to do before the stack is written; called again and again. */
  prepare?(): void;
  /** A text for each thing that is wrong in the stack as it will be written. */
  problems(written: WrittenStack): string[];
}

const guards = new WeakMap<TerraformStack, StackGuard>();
/** Apps whose numbers are looked at: once for all their stacks, since a value is used in stacks without a task, too. */
const counted = new WeakSet<IConstruct>();

/**
 * The framework's HCL writes the conditions of a gate as arguments, where they have to be blocks, and a text of several lines
 * between quotes: Terraform refuses such a stack, whatever the elements of a gate do themselves.
 */
const NO_HCL = errorText("BAD_CONFIGURATION", "A stack with a BDRC task cannot be written as HCL.", [
  ["Reason", `${FRAMEWORK}'s HCL has no conditions that Terraform accepts, and the gate is made of them`],
  ["Next", "leave --hcl (or hclOutput) out: Terraform and OpenTofu read the JSON that is written then"],
]);

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
    const { root } = stack.node;
    if (!counted.has(root)) {
      counted.add(root);
      const blocksOf = (other: TerraformStack): StackBlocks =>
        guards.get(other)?.blocks() ?? (other.toTerraform() as StackBlocks);
      stack.node.addValidation({ validate: () => lostNumbersOf(root, blocksOf) });
    }
    const writeHcl: () => unknown = stack.toHclTerraform.bind(stack);
    const prepare = stack.prepareStack.bind(stack);
    stack.prepareStack = () => {
      refuseStrangers(stack);
      withOwnFunctions(stack, prepare);
    };
    stack.toTerraform = () => this.checked();
    stack.toHclTerraform = () => {
      const owner = this.ownerOfGate();
      if (owner) throw new BdrcTaskError(owner, NO_HCL, undefined);
      this.checked();
      return writeHcl() as ReturnType<TerraformStack["toHclTerraform"]>;
    };
  }

  /** Adds something that has to hold. */
  add(guarded: Guarded): void {
    this.guarded.push(guarded);
    const { owner } = guarded;
    if (this.owners.has(owner)) return;
    this.owners.add(owner);
    // With the other validations, so that all that is wrong comes at once and with the owner's path.
    owner.node.addValidation({
      validate: () =>
        owner === this.ownerOfGate() && isForHcl(this.stack) ? [NO_HCL] : [...this.tell(owner)],
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
    return withOwnFunctions(this.stack, this.write) as StackBlocks;
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
      if (problem !== undefined) throw new BdrcTaskError(owner, problem, undefined);
    }
    return blocks;
  }

  /** Who waits for a task in this stack; undefined where results of another one are read and nothing else. */
  private ownerOfGate(): IConstruct | undefined {
    return this.guarded.find(({ goesIntoHcl = false }) => !goesIntoHcl)?.owner;
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

/** Whether a synth is under way that writes HCL, by `synth --hcl` or by the app's own option. */
function isForHcl(stack: TerraformStack): boolean {
  const asked = process.env["SYNTH_HCL_OUTPUT"] ?? "";
  const { root } = stack.node;
  return asked === "true" || asked === "1" || (App.isApp(root) && root.hclOutput);
}
