import { decode, type Decoded } from "./decoded";

/** This much of a secret gives it away, wherever in it it stands. */
const TELLTALE = 12;
/** Values shorter than this are in any text. */
const LEAST = 4;

/**
 * Takes secrets out of a text: every run of 12 or more of their characters, in whatever form it is written, and
 * whatever looks like a signature.
 *
 * Gateways quote what they were sent when a signature does not match, the security token included: as it is, as a URL
 * or a page writes it, folded, or cut at either end.
 *
 * @param secrets values that must not be seen; those under 4 characters are left, since they are in any text
 */
export function redact(text: string, secrets: Iterable<string>): string {
  const values = [...secrets].filter((secret) => secret.length >= LEAST);
  const spans = values.length === 0 || text === "" ? [] : spansOf(decode(text), values);
  return hide(text, spans).replace(/\b[0-9a-f]{64}\b/gi, "(hidden)");
}

/** A part of a text: where it begins, and where it ends. */
type Span = readonly [from: number, to: number];

function spansOf(decoded: Decoded, secrets: readonly string[]): Span[] {
  const { text, starts, ends } = decoded;
  return secrets.flatMap((value) => {
    const secret = decode(value).text;
    const size = Math.min(TELLTALE, secret.length);
    if (size < LEAST) return [];
    const places = new Map<string, number[]>();
    for (let at = 0; at + size <= secret.length; at += 1) {
      const part = secret.slice(at, at + size);
      places.set(part, [...(places.get(part) ?? []), at]);
    }
    const spans: Span[] = [];
    for (let at = 0; at + size <= text.length; at += 1) {
      const length = Math.max(
        0,
        ...(places.get(text.slice(at, at + size)) ?? []).map((place) => run(text, at, secret, place)),
      );
      if (length === 0) continue;
      spans.push([starts[at] ?? 0, ends[at + length - 1] ?? 0]);
      // What follows may go on with a part that begins within this one.
      at += length - size;
    }
    return spans;
  });
}

/** How long two texts are the same from these places on. */
function run(one: string, at: number, other: string, place: number): number {
  let length = 0;
  while (
    at + length < one.length &&
    place + length < other.length &&
    one[at + length] === other[place + length]
  ) {
    length += 1;
  }
  return length;
}

function hide(text: string, spans: readonly Span[]): string {
  let clean = "";
  let from = 0;
  for (const [begin, end] of [...spans].sort(([a], [b]) => a - b)) {
    if (end <= from) continue;
    // Parts that overlap are one.
    clean += begin < from ? "" : `${text.slice(from, begin)}(hidden)`;
    from = end;
  }
  return clean + text.slice(from);
}
