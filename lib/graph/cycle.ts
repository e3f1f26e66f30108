/** What a stack is synthesized to, as far as things in it can depend on each other. */
export interface StackBlocks {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly module?: Readonly<Record<string, unknown>>;
  readonly locals?: Readonly<Record<string, unknown>>;
}

/**
 * The way along which one thing of a stack depends on one of several others: addresses from the first to the last;
 * undefined when there is none.
 *
 * @param from an address, such as `terraform_data.snapshot`
 * @param to addresses, such as `data.external.read` or `module.vault`
 */
export function dependencyPath(
  blocks: StackBlocks,
  from: string,
  to: ReadonlySet<string>,
): readonly string[] | undefined {
  const texts = textsByAddress(blocks);
  const seen = new Set<string>([from]);
  let paths: string[][] = [[from]];
  while (paths.length > 0) {
    const longer: string[][] = [];
    for (const path of paths) {
      for (const next of referencesIn(texts.get(path[path.length - 1] ?? "") ?? "")) {
        if (!texts.has(next) || seen.has(next)) continue;
        if (to.has(next)) return [...path, next];
        seen.add(next);
        longer.push([...path, next]);
      }
    }
    paths = longer;
  }
  return undefined;
}

function textsByAddress(blocks: StackBlocks): Map<string, string> {
  const texts = new Map<string, string>();
  const add = (address: string, block: unknown): void =>
    void texts.set(address, expressionsIn(block).join("\n"));
  for (const [kind, byType] of [
    ["", blocks.resource],
    ["data.", blocks.data],
  ] as const) {
    for (const [type, byName] of Object.entries(byType ?? {})) {
      for (const [name, block] of Object.entries(byName)) add(`${kind}${type}.${name}`, block);
    }
  }
  Object.entries(blocks.module ?? {}).forEach(([name, block]) => add(`module.${name}`, block));
  Object.entries(blocks.locals ?? {}).forEach(([name, block]) => add(`local.${name}`, block));
  return texts;
}

const ADDRESS = /\bdata\.[\w-]+\.[\w-]+|\b[A-Za-z_][\w-]*\.[\w-]+/g;

/** The texts of a block that can refer to something: templates, and addresses as they stand in `depends_on`. */
function expressionsIn(value: unknown): string[] {
  if (typeof value === "string") {
    return value.includes("${") || value.replace(ADDRESS, "") === "" ? [value] : [];
  }
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(expressionsIn) : [];
}

/** Everything in a text that looks like an address; what is none is known to nobody and does no harm. */
function referencesIn(text: string): string[] {
  return [...text.matchAll(ADDRESS)].map(([address]) => address);
}
