/**
 * The two JSON texts between the provider and the program: the query on its stdin, the result on its stdout.
 */

/**
 * Writes the query as the real provider does: keys in the order of their UTF-8 bytes, and the characters that
 * are special in HTML escaped.
 *
 * A plain JSON.stringify would put keys that look like numbers first.
 */
export function encodeQuery(query: Readonly<Record<string, string>>): string {
  const keys = Object.keys(query).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${keys.map((key) => `${text(key)}:${text(query[key] ?? "")}`).join(",")}}`;
}

function text(value: string): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The map of strings that a program printed (null when it printed `null`), or what is wrong with its output. */
export type ResultOrProblem =
  { readonly result: Readonly<Record<string, string>> | null } | { readonly problem: string };

/**
 * Reads a program's output: one JSON object whose values are strings.
 *
 * A null value becomes an empty string, of two equal keys the last one counts, and anything that is not a
 * string is refused, as the real provider does.
 */
export function decodeResult(output: Buffer): ResultOrProblem {
  const json = output.toString("utf8");
  if (json.trim() === "") return { problem: "the program printed nothing" };
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    return { problem: `the output is not JSON: ${(error as Error).message}` };
  }
  if (parsed === null) return { result: null };
  if (typeof parsed !== "object" || Array.isArray(parsed)) {
    return { problem: `the output is ${kindOf(parsed)}, not an object` };
  }
  const entries = Object.entries(parsed).map(([key, value]): [string, unknown] => [key, value ?? ""]);
  const wrong = entries.filter(([, value]) => typeof value !== "string");
  if (wrong.length > 0) {
    const list = wrong.slice(0, 5).map(([key, value]) => `${JSON.stringify(key)} is ${kindOf(value)}`);
    const more = wrong.length > 5 ? ` and ${wrong.length - 5} more` : "";
    return { problem: `${list.join(", ")}${more}, not a string` };
  }
  return { result: Object.fromEntries(entries) as Record<string, string> };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return `a ${typeof value}`;
}
