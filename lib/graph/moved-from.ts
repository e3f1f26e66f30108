import { TerraformElement, TerraformStack, Token } from "../framework";
import { Construct } from "constructs";
import * as path from "node:path";
import { BdrcTaskError, errorText } from "./errors";
import { StackGuard } from "./stack-guard";
import { TerraformData } from "./terraform-data";

/** The address of a module of `modules/`, within the state's root. */
const MODULE = /^module\.[^\s/]+$/;

/** One part of a gate on its way: from an older address to a newer one. */
interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Hands what stands at other places in the state over to a gate: `moved` blocks for each of its parts, whatever the
 * gate is made of.
 *
 * Not by the framework's `moveFromId`, which knows one earlier place; a state that was not applied since a rename is
 * still at the one before.
 *
 * @param owner the construct of the gate
 * @param places where it stood, the oldest first
 * @throws BdrcTaskError when a place cannot be one, or the owner has places already
 */
export function addMovedFrom(owner: Construct, places: readonly string[]): void {
  if (owner.node.tryFindChild(MOVED)) {
    throw new BdrcTaskError(owner, "movedFrom is called twice.", [
      ["Next", 'name all places in one call, the oldest first: movedFrom("first", "second")'],
    ]);
  }
  if (places.length === 0) {
    throw new BdrcTaskError(owner, "movedFrom is given no place.", [["Expected", EXPECTED]]);
  }
  const parts = owner.node.children.filter((child): child is TerraformData => child instanceof TerraformData);
  const byPlace = places.map((place) => addressesAt(owner, place, parts));
  const now = parts.map(({ terraformResourceType, friendlyUniqueId }) =>
    [terraformResourceType, friendlyUniqueId].join("."),
  );
  const moves = [...byPlace, now].flatMap((addresses, index, all) =>
    addresses.map((to, part): Move => ({ from: all[index - 1]?.[part] ?? to, to })),
  );
  new Moves(
    owner,
    MOVED,
    moves.filter(({ from, to }) => from !== to),
  );
  StackGuard.of(TerraformStack.of(owner)).add({
    owner,
    problems: ({ blocks }) =>
      places.flatMap((place, index) => {
        const taken = [place, ...(byPlace[index] ?? [])].find((address) => blocks.has(address));
        return taken === undefined
          ? []
          : [
              errorText(
                "BAD_CONFIGURATION",
                `movedFrom names ${JSON.stringify(place)}, and something is still there.`,
                [
                  ["Block", taken],
                  ["Next", "give what is there another id, or take this place out of movedFrom"],
                ],
              ),
            ];
      }),
  });
}

const MOVED = "moved";

const EXPECTED =
  'an id in the same scope, a path such as "../inventory" or "/level1/inventory", or the address of a module such as "module.inventory"';

/** Where the parts of a gate stand when it stands at a place. */
function addressesAt(owner: Construct, place: unknown, parts: readonly TerraformData[]): string[] {
  const refusePlace = (why: string): never => {
    throw new BdrcTaskError(owner, `movedFrom cannot name ${JSON.stringify(place)}: ${why}.`, [
      ["Expected", EXPECTED],
    ]);
  };
  if (typeof place !== "string" || place.trim() === "") return refusePlace("it is no place");
  if (Token.isUnresolved(place)) return refusePlace("a moved block takes no value that is known later only");
  if (MODULE.test(place)) return parts.map(({ node }) => `${place}.terraform_data.${node.id}`);

  const stack = TerraformStack.of(owner);
  const idsOf = (construct: Construct): string[] =>
    construct.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id);
  const present = idsOf(owner);
  // As a path of files: what begins with a slash begins at the stack.
  const old = path.posix.join(...(place.startsWith("/") ? [] : present.slice(0, -1)), place);
  const ids = old.split("/").filter((id) => id !== "" && id !== ".");
  if (ids[0] === "..") return refusePlace("it leads out of the stack");
  if (ids.length === 0) return refusePlace("it is the stack itself");
  if (ids.join("/") === present.join("/")) return refusePlace("it is where the construct stands now");
  return parts.map(
    ({ node, terraformResourceType }) => `${terraformResourceType}.${nameAt(stack, [...ids, node.id])}`,
  );
}

/**
 * The name that a stack would give to an element at a place. Asked of the stack with constructs that stand there for
 * that long, since a stack may have a naming of its own.
 */
function nameAt(stack: TerraformStack, ids: readonly string[]): string {
  let scope: Construct = stack;
  let added: { readonly parent: Construct; readonly id: string } | undefined;
  for (const id of ids) {
    const parent = scope;
    const present = parent.node.tryFindChild(id);
    scope = present ?? new Construct(parent, id);
    if (!present) added ??= { parent, id };
  }
  const name = stack.getLogicalId(scope.node);
  if (added) added.parent.node.tryRemoveChild(added.id);
  return name;
}

class Moves extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly moves: readonly Move[],
  ) {
    super(scope, id);
  }

  override toTerraform(): object {
    return { moved: this.moves };
  }
}
