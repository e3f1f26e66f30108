import { endpointOfRegion, parseEndpoint, regionProblem, type Endpoint } from "../protocol/endpoint";
import {
  DEFAULT_MAX_OUTAGE_SECONDS,
  DEFAULT_TIMEOUT_SECONDS,
  MAX_TIMEOUT_SECONDS,
  QUERY_KEYS,
  type QueryKey,
} from "../protocol/query";
import type { AnyQuery } from "./query";
import { QueryError, wrong } from "./query-error";
import { secondsOf, readBoolean } from "./read-value";
import { readWhat } from "./read-what";

/** What a query is, said of every one that is none. */
const EXPECTED = ["Expected", "one JSON object of strings on stdin"] as const;

/**
 * Reads and checks the query.
 *
 * @param text what stands on stdin: one JSON object of strings
 * @throws QueryError that names the key, the value and what is allowed
 */
export function readQuery(text: string): AnyQuery {
  const entries = parseObject(text);
  const values = new Map<QueryKey, string>();
  for (const [key, value] of entries) {
    if (!isQueryKey(key)) {
      // The value is not shown: whoever puts a secret here by mistake must not find it in a log.
      throw wrong(key, undefined, {
        problem: "this key is not known",
        expected: `one of ${QUERY_KEYS.join(", ")}`,
      });
    }
    // As hashicorp/external has it, which drops them: a module's variable that is not set.
    if (value === null) continue;
    if (typeof value !== "string") throw wrong(key, value, { expected: "every value is a string" });
    values.set(key, value);
  }

  // What to wait for comes first, so that an empty query is told of the task it lacks.
  const what = readWhat(values);
  return {
    ...what,
    endpoint: readPlace(values.get("region_id"), values.get("endpoint")),
    wait: readBoolean(values, "wait", true),
    timeoutSeconds: readSeconds(values, "timeout_seconds", DEFAULT_TIMEOUT_SECONDS),
    maxOutageSeconds: readSeconds(values, "max_outage_seconds", DEFAULT_MAX_OUTAGE_SECONDS),
    remembered: readBoolean(values, "remembered", false),
    profile: readProfile(values.get("profile")),
  };
}

function parseObject(text: string): [string, unknown][] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw text.trim() === ""
      ? new QueryError("The waiter got no query.", [
          EXPECTED,
          ["Example", '{"task_id":"t-0004d9ctt1iiabcdefgh","region_id":"cn-shanghai"}'],
        ])
      : new QueryError("The waiter's query is not JSON.", [EXPECTED]);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const what = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
    throw new QueryError(`The waiter's query is ${what}.`, [EXPECTED]);
  }
  return Object.entries(value);
}

function readPlace(regionId: string | undefined, endpoint: string | undefined): Endpoint {
  const either = "either region_id or endpoint";
  if (regionId !== undefined && endpoint !== undefined) {
    throw wrong("endpoint", endpoint, { problem: "region_id is given, too", expected: either });
  }
  if (endpoint !== undefined) {
    const read = parseEndpoint(endpoint);
    if ("endpoint" in read) return read.endpoint;
    throw wrong("endpoint", endpoint, {
      problem: read.problem,
      expected: "host[:port] or https://host[:port]",
    });
  }
  if (regionId === undefined) {
    throw wrong("region_id", undefined, { problem: "it is missing, and so is endpoint", expected: either });
  }
  if (regionProblem(regionId)) {
    throw wrong("region_id", regionId, { expected: "lower-case words joined by '-', such as cn-shanghai" });
  }
  return endpointOfRegion(regionId);
}

function readSeconds(values: ReadonlyMap<QueryKey, string>, key: QueryKey, otherwise: number): number {
  const value = values.get(key);
  if (value === undefined) return otherwise;
  const seconds = secondsOf(value);
  if (seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS) return seconds;
  throw wrong(key, value, { expected: `a number of seconds over 0 and up to ${MAX_TIMEOUT_SECONDS}` });
}

function readProfile(value: string | undefined): string | undefined {
  if (value === undefined || /^[^\s\p{Cc}]([^\p{Cc}]{0,126}[^\s\p{Cc}])?$/u.test(value)) return value;
  throw wrong("profile", value, {
    expected: "a profile name of 1 to 128 characters, without control characters and spaces at its ends",
  });
}

function isQueryKey(key: string): key is QueryKey {
  return (QUERY_KEYS as readonly string[]).includes(key);
}
