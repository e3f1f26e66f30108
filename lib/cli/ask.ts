import { adviceOn, codeOfFault, isDenied } from "../waiter/advice";
import { callApi, isUnclear } from "../waiter/bdrc/call";
import type { Operation } from "../waiter/bdrc/client";
import type { Clock } from "../waiter/clock";
import type { Fault } from "../waiter/failure";
import { serverText } from "../waiter/report";
import type { Connection } from "../waiter/run";
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
  // The name of the permission is known here, whether the answer tells it or not.
  const facts: Fact[] = isDenied(fault)
    ? [["Permission", `bdrc:${operation.action} on *`]]
    : [...(fault.facts ?? [])];
  const clean = (text: string): string => client.redact(text);
  return new CliError(
    `${failure}: ${clean(fault.message)}.`,
    [
      ...(fault.serverMessage ? ([["Message", clean(serverText(fault.serverMessage))]] as const) : []),
      ...(fault.requestId ? ([["Request id", clean(fault.requestId)]] as const) : []),
      ...facts.map(([key, value]): Fact => [key, clean(value)]),
      [
        "Next",
        whenUnclear && isUnclear(fault)
          ? whenUnclear
          : adviceOn(fault, { by: "command", action: operation.action }),
      ],
    ],
    codeOfFault(fault),
  );
}
