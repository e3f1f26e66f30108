/** A text as it reads once everything that is written in another form is read, with the way back to its places. */
export interface Decoded {
  readonly text: string;
  /** For each character of `text` where it begins in the original, and where it ends. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** A character in another form: URL, HTML by number and by name, JSON and other escapes. */
const FORM =
  /%([0-9a-f]{2})|&#(\d{1,7});?|&#x([0-9a-f]{1,6});?|&(amp|plus|sol|equals|quot|apos|lt|gt|nbsp|num|percnt|colon|period|hyphen|lowbar|commat);|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\([nrt])/gi;

const NAMES: Readonly<Record<string, string>> = {
  amp: "&",
  plus: "+",
  sol: "/",
  equals: "=",
  quot: '"',
  apos: "'",
  lt: "<",
  gt: ">",
  nbsp: " ",
  num: "#",
  percnt: "%",
  colon: ":",
  period: ".",
  hyphen: "-",
  lowbar: "_",
  commat: "@",
};

/** How often a text may have been written in another form on top of another. */
const MOST_LAYERS = 6;

/**
 * Reads a text whatever it went through on its way: several forms, also one on top of another. Line breaks with the
 * blanks around them and backslashes fall away, and a blank is a `+`, as which a URL may have been read.
 */
export function decode(original: string): Decoded {
  let now: Decoded = {
    text: original,
    starts: Array.from({ length: original.length }, (_, index) => index),
    ends: Array.from({ length: original.length }, (_, index) => index + 1),
  };
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const next = replaced(now, FORM, (found) => meaning(found));
    if (next === undefined) break;
    now = next;
  }
  now = replaced(now, /\s*[\r\n]\s*|\\/g, () => "") ?? now;
  return replaced(now, / /g, () => "+") ?? now;
}

function meaning([whole = "", ...groups]: RegExpExecArray): string {
  const [percent, decimal, hex, name, json, x, letter] = groups;
  if (name !== undefined) return NAMES[name.toLowerCase()] ?? whole;
  if (letter !== undefined) return "\n";
  const code = decimal !== undefined ? Number(decimal) : parseInt(percent ?? hex ?? json ?? x ?? "", 16);
  return code > 0 && code < 0x1_0000 ? String.fromCharCode(code) : "";
}

/** With every match of a pattern replaced by one character or none; undefined when there is none. */
function replaced(
  { text, starts, ends }: Decoded,
  pattern: RegExp,
  by: (found: RegExpExecArray) => string,
): Decoded | undefined {
  const parts: string[] = [];
  const [newStarts, newEnds]: [number[], number[]] = [[], []];
  let from = 0;
  const keep = (to: number): void => {
    parts.push(text.slice(from, to));
    for (let at = from; at < to; at += 1) {
      newStarts.push(starts[at] ?? 0);
      newEnds.push(ends[at] ?? 0);
    }
  };
  for (const found of text.matchAll(pattern)) {
    keep(found.index);
    from = found.index + found[0].length;
    const sign = by(found);
    parts.push(sign);
    if (sign !== "") {
      newStarts.push(starts[found.index] ?? 0);
      newEnds.push(ends[from - 1] ?? 0);
    }
  }
  if (from === 0) return undefined;
  keep(text.length);
  return { text: parts.join(""), starts: newStarts, ends: newEnds };
}
