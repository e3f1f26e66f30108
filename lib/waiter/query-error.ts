import { printable } from "./printable";

/** The query is wrong; the message is the whole text for a person. Nothing was asked of the API. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

/** What a value breaks: what is wrong with it, unless that is plain to see, and what is allowed. */
interface Rule {
  readonly problem?: string;
  readonly expected: string;
}

/** The error for a value of a key; undefined is one that is missing, or must not be shown. */
export function wrong(key: string, value: unknown, { problem, expected }: Rule): QueryError {
  return new QueryError(
    `The waiter's query is wrong in ${printable(key).slice(0, 60)}.\n\n` +
      (value === undefined ? "" : `  Value:    ${shown(value)}\n`) +
      (problem === undefined ? "" : `  Problem:  ${short(problem, 300)}\n`) +
      `  Expected: ${expected}`,
  );
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
