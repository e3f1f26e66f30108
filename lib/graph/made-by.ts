import { TerraformElement, TerraformStack } from "../framework";
import type { IConstruct } from "constructs";
import type { StackBlocks } from "./stack-blocks";

/** Kinds of blocks that are made or read by Terraform, and so can wait. */
const MADE = ["resource", "data", "module"];
/** Kinds of blocks that make nothing by themselves. */
const PASSIVE = [
  "provider",
  "variable",
  "output",
  "locals",
  "terraform",
  "moved",
  "import",
  "removed",
  "check",
];

/** What one element of a stack makes. */
export interface MadeBlocks {
  /** Addresses of its resources, data sources and modules. */
  readonly addresses: readonly string[];
  /** Addresses of the blocks that a move hands over to what it has made. */
  readonly movedTo: readonly string[];
  /** Kinds of blocks of which nobody here knows whether they can wait. */
  readonly strange: readonly string[];
}

const NOTHING: MadeBlocks = { addresses: [], movedTo: [], strange: [] };

/**
 * What a construct itself makes, told by what it writes and not by its class: a construct of another copy of the
 * framework is of no class that is known here.
 */
export function madeBy(node: IConstruct): MadeBlocks {
  if (!TerraformElement.isTerraformElement(node)) return NOTHING;
  const blocks = (node.toTerraform() ?? {}) as StackBlocks & Record<string, unknown>;
  const kinds = Object.keys(blocks).filter((kind) => blocks[kind] !== undefined);
  const named = (kind: string, byName: object | undefined): string[] =>
    Object.keys(byName ?? {}).map((name) => `${kind}.${name}`);
  return {
    addresses: [
      ...Object.entries(blocks.resource ?? {}).flatMap(([type, byName]) => named(type, byName)),
      ...Object.entries(blocks.data ?? {})
        // What other stacks have put out is read as it is; reading it makes nothing.
        .filter(([type]) => type !== "terraform_remote_state")
        .flatMap(([type, byName]) => named(`data.${type}`, byName)),
      ...named("module", blocks.module),
    ],
    movedTo: (blocks.moved ?? []).map(({ to }) => blockOf(to)),
    strange: kinds.filter((kind) => ![...MADE, ...PASSIVE].includes(kind)),
  };
}

/** The block of an instance: `a.b` of `a.b["key"]` and of `a.b[0]`, `module.m` of whatever is within. */
function blockOf(instance: string): string {
  return /^[^.[]+\.[^.[]+/.exec(instance)?.[0] ?? instance;
}

/** Whether a construct is a module, of whichever copy of the framework. */
export function isModule(node: IConstruct): boolean {
  return TerraformElement.isTerraformElement(node) && "interpolationForOutput" in node;
}

/** The stack that a construct is part of; undefined for the app and what stands beside the stacks. */
export function stackOf(node: IConstruct): IConstruct | undefined {
  return [...node.node.scopes].reverse().find((scope) => TerraformStack.isStack(scope));
}
