/** Where a command waited for a task. */
export type Block = "plan" | "apply" | "nowhere";

/** What was seen of one command. */
export interface Row {
  /** The circumstances. */
  readonly what: string;
  readonly command: string;
  readonly block: Block;
  /** How many calls the service saw: a number, or a bound where looks are repeated. */
  readonly calls: string;
  readonly code: number;
  /** Whether the plan, or the plan after the apply, has no changes; undefined when there is none. */
  readonly clean: boolean | undefined;
  /** What stands in state, in short. */
  readonly state: string;
  /** What other stacks get to see: status and total. */
  readonly value: string;
  /** The first line that the user reads. */
  readonly text: string;
  /** Everything that Terraform printed; not for the page. */
  readonly output: string;
}

/** The part of a state file that is read here. */
interface State {
  readonly resources: readonly {
    readonly mode: string;
    readonly name: string;
    readonly instances: readonly { readonly status?: string; readonly deposed?: string }[];
  }[];
}

/** The order of the gate's own parts; what is behind it follows. */
const PARTS = ["stamp", "wait", "snapshot"];

/** What stands in a state, in short: names without stacks and hashes, a count, and what is tainted or deposed. */
export function standing(state: State): string {
  const place = (name: string): number => (PARTS.includes(name) ? PARTS.indexOf(name) : PARTS.length);
  const things = state.resources
    .filter(({ mode, instances }) => mode === "managed" && instances.length > 0)
    .map(({ name, instances }) => ({ name: shortName(name), instances }))
    .sort((a, b) => place(a.name) - place(b.name) || (a.name < b.name ? -1 : 1));
  const texts = things.map(({ name, instances }) => {
    const present = instances.filter(({ deposed }) => deposed === undefined);
    const marks = [
      ...(present.some(({ status }) => status === "tainted") ? ["tainted"] : []),
      ...(present.length < instances.length
        ? [present.length === 0 ? "only the old one" : "and the old one"]
        : []),
    ];
    const count = present.length > 1 ? ` × ${present.length}` : "";
    return `${name}${count}${marks.length > 0 ? ` (${marks.join(", ")})` : ""}`;
  });
  return texts.length === 0 ? "nothing" : texts.join(", ");
}

function shortName(name: string): string {
  return name.replace(/^(inventory|all)_/, "").replace(/_[0-9A-F]{8}$/, "");
}
