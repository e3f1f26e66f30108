import type { Clock } from "../clock";
import { backoff, type Fault } from "../failure";
import type { ApiClient, Connection, Operation } from "./client";
import { jsonObject } from "./json-object";
import { faultOfError, readAnswer, tellable } from "./look";
import { isSuccessWord } from "./success-word";
import type { HttpAnswer } from "./transport";

/** How long one call may take, in milliseconds. */
const ANSWER_LIMIT = 15_000;
/** How often a call is made at the most. */
const MOST_CALLS = 5;
/** Faults that came before anything was sent. */
const NOT_SENT = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
/** Faults after which nobody knows whether a call that changes something has done so. */
const UNCLEAR = /^(TIMEOUT|CUT_SHORT|TOO_LARGE|PACKED|ECONNRESET|ETIMEDOUT|EPIPE)$/;

/** What a call brought: the members of the answer's document, or the fault that ended it. */
export type Reply =
  | {
      readonly document: ReadonlyMap<string, unknown>;
      /** The server's own time, in milliseconds since 1970; undefined when it did not say. */
      readonly date: number | undefined;
      readonly fault?: undefined;
    }
  | { readonly fault: Fault; readonly document?: undefined };

/**
 * Makes one call of any operation, again when the service is busy, and gives the answer's document.
 *
 * A call that starts something is made again only when it certainly was not carried out. The texts of a fault hold no
 * secret. Throws only for defects of our own.
 */
export async function callApi(connection: Connection, operation: Operation, clock: Clock): Promise<Reply> {
  let renewed = false;
  for (let calls = 1; ; calls += 1) {
    const reply = await callOnce(connection.client, operation, ANSWER_LIMIT, clock.date());
    if (!reply.fault) return reply;
    const fault = tellable(reply.fault, (text) => connection.client.redact(text));
    if (calls === MOST_CALLS) return { fault };
    if (fault.class === "stale" && !renewed) {
      renewed = true;
      connection.source.renew();
    } else if (mayRepeat(fault, operation)) await clock.sleep(backoff(fault, calls, clock.random()));
    else return { fault };
  }
}

/** Whether the service may have carried out a call although there was no good answer. */
export function isUnclear(fault: Fault): boolean {
  if (fault.class !== "transient") return false;
  const { status, code } = fault;
  // A 2xx that cannot be read may well be the answer to what was carried out.
  if (status !== undefined) return status >= 500 || status < 300;
  return code !== undefined && UNCLEAR.test(code);
}

function mayRepeat(fault: Fault, operation: Operation): boolean {
  if (fault.class === "throttled") return true;
  return fault.class === "transient" && (operation.method === "GET" || NOT_SENT.test(fault.code ?? ""));
}

/**
 * Makes one call and gives the answer's document; the texts of a fault may hold secrets.
 *
 * @param limit milliseconds for the whole call
 * @param now milliseconds since 1970, to read the server's dates against
 * @param answered whether an earlier call was answered; see {@link faultOfError}
 */
export async function callOnce(
  client: ApiClient,
  operation: Operation,
  limit: number,
  now: number,
  answered = false,
): Promise<Reply> {
  let answer: HttpAnswer;
  try {
    answer = await client.call(operation, limit);
  } catch (error) {
    return { fault: faultOfError(error, answered) };
  }
  const document = answer.status >= 200 && answer.status < 300 ? jsonObject(answer.body) : undefined;
  if (document && isSuccessWord(document.get("Code")) && isSuccessWord(document.get("code"))) {
    const date = Date.parse(answer.headers["date"] ?? "");
    return { document, date: Number.isNaN(date) ? undefined : date };
  }
  const { fault } = readAnswer(answer, now, "", operation.action);
  return { fault: fault ?? { class: "transient", message: `HTTP ${answer.status} holds no answer` } };
}
