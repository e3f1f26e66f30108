import { findProblem, type FindRequest, withinProblem } from "../protocol/find";
import { DEFAULT_LOOKS_PER_SECOND, MAX_LOOKS_PER_SECOND, MAX_TASKS, type QueryKey } from "../protocol/query";
import {
  COUNTLESS_ACTION,
  reuseProblem,
  START_OPERATIONS,
  startProblem,
  type StartRequest,
} from "../protocol/start";
import { taskIdProblem, taskIdsProblem } from "../protocol/task-id";
import { jsonObject } from "./bdrc/json-object";
import type { What } from "./query";
import { wrong } from "./query-error";
import { looksOf, readBoolean, secondsOf } from "./read-value";

/**
 * Reads which task a query is about: one, many, one to start, or one to find.
 *
 * @throws QueryError that names the key, the value and what is allowed
 */
export function readWhat(values: ReadonlyMap<QueryKey, string>): What {
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
  const value = parsed(text);
  if (!Array.isArray(value)) throw wrong("task_ids", text, { expected });
  const problem = taskIdsProblem(value, MAX_TASKS);
  if (problem) throw wrong("task_ids", text, { problem, expected });
  return value as string[];
}

function readStart(text: string): StartRequest {
  const value = parsed(text);
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
  const seconds = secondsOf(value);
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
  const looks = looksOf(value);
  if (looks > 0 && looks <= MAX_LOOKS_PER_SECOND) return looks;
  throw wrong("looks_per_second", value, { expected: `a number over 0 and up to ${MAX_LOOKS_PER_SECOND}` });
}

/** What a JSON text holds; undefined when it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
