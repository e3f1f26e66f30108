import { STATUS_CODES } from "node:http";
import type { Fault } from "./fault";
import { type Answer, type Reply, type ReplyContext, failure, jsonAnswer } from "./reply";

/** The status, code and message of the kinds that are plain errors of the API. */
const ERRORS = {
  throttle: [400, "Throttling.User", "Request was denied due to user flow control."],
  "internal-error": [500, "InternalError", "The request processing has failed due to some unknown error."],
  unavailable: [
    503,
    "ServiceUnavailable",
    "The request has failed due to a temporary failure of the server.",
  ],
  // The API documents no code for this; the sibling product HBR answers 404 with codes that end so.
  "not-found": [404, "TaskNotFound", "The specified task does not exist."],
  forbidden: [403, "Forbidden.RAM", "User not authorized to operate on the specified resource."],
  "token-expired": [400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."],
  "nonce-used": [400, "SignatureNonceUsed", "Specified signature nonce was used already."],
} as const;

/**
 * What a call meets when a fault stands in its way.
 *
 * @param answer gives the answer that it would have had; asked only by faults that let the service do its work.
 */
export function replyWithFault(fault: Fault, answer: () => Answer, context: ReplyContext): Reply {
  switch (fault.kind) {
    case "reset":
      return { answer: undefined, delivery: { how: "reset" } };
    case "hang":
      return { answer: fault.headersFirst ? dressed(fault, answer()) : undefined, delivery: { how: "hang" } };
    case "cut":
      return { answer: dressed(fault, answer()), delivery: { how: "cut", bytes: fault.bytes } };
    case "drip":
      return { answer: dressed(fault, answer()), delivery: { how: "drip", everyMs: fault.everyMs ?? 200 } };
    default:
      return { answer: dressed(fault, faultAnswer(fault, context)), delivery: { how: "whole" } };
  }
}

function faultAnswer(fault: Fault, context: ReplyContext): Answer {
  const { requestId } = context;
  const code = fault.code ?? "InternalError";
  const message = fault.message ?? "The request processing has failed due to some unknown error.";
  switch (fault.kind) {
    case "forbidden":
      return plainError(fault, ERRORS.forbidden, context, {
        AccessDeniedDetail: {
          AuthAction: `bdrc:${context.headers["x-acs-action"] ?? "*"}`,
          AuthPrincipalType: "SubUser",
          AuthPrincipalOwnerId: "1000000000000000",
          AuthPrincipalDisplayName: "200000000000000000",
          NoPermissionType: "ImplicitDeny",
          PolicyType: "AccountLevelIdentityBasedPolicy",
          EncodedDiagnosticMessage: "AQEAAAAAZmFrZSBkaWFnbm9zdGljIG1lc3NhZ2U=",
        },
      });
    case "clock-skew": {
      const server = new Date(context.now + (fault.skewSeconds ?? 3600) * 1000);
      const text = "Specified time stamp or date value is expired.";
      const answer = plainError(fault, [400, "InvalidTimeStamp.Expired", text], context);
      return { ...answer, headers: { ...answer.headers, date: server.toUTCString() } };
    }
    case "lower-case":
      return { ...jsonAnswer(fault.status ?? 500, context, { requestId, code, message }), code };
    case "no-code":
      return jsonAnswer(fault.status ?? 500, context, { RequestId: requestId, Message: message });
    case "xml":
      return {
        status: fault.status ?? 500,
        headers: { "content-type": "text/xml;charset=utf-8" },
        body:
          `<?xml version="1.0" encoding="UTF-8"?><Error><RequestId>${requestId}</RequestId>` +
          `<HostId>${escaped(context.host)}</HostId><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message></Error>`,
        code,
      };
    case "html": {
      const status = fault.status ?? 502;
      const title = `${status} ${STATUS_CODES[status] ?? ""}`.trim();
      const page = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
      return { status, headers: { "content-type": "text/html" }, body: text(fault.body, page) };
    }
    case "empty":
      return { status: fault.status ?? 503, headers: {}, body: "" };
    case "redirect": {
      const location = fault.location ?? "https://example.invalid/";
      return { status: fault.status ?? 302, headers: { location }, body: "" };
    }
    case "no-data":
      return jsonAnswer(fault.status ?? 200, context, { RequestId: requestId });
    case "huge": {
      const start = `{"RequestId":"${requestId}","Data":{"TaskDescription":"`;
      const filling = "x".repeat(Math.max(0, (fault.bytes ?? 33_554_432) - start.length - 3));
      return { ...jsonAnswer(fault.status ?? 200, context, ""), body: `${start}${filling}"}}` };
    }
    case "answer":
      return freeAnswer(fault, context);
    case "reset":
    case "hang":
    case "cut":
    case "drip":
      throw new Error(`${fault.kind} is a failure of the line and has no answer of its own`);
    default:
      return plainError(fault, ERRORS[fault.kind], context);
  }
}

function plainError(
  fault: Fault,
  [status, code, message]: readonly [number, string, string],
  context: ReplyContext,
  body: Readonly<Record<string, unknown>> = {},
): Answer {
  return failure(context, fault.status ?? status, fault.code ?? code, fault.message ?? message, { body });
}

/** An answer in which everything is free; a code without a body makes the API's own error shape. */
function freeAnswer(fault: Fault, context: ReplyContext): Answer {
  if (fault.body === undefined && fault.code !== undefined) {
    return failure(context, fault.status ?? 200, fault.code, fault.message ?? "");
  }
  const answer = jsonAnswer(fault.status ?? 200, context, {});
  return { ...answer, body: text(fault.body, ""), ...(fault.code === undefined ? {} : { code: fault.code }) };
}

/** An answer with the headers that the fault asks for. */
function dressed(fault: Fault, answer: Answer): Answer {
  const headers: Record<string, string> = { ...answer.headers };
  if (fault.retryAfterMs !== undefined) headers["x-acs-retry-after"] = String(fault.retryAfterMs);
  if (fault.retryAfter !== undefined) headers["retry-after"] = String(fault.retryAfter);
  for (const [name, value] of Object.entries(fault.headers ?? {})) headers[name.toLowerCase()] = value;
  return { ...answer, headers };
}

function text(body: unknown, otherwise: string): string {
  if (body === undefined) return otherwise;
  return typeof body === "string" ? body : JSON.stringify(body);
}

function escaped(value: string): string {
  return value.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
