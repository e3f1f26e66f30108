import { isDenied, NO_CREDENTIALS } from "../advice";
import {
  classifyAnswer,
  classifyNetworkError,
  isUnsureRefusal,
  OTHER_TASK,
  retryAfterOf,
  type Fault,
  type FaultClass,
} from "../failure";
import { printable } from "../printable";
import type { LookAnswer } from "../wait";
import { describeTask, type ApiClient } from "./client";
import { CredentialsError } from "./credentials";
import { jsonObject } from "./json-object";
import { isSuccessWord } from "./success-word";
import { readTask, taskAge, type BdrcTaskRecord } from "./task";
import { TransportError, type HttpAnswer } from "./transport";

/**
 * Makes the function that looks at one task: it turns whatever happens on the way into a task or a fault.
 *
 * @param date milliseconds since 1970, to read the server's dates against
 */
export function lookAt(
  client: ApiClient,
  taskId: string,
  date: () => number,
): (limit: number) => Promise<LookAnswer<BdrcTaskRecord>> {
  let answered = false;
  return async (limit) => {
    let answer: LookAnswer<BdrcTaskRecord>;
    try {
      answer = readAnswer(await client.call(describeTask(taskId), limit), date(), taskId);
      answered = true;
    } catch (error) {
      answer = { fault: faultOfError(error, answered) };
    }
    return answer.fault ? { fault: tellable(answer.fault, (text) => client.redact(text)) } : answer;
  };
}

/**
 * A fault as it may be told: every text of it comes from a server or from the way to it, and may quote what was sent.
 *
 * Secrets are hidden before a text is cut: a part of one would not be recognized.
 */
export function tellable(fault: Fault, redact: (text: string) => string): Fault {
  // What cannot be seen goes first: it may stand in the middle of a secret.
  const clean = (text: string): string => cap(redact(printable(text)));
  return {
    ...fault,
    message: clean(fault.message),
    ...(fault.code ? { code: clean(fault.code) } : {}),
    ...(fault.serverMessage ? { serverMessage: clean(fault.serverMessage) } : {}),
    ...(fault.advice ? { advice: clean(fault.advice) } : {}),
    ...(fault.requestId ? { requestId: clean(fault.requestId) } : {}),
    ...(fault.facts ? { facts: fault.facts.map(([key, value]) => [key, clean(value)] as const) } : {}),
  };
}

/**
 * The fault that an error on the way is.
 *
 * @param answered whether an earlier call of this wait was answered: credentials that worked before are expected back
 * @throws the error itself when it is none of the ways a call can fail, since then it is a defect of our own
 */
export function faultOfError(error: unknown, answered: boolean): Fault {
  if (error instanceof TransportError) {
    return { class: classifyNetworkError(error.code), message: error.message, code: error.code };
  }
  if (error instanceof CredentialsError) {
    return {
      class: answered ? "transient" : "refused",
      message: error.message,
      code: NO_CREDENTIALS,
      advice: error.advice,
      facts: error.tried.map((line) => ["Tried", line] as const),
    };
  }
  throw error;
}

/**
 * Reads an answer to DescribeTask: a task, or a fault with everything that helps to act on it.
 *
 * @param now milliseconds since 1970, to read the server's dates against
 * @param taskId the task that was asked for; an answer about another one is a fault, since it would open the gate
 * for the wrong task
 * @param asked the action of the operation that was called
 */
export function readAnswer(
  answer: HttpAnswer,
  now: number,
  taskId: string,
  asked = "DescribeTask",
): LookAnswer<BdrcTaskRecord> {
  const { status, headers } = answer;
  const document = jsonObject(answer.body) ?? xmlError(answer.body);
  const ok = status >= 200 && status < 300;
  const task = ok && document ? readTask(document.get("Data")) : undefined;
  if (task && isAbout(task, taskId)) return { task, ...ageOf(task, headers["date"]) };

  const field = (...names: string[]): string | undefined => {
    const value = names.map((name) => document?.get(name)).find((found) => typeof found === "string");
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  const word = field("Code", "code");
  const code = ok && isSuccessWord(word) ? undefined : word;
  const requestId = field("RequestId", "requestId", "requestid") ?? headers["x-acs-request-id"];
  const retryAfter = retryAfterOf(headers, now);
  const serverMessage = field("Message", "message");
  const common = {
    status,
    ...(code ? { code } : {}),
    ...(serverMessage ? { serverMessage } : {}),
    ...(requestId ? { requestId } : {}),
    ...(retryAfter ? { retryAfter } : {}),
  };
  const fault = (faultClass: FaultClass, message: string): Fault => ({
    ...common,
    class: faultClass,
    message,
    ...(faultClass === "refused" && isUnsureRefusal(code) ? { unsure: true } : {}),
  });

  if (task) {
    const what = `the answer (HTTP ${status}) is about another task, ${task.taskId}`;
    return { fault: { ...fault("transient", what), code: OTHER_TASK } };
  }
  if (!document) {
    const what = `HTTP ${status} with ${describeBody(answer)}, not an answer of BDRC`;
    return { fault: fault(classifyAnswer({ status, isApiError: false, retryAfter }), what) };
  }
  if (ok && !code) {
    const data = document.get("Data");
    // Without Data the API says that there is no such task; Data that makes no sense says nothing.
    return data === undefined || data === null
      ? { fault: fault("missing", `the answer (HTTP ${status}) holds no task`) }
      : { fault: fault("transient", `the answer (HTTP ${status}) holds a task without a status`) };
  }
  const faultClass = classifyAnswer({ status, code, isApiError: true, retryAfter });
  const found = fault(faultClass, `HTTP ${status} ${code ?? "without a code"}`);
  return { fault: { ...found, ...permission(found, document, asked), ...skew(found, headers["date"], now) } };
}

function ageOf(task: BdrcTaskRecord, date: string | undefined): { age?: number } {
  const age = taskAge(task, date);
  return age === undefined ? {} : { age };
}

/** Nothing says whether ids are case-sensitive, and every field of an answer is optional. */
function isAbout(task: BdrcTaskRecord, taskId: string): boolean {
  return task.taskId === "" || task.taskId.toLowerCase() === taskId.toLowerCase();
}

/** Texts of a server are kept short: they go into events and tallies, and a page of them helps nobody. */
function cap(text: string): string {
  return text.length > 500 ? `${text.slice(0, 497)}...` : text;
}

/** Gateways in front of the API can answer in XML; only its code and message are of use. */
function xmlError(body: string): Map<string, unknown> | undefined {
  if (!/^\s*(<\?xml[^>]*>\s*)?<Error>/.test(body)) return undefined;
  const pairs = [...body.matchAll(/<(Code|Message|RequestId)>([^<]*)<\/\1>/g)];
  return new Map(pairs.map(([, name, value]) => [name ?? "", value]));
}

function describeBody(answer: HttpAnswer): string {
  if (answer.body === "") return "an empty body";
  const type = answer.headers["content-type"]?.split(";")[0]?.trim();
  return `a body of ${Buffer.byteLength(answer.body)} bytes${type ? ` of ${type}` : ""}`;
}

function permission(fault: Fault, document: Map<string, unknown>, asked: string): Partial<Fault> {
  if (!isDenied(fault)) return {};
  const detail = (document.get("AccessDeniedDetail") ?? document.get("accessDeniedDetail")) as
    { AuthAction?: unknown } | null | undefined;
  const action = typeof detail?.AuthAction === "string" ? detail.AuthAction : `bdrc:${asked}`;
  // BDRC actions know no resources, so a policy names `*`.
  return { facts: [["Permission", `${action} on *`]] };
}

function skew(fault: Fault, date: string | undefined, now: number): Partial<Fault> {
  const server = fault.class === "clock" && date !== undefined ? Date.parse(date) : NaN;
  return Number.isNaN(server) ? {} : { clockAhead: Math.round((now - server) / 1000) };
}
