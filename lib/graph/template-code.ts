/**
 * The code of a Terraform template: what stands within `${…}` and `%{…}`, without the literal text around it and
 * without the literals in quotes, but with the templates in those.
 *
 * Only so much of the language as tells code from text: an address within a text is no reference.
 */
export function templateCode(template: string): string {
  const code: string[] = [];
  readTemplate(template, 0, undefined, code);
  return code.join(" ");
}

/** Reads a template up to its closing quote, or to the end, and gives where it ended. */
function readTemplate(text: string, from: number, closing: '"' | undefined, code: string[]): number {
  let at = from;
  while (at < text.length) {
    const two = text.slice(at, at + 2);
    if (closing !== undefined && text[at] === "\\") at += 2;
    else if (text[at] === closing) return at + 1;
    // A doubled sign is the sign itself.
    else if (/^(\$\$|%%)\{/.test(text.slice(at, at + 3))) at += 3;
    else if (two === "${" || two === "%{") at = readCode(text, at + 2, code);
    else at += 1;
  }
  return at;
}

/** Reads code up to the brace that ends it, and gives where it ended. */
function readCode(text: string, from: number, code: string[]): number {
  let at = from;
  let depth = 0;
  let plain = "";
  while (at < text.length) {
    const sign = text[at];
    if (sign === '"') {
      // A literal between two names parts them: a["b"].c is no name a.c.
      plain += '""';
      at = readTemplate(text, at + 1, '"', code);
      continue;
    }
    if (sign === "{") depth += 1;
    if (sign === "}") {
      if (depth === 0) break;
      depth -= 1;
    }
    plain += sign;
    at += 1;
  }
  code.push(plain);
  return at + 1;
}
