import { isUnseen } from "../printable";

/**
 * A text as units, one character (0–255) each: the bytes of its characters without blanks, plus signs and whatever is
 * not seen, since a gateway may add and exchange those. Each unit knows its place in the source.
 */
export interface Units {
  readonly text: string;
  /** Where the source of each unit begins. */
  readonly from: Uint32Array;
  /** And where it ends. */
  readonly to: Uint32Array;
}

/** A text that is not decoded. */
export function rawUnits(text: string): Units {
  const writer = new Writer(text.length * 3);
  for (let at = 0; at < text.length; at += 1) writer.put(text.charCodeAt(at), at, at + 1);
  return writer.units();
}

/**
 * Takes one encoding off wherever there is one: `%2B`, `&#43;`, `&#x2b;`, `&plus;`, `\/`, `\u002b`, `\x2b`.
 *
 * @param quotes whether escapes of nothing but quotes and backslashes count, too
 * @returns undefined when there was none
 */
export function decodeOnce({ text, from, to }: Units, quotes: boolean): Units | undefined {
  if (!quotes && !BEYOND_QUOTES.test(text)) return undefined;
  const writer = new Writer(text.length);
  let changed = false;
  for (let at = 0; at < text.length;) {
    const first = text.charCodeAt(at);
    const found =
      first === PERCENT || first === BACKSLASH || first === AMPERSAND ? decode(text, at) : undefined;
    if (found) changed = true;
    const length = found?.length ?? 1;
    const isByte = found ? found.isByte === true : true;
    writer.put(found?.code ?? first, from[at] ?? 0, to[at + length - 1] ?? 0, isByte);
    at += length;
  }
  return changed ? writer.units() : undefined;
}

/**
 * Whether there can be an encoding of other signs than quotes and backslashes. JSON within JSON has escapes of quotes
 * alone, and few secrets hold one: to look at each character of every good answer would cost each start four
 * megabytes of compiler.
 */
const BEYOND_QUOTES = /%[0-9a-fA-F]{2}|&[#a-zA-Z]|\\[^"\\]/;

const PERCENT = 0x25;
const AMPERSAND = 0x26;
const PLUS = 0x2b;
const BACKSLASH = 0x5c;

/** A character, and how much of the text it took. */
interface Decoded {
  readonly code: number;
  readonly length: number;
  /** Whether the code is one byte of a character rather than the whole. */
  readonly isByte?: boolean;
}

const ENCODED =
  /%([0-9a-f]{2})|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\([bfnrt"'/\\])|&#0{0,6}(\d{1,5});?|&#x0{0,6}([0-9a-f]{1,4});?|&([a-z]{2,16});/iy;

function decode(text: string, at: number): Decoded | undefined {
  ENCODED.lastIndex = at;
  const match = ENCODED.exec(text);
  if (!match) return undefined;
  const [{ length }, percent, unicode, hex, sign, decimal, hexadecimal, name] = match;
  if (percent !== undefined) return { code: parseInt(percent, 16), length, isByte: true };
  if (sign !== undefined) return { code: (JSON_SIGNS[sign] ?? sign).charCodeAt(0), length };
  if (name !== undefined) {
    const named = NAMED[name] ?? NAMED[name.toLowerCase()];
    return named === undefined ? undefined : { code: named.charCodeAt(0), length };
  }
  const code = decimal !== undefined ? Number(decimal) : parseInt(unicode ?? hex ?? hexadecimal ?? "", 16);
  return { code, length };
}

const JSON_SIGNS: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** HTML's names for the signs of ASCII; letters and digits have none. */
const NAMED: Readonly<Record<string, string>> = Object.fromEntries(
  (
    "Tab \t,NewLine \n,nbsp \u00a0,excl !,quot \",num #,dollar $,percnt %,amp &,apos ',lpar (,rpar ),ast *,midast *," +
    "plus +,period .,sol /,colon :,semi ;,lt <,equals =,gt >,quest ?,commat @,lsqb [,lbrack [,bsol \\,rsqb ],rbrack ]," +
    "hat ^,lowbar _,underbar _,grave `,diacriticalgrave `,lcub {,lbrace {,verbar |,vert |,rcub },rbrace }"
  )
    .split(",")
    .map((pair) => pair.split(/ (?=.$)/s) as [string, string])
    .concat([["comma", ","]]),
);

class Writer {
  private readonly bytes: Uint8Array;
  private readonly from: Uint32Array;
  private readonly to: Uint32Array;
  private length = 0;

  constructor(most: number) {
    this.bytes = new Uint8Array(most);
    this.from = new Uint32Array(most);
    this.to = new Uint32Array(most);
  }

  put(code: number, from: number, to: number, isByte = false): void {
    if (code === PLUS || isBlank(code, isByte)) return;
    if (code < 0x80 || isByte) this.push(code, from, to);
    else if (code < 0x800) {
      this.push(0xc0 | (code >> 6), from, to);
      this.push(0x80 | (code & 0x3f), from, to);
    } else {
      this.push(0xe0 | ((code >> 12) & 0xf), from, to);
      this.push(0x80 | ((code >> 6) & 0x3f), from, to);
      this.push(0x80 | (code & 0x3f), from, to);
    }
  }

  units(): Units {
    const { bytes, from, to, length } = this;
    const text = Buffer.from(bytes.buffer, 0, length).toString("latin1");
    return { text, from: from.subarray(0, length), to: to.subarray(0, length) };
  }

  private push(byte: number, from: number, to: number): void {
    this.bytes[this.length] = byte;
    this.from[this.length] = from;
    this.to[this.length] = to;
    this.length += 1;
  }
}

function isBlank(code: number, isByte: boolean): boolean {
  if (code < 0x80) return code <= 0x20 || code === 0x7f;
  if (isByte) return false;
  let known = blanks.get(code);
  if (known === undefined) blanks.set(code, (known = isUnseen(code)));
  return known;
}

/** Which characters beyond ASCII are blank or not seen, as far as it was asked: a long text asks often. */
const blanks = new Map<number, boolean>();
