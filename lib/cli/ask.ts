import { callApi, isUnclear } from "../waiter/bdrc/call";
import type { Operation } from "../waiter/bdrc/client";
import type { Clock } from "../waiter/clock";
import type { Fault } from "../waiter/failure";
import type { Connection } from "../waiter/run";
import { exitOfFault } from "./exit-code";
import { CliError, type Fact } from "./text";

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
  const reply = await callApi(connection, question.operation, clock);
  if (reply.document) return reply.document;
  throw failureOf(reply.fault, question, connection);
}

/** The whole text for the user about a question that brought no good answer. */
export function failureOf(
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
