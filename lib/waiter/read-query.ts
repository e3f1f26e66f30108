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
import type { ProblemCode } from "../protocol/problem";
import { START_OPERATIONS, startProblem, type StartRequest } from "../protocol/start";
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

/** What a query waits for, apart from where and how long. */
type What =
  | Omit<WaitQuery, keyof CommonQuery>
  | Omit<ManyQuery, keyof CommonQuery>
  | Omit<StartQuery, keyof CommonQuery>;

function readWhat(values: ReadonlyMap<QueryKey, string>): What {
  const given = (["task_id", "task_ids", "start"] as const).filter((key) => values.has(key));
  const last = given.at(-1);
  if (last !== undefined && given.length > 1) {
    throw wrong(last, values.get(last), {
      problem: `${given[0]} is given, too`,
      expected: "only one of task_id, task_ids and start",
    });
  }
  const start = values.get("start");
  if (start !== undefined) {
    return { start: readStart(start), request: start, receipt: readReceipt(values.get("receipt")) };
  }
  const many = values.get("task_ids");
  if (many === undefined) return { taskId: readTaskId(values) };
  return {
    taskIds: readTaskIds(many),
    looksPerSecond: readLooksPerSecond(values.get("looks_per_second")),
  };
}

function readTaskId(values: ReadonlyMap<QueryKey, string>): string {
  const taskId = values.get("task_id");
  if (taskId === undefined) {
    throw wrong("task_id", undefined, {
      problem: "it is missing",
      expected: "the id of a task, or else task_ids or start",
    });
  }
  const problem = taskIdProblem(taskId);
  if (problem) throw wrong("task_id", taskId, { problem, expected: "an id such as t-0004d9ctt1iiabcdefgh" });
  if (values.has("looks_per_second")) {
    const rule = { problem: "it goes with task_ids only", expected: "not set" };
    throw wrong("looks_per_second", values.get("looks_per_second"), rule);
  }
  return taskId;
}

function readTaskIds(text: string): string[] {
  const expected = `a JSON list of 1 to ${MAX_TASKS} different task ids`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!Array.isArray(value)) throw wrong("task_ids", text, { expected });
  const problem = taskIdsProblem(value, MAX_TASKS);
  if (problem) throw wrong("task_ids", text, { problem, expected });
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
    throw wrong("start", text, { expected: "a JSON object of action, form and triggers" });
  }
  const problem = startProblem(action, form);
  if (problem) {
    const actions = Object.keys(START_OPERATIONS).join(", ");
    throw wrong("start", text, { problem, expected: `one of ${actions}, with its own parameters` });
  }
  return { action, form: form as Record<string, string>, triggers: triggers as Record<string, string> };
}

function readReceipt(value: string | undefined): string {
  if (value !== undefined && /^[\w-]{1,200}$/.test(value)) return value;
  throw wrong("receipt", value, {
    ...(value === undefined ? { problem: "it is missing, and start needs it" } : {}),
    expected: "a name of 1 to 200 letters, digits, '_' and '-'",
  });
}

function readLooksPerSecond(value: string | undefined): number {
  if (value === undefined) return DEFAULT_LOOKS_PER_SECOND;
  const looks = /^\d{1,2}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
  if (looks > 0 && looks <= MAX_LOOKS_PER_SECOND) return looks;
  throw wrong("looks_per_second", value, { expected: `a number over 0 and up to ${MAX_LOOKS_PER_SECOND}` });
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

function readBoolean(values: ReadonlyMap<QueryKey, string>, key: QueryKey, otherwise: boolean): boolean {
  const value = values.get(key);
  if (value === undefined) return otherwise;
  if (value === "true" || value === "false") return value === "true";
  throw wrong(key, value, { expected: "true or false" });
}

function readSeconds(values: ReadonlyMap<QueryKey, string>, key: QueryKey, otherwise: number): number {
  const value = values.get(key);
  if (value === undefined) return otherwise;
  const seconds = /^\d{1,9}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
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

/** What a value breaks: what is wrong with it, unless that is plain to see, and what is allowed. */
interface Rule {
  readonly problem?: string;
  readonly expected: string;
}

function wrong(key: string, value: unknown, { problem, expected }: Rule): QueryError {
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
