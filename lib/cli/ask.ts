import type { Operation } from "../waiter/bdrc/client";
import { faultOfError, readAnswer } from "../waiter/bdrc/look";
import type { HttpAnswer } from "../waiter/bdrc/transport";
import type { Clock } from "../waiter/clock";
import { backoff, type Fault } from "../waiter/failure";
import type { Connection } from "../waiter/run";
import { exitOfFault } from "./exit-code";
import { CliError, type Fact } from "./text";

/** How long one call may take, in milliseconds. */
const ANSWER_LIMIT = 15_000;
/** How often a call is made at the most. */
const MOST_CALLS = 5;
/** Faults after which nobody knows whether a call that changes something has done so. */
const UNCLEAR = /^(TIMEOUT|CUT_SHORT|TOO_LARGE|ECONNRESET|EPIPE)$/;

/** What a call brought: the members of the answer's document, or the fault that ended it. */
export type Reply =
  | { readonly document: ReadonlyMap<string, unknown>; readonly fault?: undefined }
  | { readonly fault: Fault; readonly document?: undefined };

/** A call for the API, and what it is for. */
export interface Question {
  readonly operation: Operation;
  /** What the user wanted, as the begin of a sentence: `The tasks cannot be listed`. */
  readonly failure: string;
  /** What to do when it is unclear whether a call that changes something has done so. */
  readonly whenUnclear?: string;
}

/**
 * Makes one call, again when the service is busy, and gives the answer's document.
 *
 * A call that starts something is made again only when it certainly was not carried out.
 *
 * @throws CliError with the whole text for the user when there is no good answer
 */
export async function ask(
  connection: Connection,
  question: Question,
  clock: Clock,
): Promise<ReadonlyMap<string, unknown>> {
  const reply = await call(connection, question.operation, clock);
  if (reply.document) return reply.document;
  throw failureOf(reply.fault, question, connection);
}

/** Makes one call as {@link ask} does, and gives the fault instead of throwing. Throws only defects of our own. */
export async function call(connection: Connection, operation: Operation, clock: Clock): Promise<Reply> {
  let renewed = false;
  for (let calls = 1; ; calls += 1) {
    const reply = await callOnce(connection, operation, clock);
    const { fault } = reply;
    if (!fault || calls === MOST_CALLS) return reply;
    if (fault.class === "stale" && !renewed) {
      renewed = true;
      connection.source.renew();
    } else if (fault.class === "throttled" || (fault.class === "transient" && operation.method === "GET")) {
      await clock.sleep(backoff(fault, calls, clock.random()));
    } else return reply;
  }
}

async function callOnce({ client }: Connection, operation: Operation, clock: Clock): Promise<Reply> {
  let answer: HttpAnswer;
  try {
    answer = await client.call(operation, ANSWER_LIMIT);
  } catch (error) {
    return { fault: faultOfError(error, false) };
  }
  const document = answer.status >= 200 && answer.status < 300 ? parseObject(answer.body) : undefined;
  if (document && !document.has("Code")) return { document };
  const { fault } = readAnswer(answer, clock.date(), "");
  return { fault: fault ?? { class: "transient", message: `HTTP ${answer.status} holds no answer` } };
}

function failureOf(
  fault: Fault,
  { operation, failure, whenUnclear }: Question,
  { client }: Connection,
): CliError {
  const denied = isDenied(fault);
  // The name of the permission is known here, whether the answer tells it or not.
  const facts: Fact[] = denied ? [["Permission", `bdrc:${operation.action} on *`]] : [...(fault.facts ?? [])];
  const clean = (text: string): string => client.redact(text);
  return new CliError(
    `${failure}: ${clean(fault.message)}.`,
    [
      ...(fault.serverMessage ? ([["Message", clean(fault.serverMessage)]] as const) : []),
      ...(fault.requestId ? ([["Request id", clean(fault.requestId)]] as const) : []),
      ...facts.map(([key, value]): Fact => [key, clean(value)]),
      ["Next", whenUnclear && isUnclear(fault) ? whenUnclear : adviceOn(fault, operation.action)],
    ],
    exitOfFault(fault),
  );
}

/** Whether the service may have carried out a call although there was no good answer. */
function isUnclear(fault: Fault): boolean {
  if (fault.class !== "transient") return false;
  return (fault.status ?? 0) >= 500 || (fault.code !== undefined && UNCLEAR.test(fault.code));
}

function isDenied(fault: Fault): boolean {
  return fault.class === "refused" && /^(Forbidden|NoPermission)/.test(fault.code ?? "");
}

/** What the user can do about a fault. @param action the operation that was called, such as DescribeTasks */
export function adviceOn(fault: Fault, action: string): string {
  const code = fault.code ?? "";
  if (code === "NoCredentials") {
    return "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or use a profile; then bdrc-task doctor";
  }
  if (isDenied(fault)) return `grant bdrc:${action} on * to the identity whose keys are used`;
  if (/Parameter/.test(code)) return "correct what the message names";
  return "bdrc-task doctor says which part of the way to the API does not work";
}

function parseObject(text: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return new Map<string, unknown>(Object.entries(value));
  } catch {
    return undefined;
  }
}
