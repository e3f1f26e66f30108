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
import { findProblem, type FindRequest, withinProblem } from "../protocol/find";
import {
  COUNTLESS_ACTION,
  reuseProblem,
  START_OPERATIONS,
  startProblem,
  type StartRequest,
} from "../protocol/start";
import { taskIdProblem, taskIdsProblem } from "../protocol/task-id";
import { jsonObject } from "./bdrc/json-object";
import { QueryError, wrong } from "./query-error";

export { QueryError };

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
  /** Empty only with `find`, when it is not known yet. */
  readonly taskId: string;
  /** How the task is found, or was found. */
  readonly find?: FindRequest;
  /** Why it is this task, in one line, when that is known already. */
  readonly choice?: string;
  /** Whether its result may be absent, since no page says what it is. @default - its type decides */
  readonly countless?: true;
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
  /** A task that is under way or ended this many seconds ago at the most is taken instead. */
  readonly reuseSeconds?: number;
  /** Whether the task is started only, and waited for elsewhere. */
  readonly startOnly: boolean;
  /** See {@link WaitQuery.countless}. */
  readonly countless?: true;
}

/** Any checked query. */
export type AnyQuery = WaitQuery | ManyQuery | StartQuery;

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

/** What a query waits for, apart from where and how long. */
type What =
  | Omit<WaitQuery, keyof CommonQuery>
  | Omit<ManyQuery, keyof CommonQuery>
  | Omit<StartQuery, keyof CommonQuery>;

function readWhat(values: ReadonlyMap<QueryKey, string>): What {
  const given = (["find", "task_id", "task_ids", "start"] as const).filter((key) => values.has(key));
  const last = given.at(-1);
  // A task that was found before goes with how it was found.
  if (last !== undefined && given.length > 1 && given.join() !== "find,task_id") {
    throw wrong(last, values.get(last), {
      problem: `${given[0]} is given, too`,
      expected: "only one of task_id, task_ids, start and find",
    });
  }
  const start = values.get("start");
  if (start !== undefined) {
    const request = readStart(start);
    return {
      start: request,
      request: start,
      receipt: readReceipt(values.get("receipt")),
      ...readReuse(request, values.get("reuse_seconds")),
      startOnly: readBoolean(values, "start_only", false),
      ...(request.action === COUNTLESS_ACTION ? { countless: true } : {}),
    };
  }
  for (const key of ["reuse_seconds", "start_only"] as const) {
    const rule = { problem: "it goes with start only", expected: "not set" };
    if (values.has(key)) throw wrong(key, values.get(key), rule);
  }
  const find = values.get("find");
  if (find === undefined && values.has("choice")) {
    throw wrong("choice", values.get("choice"), { problem: "it goes with find only", expected: "not set" });
  }
  if (find !== undefined) {
    const request = readFind(find);
    return {
      find: request,
      ...("policy" in request ? { countless: true } : {}),
      taskId: values.get("task_id") ? readTaskId(values) : "",
      choice: values.get("choice") ?? "",
    };
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
      expected: "the id of a task, or else task_ids, start or find",
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

function readReuse({ action }: StartRequest, value: string | undefined): { reuseSeconds?: number } {
  if (value === undefined) return {};
  const seconds = /^\d{1,9}(\.\d{1,3})?$/.test(value) ? Number(value) : NaN;
  const problem = reuseProblem(action) ?? withinProblem(seconds);
  if (problem === undefined) return { reuseSeconds: seconds };
  throw wrong("reuse_seconds", value, {
    problem,
    expected: "seconds, with UpdateResources or CheckRules",
  });
}

function readFind(text: string): FindRequest {
  const fields = jsonObject(text);
  const problem = fields ? findProblem(Object.fromEntries(fields)) : "it is no JSON object";
  if (problem === undefined) return Object.fromEntries(fields ?? []) as unknown as FindRequest;
  throw wrong("find", text, { problem, expected: "a JSON object of action, form and within, or of policy" });
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
