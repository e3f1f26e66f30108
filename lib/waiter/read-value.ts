import type { QueryKey } from "../protocol/query";
import { wrong } from "./query-error";

/** A length of time in seconds; NaN when the text is no plain decimal of at most milliseconds. */
export function secondsOf(text: string): number {
  return /^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
}

/** A limit in looks a second; NaN when the text is no plain decimal with two digits before the point at most. */
export function looksOf(text: string): number {
  return /^\d{1,2}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
}

/** @throws QueryError when the value is neither true nor false */
export function readBoolean(
  values: ReadonlyMap<QueryKey, string>,
  key: QueryKey,
  otherwise: boolean,
): boolean {
  const value = values.get(key);
  if (value === undefined) return otherwise;
  if (value === "true" || value === "false") return value === "true";
  throw wrong(key, value, { expected: "true or false" });
}
