import type { IncomingMessage, ServerResponse } from "node:http";
import { type Call, splitTarget } from "./call";
import type { Answer, Reply } from "./reply";
import type { Service } from "./service";
import { newRequestId } from "./task-store";

/** The largest body that is read, in bytes; no operation needs more. */
const MAX_BODY_BYTES = 1_048_576;

/** Reads a request, hands it to the service, and lets the reply out the way it should leave. */
export function answerHttp(
  service: Service,
  now: () => number,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) request.destroy();
    else chunks.push(chunk);
  });
  // A caller that goes away is no error of the service.
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  request.on("end", () => {
    const moment = now();
    deliver(service.handle(callOf(request, Buffer.concat(chunks), moment)), moment, response);
  });
}

function callOf(request: IncomingMessage, body: Buffer, now: number): Call {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : (value ?? ""),
    ]),
  );
  return {
    ...splitTarget(request.url ?? "/"),
    method: request.method ?? "GET",
    headers,
    body,
    requestId: newRequestId(),
    host: headers["host"] ?? "",
    now,
  };
}

function deliver({ answer, delivery }: Reply, now: number, response: ServerResponse): void {
  if (delivery.how === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (answer === undefined) return;
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    date: new Date(now).toUTCString(),
    ...lengthOf(answer, body),
    ...answer.headers,
  });
  switch (delivery.how) {
    case "whole":
      response.end(body);
      return;
    case "hang":
      response.flushHeaders();
      return;
    case "cut":
      cut(body, delivery.bytes, response);
      return;
    case "drip":
      drip(body, delivery.everyMs, response);
      return;
  }
}

/** No length where the HTTP rules forbid one. */
function lengthOf(answer: Answer, body: Buffer): Record<string, string> {
  return answer.status === 204 || answer.status === 304 ? {} : { "content-length": String(body.length) };
}

/** Sends a part of a body, never all of it, and ends the connection. */
function cut(body: Buffer, bytes: number | undefined, response: ServerResponse): void {
  const part = Math.min(bytes ?? Math.floor(body.length / 2), body.length - 1);
  response.flushHeaders();
  // An orderly end, since a reset could overtake the bytes; the caller misses what Content-Length promised.
  response.write(body.subarray(0, part), () => response.socket?.end());
}

/** Sends a body a byte at a time, until it is out or the caller has gone. */
function drip(body: Buffer, everyMs: number, response: ServerResponse): void {
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(() => {
    if (sent === body.length) {
      response.end();
      clearInterval(timer);
      return;
    }
    response.write(body.subarray(sent, sent + 1));
    sent += 1;
  }, everyMs);
  timer.unref();
  response.on("close", () => clearInterval(timer));
}
