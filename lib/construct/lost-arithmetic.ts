import { Annotations } from "../framework";
import type { IConstruct } from "constructs";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";

/*
 * What JavaScript computes with a token is computed before the value is known: `count > 0` is false for ever, and a `+ 1`
 * leaves no trace in the number that cdktf takes for a token. So it is looked for where it is written, in the line that
 * asks for the value. What stands in another line is not seen.
 */

/** Where this package's own code stands; what asks from there is no program of a user. */
const PACKAGE = path.resolve(typeof __dirname === "string" ? __dirname : ".", "..") + path.sep;

/**
 * Warns when the line of the program that asks for a value goes on to compute with it.
 *
 * @param owner the construct that the value is of
 * @param member the name of the property or method that was asked
 */
export function warnOfArithmetic(owner: IConstruct, member: string): void {
  const place = placeOfCaller(new Error().stack ?? "");
  const line = place && lineOf(place.file, place.line);
  const code = line === undefined ? undefined : lostArithmetic(line, place?.column ?? 1, member);
  if (place === undefined || code === undefined) return;
  const text =
    `${path.relative(process.cwd(), place.file)}:${place.line} computes with a value that only the plan knows: ${code}. ` +
    "The answer has nothing to do with the value. Write Op.add(…), Op.gte(…, 1), Fn.conditional(…) or a count of resources.";
  if (owner.node.metadata.some(({ data }) => data === text)) return;
  Annotations.of(owner).addWarning(text);
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where in a user's program a stack begins; undefined when it comes from a package or cannot be told. */
export function placeOfCaller(stack: string): Place | undefined {
  for (const frame of stack.split("\n").slice(1)) {
    const [, where = "", line, column] = /(?:\(|at (?:async )?)([^()]+):(\d+):(\d+)\)?$/.exec(frame) ?? [];
    if (where === "") continue;
    const file = where.startsWith("file:") ? fileURLToPath(where) : where;
    if (file.startsWith(PACKAGE)) continue;
    if (!path.isAbsolute(file) || file.split(path.sep).includes("node_modules")) return undefined;
    return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

const files = new Map<string, readonly string[]>();

function lineOf(file: string, line: number): string | undefined {
  let lines = files.get(file);
  if (lines === undefined) {
    try {
      lines = readFileSync(file, "utf8").split("\n");
    } catch {
      lines = [];
    }
    files.set(file, lines);
  }
  return lines[line - 1];
}

/** The value itself is asked for with names and calls, such as `this.tasks.task("t-1").`. */
const CHAIN = /(?:[\w$]+(?:\([^()]*\))?[!?]?\.)+$/;
/** A sum with a text is a text with the token in it, which cdktf understands. */
const AFTER = /^(?:[<>]=?|[=!]==?|\*\*?|%|-(?!-)|\/(?![/*])|\+(?=\s*[\d.])|&&|\|\||\?(?![.?]))\s*[\w$.]*/;
const BEFORE = /(?:(?<!=|<\w+)[<>]=?|[=!]==?|(?<!\/)\*|%|(?<!-)-|(?<![*/])\/|\b[\d.]+\s*[-+]|&&|\|\||!)\s*$/;
const WITHIN = /(?:\bMath\.\w+\([^()]*|\bArray(?:\.from)?\((?:\{\s*length:\s*)?)$/;
const ASKED = /\b(?:if|while)\s*\(\s*$/;

/**
 * The code of a line that computes with a value, where there is some; undefined when the value is only handed on.
 *
 * @param column of the member's name, from 1
 * @param member the name that has to stand there
 */
export function lostArithmetic(line: string, column: number, member: string): string | undefined {
  const from = column - 1;
  if (!line.startsWith(member, from) || /[\w$]/.test(line[from + member.length] ?? "")) return undefined;
  const end = endOfCall(line, from + member.length);
  const [chain = ""] = CHAIN.exec(line.slice(0, from)) ?? [];
  if (end === undefined || chain === "") return undefined;
  const before = line.slice(0, from - chain.length);
  const rest = line.slice(end);
  const after = rest.trimStart();
  const value = chain + line.slice(from, end);
  const [operator] = AFTER.exec(after) ?? [];
  if (operator !== undefined) return `${value} ${operator.trim()}`;
  const [ahead] = BEFORE.exec(before) ?? WITHIN.exec(before) ?? [];
  if (ahead !== undefined) return `${ahead.trimStart()}${value}`;
  const [asked] = ASKED.exec(before) ?? [];
  return asked !== undefined && after.startsWith(")") ? `${asked}${value})` : undefined;
}

/** Where a call that begins here ends; here when there is none, undefined when it ends in another line. */
function endOfCall(line: string, from: number): number | undefined {
  if (line[from] !== "(") return from;
  let depth = 0;
  let quote: string | undefined;
  for (let at = from; at < line.length; at += 1) {
    const sign = line[at] ?? "";
    if (quote !== undefined) {
      if (sign === "\\") at += 1;
      else if (sign === quote) quote = undefined;
    } else if (/["'`]/.test(sign)) quote = sign;
    else if (sign === "(") depth += 1;
    else if (sign === ")" && (depth -= 1) === 0) return at + 1;
  }
  return undefined;
}
