import { decodeOnce, rawUnits, type Units } from "./encodings";

/** As many characters of a secret in a row give it away. */
export const TELLTALE = 12;
/** Secrets under this length are left: they are in any text. */
const SHORTEST = 4;
/** Fewer units than this are in any text, too; blanks and "+" are none. */
const SHORTEST_RUN = 6;
/** How often one encoding may stand in another one, as a URL in JSON in HTML. */
const DEPTH = 4;

/**
 * The secrets of a process, and the way to take them out of a text.
 *
 * Gateways quote what they were sent when a signature does not match, the security token included: encoded for a URL,
 * for HTML or for JSON, with blanks and line breaks folded in, cut at any place. So a text is decoded step by step,
 * each unit knows where it came from, and at each step every run of {@link TELLTALE} characters of a secret is hidden
 * at its source.
 */
export class Secrets {
  private readonly known = new Set<string>();
  /** Runs to look for, by their length. */
  private readonly runs = new Map<number, Set<string>>();
  /** Whether a run may begin with four units of this hash: most places of a text need no closer look. */
  private readonly begins = new Uint8Array(1 << 16);
  /** Whether a secret holds a quote or a backslash, so that an escape of one can stand in it. */
  private quotes = false;

  /** Learns a secret; one that is known, or too short to be one, changes nothing. */
  add(secret: string): this {
    if (secret.length < SHORTEST || this.known.has(secret)) return this;
    this.known.add(secret);
    this.quotes ||= /["\\]/.test(secret);
    for (const run of runsOf(secret, Math.min(TELLTALE, secret.length))) this.learn(run);
    if (secret.length >= TELLTALE)
      for (const form of base64Of(secret)) for (const run of runsOf(form, TELLTALE + 3)) this.learn(run);
    return this;
  }

  /** A text without the secrets, in whatever encoding; any other text as it is. */
  hide(text: string): string {
    if (this.known.size === 0) return text;
    const spans: Span[] = [];
    for (const units of levelsOf(text, this.quotes)) this.find(units, spans);
    if (spans.length === 0) return text;
    spans.sort((a, b) => a.from - b.from);
    let clean = "";
    let end = 0;
    for (const { from, to } of spans) {
      // Runs that overlap or touch are parts of one secret.
      if (from > end || end === 0) clean += `${text.slice(end, from)}(hidden)`;
      end = Math.max(end, to);
    }
    return clean + text.slice(end);
  }

  /** The same for a text about a call: whatever looks like a signature is hidden, too. */
  redact(text: string): string {
    return this.hide(text).replace(/\b[0-9a-f]{64}\b/gi, "(hidden)");
  }

  private learn(run: string): void {
    const runs = this.runs.get(run.length) ?? new Set();
    this.runs.set(run.length, runs.add(run));
    this.begins[beginOf(run, 0)] = 1;
  }

  private find({ text, from, to }: Units, spans: Span[]): void {
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      if (this.begins[beginOf(text, at)] === 0) continue;
      for (const [length, runs] of this.runs) {
        if (!runs.has(text.slice(at, at + length))) continue;
        const last = spans.at(-1);
        const span = { from: from[at] ?? 0, to: to[at + length - 1] ?? 0 };
        if (last && span.from >= last.from && span.from <= last.to) last.to = Math.max(last.to, span.to);
        else spans.push(span);
      }
    }
  }
}

interface Span {
  readonly from: number;
  to: number;
}

/** What of a text is the same in all its encodings, decoded once more in each step; the first step decodes nothing. */
function levelsOf(text: string, quotes: boolean): Units[] {
  const levels = [rawUnits(text)];
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const next = decodeOnce(levels[depth] as Units, quotes);
    if (!next) break;
    levels.push(next);
  }
  return levels;
}

/**
 * The units of every run of so many characters of a secret. A secret can hold what looks like an encoding, and is
 * decoded then with the text around it, so each step of it counts.
 */
function* runsOf(secret: string, length: number): Generator<string> {
  for (const { text, from, to } of levelsOf(secret, true)) {
    let begin = 0;
    for (let start = 0; start + length <= secret.length; start += 1) {
      while (begin < text.length && (from[begin] ?? 0) < start) begin += 1;
      let end = begin;
      while (end < text.length && ((to[end] ?? 0) <= start + length || end - begin < SHORTEST_RUN)) end += 1;
      if (end - begin >= (length < TELLTALE ? SHORTEST : SHORTEST_RUN)) yield text.slice(begin, end);
    }
  }
}

/** A secret as Base64 writes it with one of three beginnings; only what does not depend on what stands around it. */
function base64Of(secret: string): string[] {
  return [0, 1, 2].map((before) =>
    Buffer.from(" ".repeat(before) + secret)
      .toString("base64")
      .replace(/=+$/, "")
      .slice(before === 0 ? 0 : before + 1, -1),
  );
}

function beginOf(text: string, at: number): number {
  const four =
    text.charCodeAt(at) |
    (text.charCodeAt(at + 1) << 8) |
    (text.charCodeAt(at + 2) << 16) |
    (text.charCodeAt(at + 3) << 24);
  return Math.imul(four, 0x9e3779b1) >>> 16;
}
