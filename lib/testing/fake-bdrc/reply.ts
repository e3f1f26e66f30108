import type { Call } from "./call";

/** An answer as it goes over the wire, without the headers that every answer has. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number;
  /** Headers beside Date, Content-Length and Connection; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly body: string;
  /** The API's error code that is in the body, for the record of calls; undefined when there is none. */
  readonly code?: string;
}

/** How an answer leaves: in whole, not at all, or in a way that hurts. */
export type Delivery =
  | { readonly how: "whole" }
  /** The connection is reset before any byte. */
  | { readonly how: "reset" }
  /** So many bytes of the body go out, then the connection is reset; half of the body when none is named. */
  | { readonly how: "cut"; readonly bytes: number | undefined }
  /** Nothing goes out but the headers, if there is an answer, and the connection stays open. */
  | { readonly how: "hang" }
  /** A byte goes out every so many milliseconds. */
  | { readonly how: "drip"; readonly everyMs: number };

/** An answer and how it leaves. */
export interface Reply {
  /** What goes out; undefined when no byte does. */
  readonly answer: Answer | undefined;
  readonly delivery: Delivery;
}

/** The circumstances of a call that its answer repeats. */
export type ReplyContext = Pick<Call, "requestId" | "host" | "now" | "headers">;

/** An answer of status 200 in the API's shape: the request id, and Data when there is any. */
export function success(context: ReplyContext, data?: unknown): Answer {
  return jsonAnswer(200, context, { RequestId: context.requestId, Data: data });
}

/**
 * An error in the shape that all OpenAPI products share: RequestId, HostId, Code, Message and Recommend.
 *
 * Source: "API error diagnosis" of the OpenAPI documentation.
 */
export function failure(
  context: ReplyContext,
  status: number,
  code: string,
  message: string,
  more: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Readonly<Record<string, unknown>>;
  } = {},
): Answer {
  const answer = jsonAnswer(status, context, {
    RequestId: context.requestId,
    HostId: context.host,
    Code: code,
    Message: message,
    Recommend: `https://api.alibabacloud.com/troubleshoot?q=${code}&product=bdrc&requestId=${context.requestId}`,
    ...more.body,
  });
  return { ...answer, headers: { ...answer.headers, ...more.headers }, code };
}

/** An answer with a JSON body; it repeats the request id in a header, as the gateway does. */
export function jsonAnswer(status: number, context: ReplyContext, body: unknown): Answer {
  const headers = { "content-type": "application/json;charset=utf-8", "x-acs-request-id": context.requestId };
  return { status, headers, body: JSON.stringify(body) };
}
