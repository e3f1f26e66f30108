import { endpointOfRegion, parseEndpoint, regionProblem, type Endpoint } from "../protocol/endpoint";
import {
  DEFAULT_LOOKS_PER_SECOND,
  DEFAULT_MAX_OUTAGE_SECONDS,
  DEFAULT_TIMEOUT_SECONDS,
  MAX_LOOKS_PER_SECOND,
  MAX_TASKS,
  MAX_TIMEOUT_SECONDS,
  QUERY_KEYS,
  type QueryKey,
} from "../protocol/query";
import { startProblem, type StartRequest } from "../protocol/start";
import { taskIdProblem, taskIdsProblem } from "../protocol/task-id";
import { printable } from "./printable";

/** What every query says: where to look, and for how long. */
export interface CommonQuery {
  readonly endpoint: Endpoint;
  readonly wait: boolean;
  readonly timeoutSeconds: number;
  readonly maxOutageSeconds: number;
  readonly remembered: boolean;
  readonly profile: string | undefined;
}

/** A checked query for one task. */
export interface WaitQuery extends CommonQuery {
  readonly taskId: string;
}

/** A checked query for many tasks. */
export interface ManyQuery extends CommonQuery {
  /** At most 200, each once. */
  readonly taskIds: readonly string[];
  /** What all waits together may ask of the API. */
  readonly looksPerSecond: number;
}

/** A checked query for a task that is started at apply. */
export interface StartQuery extends CommonQuery {
  readonly start: StartRequest;
  /** The text of `start`, by which a receipt is recognized. */
  readonly request: string;
  /** The name of the receipt: letters, digits, `_` and `-`. */
  readonly receipt: string;
}

/** Any checked query. */
export type AnyQuery = WaitQuery | ManyQuery | StartQuery;

/** The query is wrong; the message is the whole text for a person. Nothing was asked of the API. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

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
      throw wrong(key, undefined, `this key is not known; the keys are ${QUERY_KEYS.join(", ")}`);
    }
    if (typeof value !== "string") throw wrong(key, value, "every value is a string");
    values.set(key, value);
  }

  const common: CommonQuery = {
    endpoint: readPlace(values.get("region_id"), values.get("endpoint")),
    wait: readBoolean(values, "wait", true),
    timeoutSeconds: readSeconds(values, "timeout_seconds", DEFAULT_TIMEOUT_SECONDS),
    maxOutageSeconds: readSeconds(values, "max_outage_seconds", DEFAULT_MAX_OUTAGE_SECONDS),
    remembered: readBoolean(values, "remembered", false),
    profile: readProfile(values.get("profile")),
  };
  const start = values.get("start");
  if (start !== undefined) {
    if (values.has("task_id") || values.has("task_ids")) {
      throw wrong("start", start, "give task_id, task_ids or start, only one of them");
    }
    return {
      ...common,
      start: readStart(start),
      request: start,
      receipt: readReceipt(values.get("receipt")),
    };
  }
  const many = values.get("task_ids");
  if (many === undefined) return { ...common, taskId: readTaskId(values) };
  if (values.has("task_id")) throw wrong("task_ids", many, "give task_id or task_ids, not both");
  return {
    ...common,
    taskIds: readTaskIds(many),
    looksPerSecond: readLooksPerSecond(values.get("looks_per_second")),
  };
}

function readTaskId(values: ReadonlyMap<QueryKey, string>): string {
  const taskId = values.get("task_id");
  if (taskId === undefined) throw wrong("task_id", undefined, "the id of the task is required");
  const problem = taskIdProblem(taskId);
  if (problem) throw wrong("task_id", taskId, `${problem}; an id looks like t-0004d9ctt1iiabcdefgh`);
  if (values.has("looks_per_second")) {
    throw wrong("looks_per_second", values.get("looks_per_second"), "it goes with task_ids only");
  }
  return taskId;
}

function readTaskIds(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!Array.isArray(value)) throw wrong("task_ids", text, "a JSON list of task ids is expected");
  const problem = taskIdsProblem(value, MAX_TASKS);
  if (problem) throw wrong("task_ids", text, problem);
  return value as string[];
}

function readStart(text: string): StartRequest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { action, form, triggers } = (value ?? {}) as {
    action?: unknown;
    form?: unknown;
    triggers?: unknown;
  };
  const isObject = (part: unknown): part is Record<string, unknown> =>
    typeof part === "object" && part !== null && !Array.isArray(part);
  if (typeof action !== "string" || !isObject(form) || !isObject(triggers)) {
    throw wrong("start", text, "a JSON object of action, form and triggers is expected");
  }
  const problem = startProblem(action, form);
  if (problem) throw wrong("start", text, problem);
  return { action, form: form as Record<string, string>, triggers: triggers as Record<string, string> };
}

function readReceipt(value: string | undefined): string {
  if (value !== undefined && /^[\w-]{1,200}$/.test(value)) return value;
  throw wrong("receipt", value, "a name of letters, digits, '_' and '-' is required with start");
}

function readLooksPerSecond(value: string | undefined): number {
  if (value === undefined) return DEFAULT_LOOKS_PER_SECOND;
  const looks = /^\d{1,2}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
  if (looks > 0 && looks <= MAX_LOOKS_PER_SECOND) return looks;
  throw wrong("looks_per_second", value, `a number over 0 and up to ${MAX_LOOKS_PER_SECOND} is allowed`);
}

function parseObject(text: string): [string, unknown][] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new QueryError(
      text.trim() === ""
        ? "The waiter got no query.\n\n  Expected: one JSON object of strings on stdin\n" +
            '  Example:  {"task_id":"t-0004d9ctt1iiabcdefgh","region_id":"cn-shanghai"}'
        : "The waiter's query is not JSON.\n\n  Expected: one JSON object of strings on stdin",
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const what = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
    throw new QueryError(`The waiter's query is ${what}.\n\n  Expected: one JSON object of strings on stdin`);
  }
  return Object.entries(value);
}

function readPlace(regionId: string | undefined, endpoint: string | undefined): Endpoint {
  if (regionId !== undefined && endpoint !== undefined) {
    throw wrong("endpoint", endpoint, "give region_id or endpoint, not both");
  }
  if (endpoint !== undefined) {
    const read = parseEndpoint(endpoint);
    if ("problem" in read)
      throw wrong("endpoint", endpoint, `${read.problem}; expected host[:port] or https://host[:port]`);
    return read.endpoint;
  }
  if (regionId === undefined) throw wrong("region_id", undefined, "region_id or endpoint is required");
  const problem = regionProblem(regionId);
  if (problem) throw wrong("region_id", regionId, problem);
  return endpointOfRegion(regionId);
}

function readBoolean(values: ReadonlyMap<QueryKey, string>, key: QueryKey, otherwise: boolean): boolean {
  const value = values.get(key);
  if (value === undefined) return otherwise;
  if (value === "true" || value === "false") return value === "true";
  throw wrong(key, value, "true or false is allowed");
}

function readSeconds(values: ReadonlyMap<QueryKey, string>, key: QueryKey, otherwise: number): number {
  const value = values.get(key);
  if (value === undefined) return otherwise;
  const seconds = /^\d{1,9}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
  if (seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS) return seconds;
  throw wrong(key, value, `a number of seconds over 0 and up to ${MAX_TIMEOUT_SECONDS} is allowed`);
}

function readProfile(value: string | undefined): string | undefined {
  if (value === undefined || /^[^\s\p{Cc}]([^\p{Cc}]{0,126}[^\s\p{Cc}])?$/u.test(value)) return value;
  throw wrong("profile", value, "a profile name of 1 to 128 characters is allowed");
}

function isQueryKey(key: string): key is QueryKey {
  return (QUERY_KEYS as readonly string[]).includes(key);
}

function wrong(key: string, value: unknown, rule: string): QueryError {
  return new QueryError(
    `The waiter's query is wrong in ${printable(key).slice(0, 60)}.\n\n` +
      (value === undefined ? "" : `  Value:    ${shown(value)}\n`) +
      `  Expected: ${rule}`,
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  // What stands before an "@" can be a password.
  const text = JSON.stringify(typeof value === "string" ? value.replace(/^.*@/s, "(hidden)@") : value);
  return printable(text.length > 120 ? `${text.slice(0, 117)}...` : text);
}
