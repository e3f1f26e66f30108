import type { QueryKey } from "../protocol/query";
import { wrong } from "./query-error";

/** The number that a value of a query is, in plain decimals of at most milliseconds; NaN when it is none. */
export function numberOf(value: string): number {
  return /^\d{1,9}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
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
