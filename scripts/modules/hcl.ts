/*
 * Writes Terraform's JSON syntax as HCL, in the way `terraform fmt` has it. Only so much of the language as the graph of a
 * gate is made of; what it does not know it refuses.
 */

/** An expression that stands as it is, where a text would be taken for a text. */
export class Code {
  constructor(readonly text: string) {}
}

/** Nested blocks of the arguments of a block, by name; everything else is an argument. */
const BLOCKS = ["assert", "lifecycle", "precondition", "postcondition", "provisioner", "validation"];
/** Arguments that hold addresses or names, and no texts. */
const BARE = ["depends_on", "ignore_changes"];

type Body = Readonly<Record<string, unknown>>;

/**
 * One block.
 *
 * @param head its type and labels, such as `resource "terraform_data" "stamp"`
 */
export function blockOf(head: string, body: Body): string {
  return `${head} {\n${indent(bodyOf(body))}\n}\n`;
}

/** A text that Terraform takes for a template, as an expression: the code of it alone, or between quotes. */
export function expressionOf(template: string): string {
  const parts = partsOf(template);
  const [only] = parts;
  if (parts.length === 1 && only?.isCode) return only.text;
  const inner = parts.map(({ isCode, text }) => (isCode ? `\${${text}}` : JSON.stringify(text).slice(1, -1)));
  return `"${inner.join("")}"`;
}

function bodyOf(body: Body): string {
  const entries = Object.entries(body).filter(([name, value]) => name !== "//" && value !== undefined);
  const isBlock = ([name]: [string, unknown]): boolean => BLOCKS.includes(name);
  const attributes = entries
    .filter((entry) => !isBlock(entry))
    .map(([name, value]) => [name, valueOf(value, BARE.includes(name))] as const);
  const blocks = entries.filter(isBlock).flatMap(([name, value]) => nestedBlocks(name, value));
  return [...(attributes.length > 0 ? [aligned(attributes)] : []), ...blocks].join("\n\n");
}

function nestedBlocks(name: string, value: unknown): string[] {
  return [value].flat().flatMap((one) => {
    const body = one as Body;
    if (name !== "provisioner") return [blockOf(name, body).trimEnd()];
    return Object.entries(body).map(([type, inner]) =>
      blockOf(`provisioner "${type}"`, inner as Body).trimEnd(),
    );
  });
}

/** Lines `name = value`; the signs of neighbours that take one line each stand below each other. */
function aligned(entries: readonly (readonly [string, string])[]): string {
  const lines: string[] = [];
  let group: (readonly [string, string])[] = [];
  const flush = (): void => {
    const width = Math.max(0, ...group.map(([name]) => name.length));
    lines.push(...group.map(([name, value]) => `${name.padEnd(width)} = ${value}`));
    group = [];
  };
  for (const entry of entries) {
    if (!entry[1].includes("\n")) {
      group.push(entry);
      continue;
    }
    flush();
    lines.push(`${entry[0]} = ${entry[1]}`);
  }
  flush();
  return lines.join("\n");
}

function valueOf(value: unknown, bare = false): string {
  if (value instanceof Code) return value.text;
  if (typeof value === "string") return bare ? value : expressionOf(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => valueOf(item, bare)).join(", ")}]`;
  if (typeof value !== "object") throw new Error(`No value for HCL: ${typeof value}`);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  if (entries.length === 0) return "{}";
  const named = entries.map(
    ([name, inner]) =>
      [/^[A-Za-z_][\w-]*$/.test(name) ? name : JSON.stringify(name), valueOf(inner)] as const,
  );
  return `{\n${indent(aligned(named))}\n}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

/** The literal parts of a template and its code, in their order. */
function partsOf(template: string): { readonly isCode: boolean; readonly text: string }[] {
  const parts: { isCode: boolean; text: string }[] = [];
  let literal = "";
  let at = 0;
  while (at < template.length) {
    if (template.startsWith("$${", at) || template.startsWith("%%{", at)) {
      literal += template.slice(at, at + 3);
      at += 3;
    } else if (template.startsWith("%{", at)) {
      throw new Error(`No directives are expected: ${template}`);
    } else if (template.startsWith("${", at)) {
      const end = endOfCode(template, at + 2);
      if (literal !== "") parts.push({ isCode: false, text: literal });
      literal = "";
      parts.push({ isCode: true, text: template.slice(at + 2, end).trim() });
      at = end + 1;
    } else {
      literal += template[at];
      at += 1;
    }
  }
  if (literal !== "" || parts.length === 0) parts.push({ isCode: false, text: literal });
  return parts;
}

/** Where the brace stands that ends the code which begins here. */
function endOfCode(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') at = endOfText(text, at + 1);
    else if (sign === "{") depth += 1;
    else if (sign === "}") {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  throw new Error(`A template does not end: ${text}`);
}

function endOfText(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith("$${", at)) at += 2;
    else if (text.startsWith("${", at)) at = endOfCode(text, at + 2);
    else if (text[at] === '"') return at;
  }
  throw new Error(`A text does not end: ${text}`);
}
