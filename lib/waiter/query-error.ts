import type { ProblemCode } from "../protocol/problem";
import { printable } from "./printable";

/** The query is wrong; the message is the whole text for a person. Nothing was asked of the API. */
export class QueryError extends Error {
  override readonly name = "QueryError";

  /**
   * @param what the first sentence
   * @param facts what was given, what is wrong with it, and what is allowed
   */
  constructor(what: string, facts: readonly (readonly [key: string, value: string])[]) {
    const lines = [["Code", CODE] as const, ...facts].map(
      ([key, value]) => `  ${`${key}:`.padEnd(10)}${value}`,
    );
    super([what, "", ...lines].join("\n"));
  }
}

/** The code of every wrong query. */
const CODE: ProblemCode = "BAD_INPUT";

/** What a value breaks: what is wrong with it, unless that is plain to see, and what is allowed. */
interface Rule {
  readonly problem?: string;
  readonly expected: string;
}

/** The error for a value of a key; undefined is one that is missing, or must not be shown. */
export function wrong(key: string, value: unknown, { problem, expected }: Rule): QueryError {
  return new QueryError(`The waiter's query is wrong in ${printable(key).slice(0, 60)}.`, [
    ...(value === undefined ? [] : ([["Value", shown(value)]] as const)),
    ...(problem === undefined ? [] : ([["Problem", short(problem, 300)]] as const)),
    ["Expected", expected],
  ]);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  // What stands before an "@" can be a password.
  const text = JSON.stringify(typeof value === "string" ? value.replace(/^.*@/s, "(hidden)@") : value);
  return short(text, 120);
}

function short(text: string, most: number): string {
  return printable(text.length > most ? `${text.slice(0, most - 3)}...` : text);
}
