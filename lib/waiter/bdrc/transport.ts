/**
 * The HTTP layer under @alicloud/openapi-client and @alicloud/credentials: takes the place of the package
 * `httpx`, through which both do all their I/O (by the bundler's alias, and by jest's mapper).
 *
 * It does what that package does not: separate limits for connecting, the first byte and the whole body, an
 * abort at the end of a look, a cap on the size of an answer, proxies, and errors that say what happened.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import * as http from "node:http";
import * as https from "node:https";
import type { Readable } from "node:stream";
import { monotonic } from "../clock";
import { agentFor } from "./proxy";
import { CONNECT_LIMIT, connectOptions } from "./resolve";
import { TransportError } from "./transport-error";

export { TransportError } from "./transport-error";

/** How long each part of a call may take, in milliseconds. */
export interface CallLimits {
  /** Name resolution, connection and TLS; each address of a host gets it anew. @default 5000 */
  readonly connect: number;
  /** From the request sent to the first byte of the answer. @default 10000 */
  readonly firstByte: number;
  /** From the first byte to the last. @default 10000 */
  readonly body: number;
  /** The whole call. @default 15000 */
  readonly total: number;
}

/** Limits of a call when nothing else is said. */
export const DEFAULT_LIMITS: CallLimits = {
  connect: CONNECT_LIMIT,
  firstByte: 10_000,
  body: 10_000,
  total: 15_000,
};

/** The largest answer that is read, in bytes; DescribeTask's are of a few kilobytes. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

/** What came back, whole. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; several values joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One call under way: its limits, and its answer once that is there. */
export interface Exchange {
  readonly limits: CallLimits;
  answer?: HttpAnswer;
}

/**
 * The exchange that a call belongs to. The SDK hands neither limits nor the status and headers of a failed
 * answer through, so they travel beside it.
 */
export const exchanges = new AsyncLocalStorage<Exchange>();

/** The options of a request, as far as the SDK and the credentials package set them. */
interface RequestOptions {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly data?: string | Buffer | Readable;
  readonly timeout?: number;
  readonly readTimeout?: number;
  readonly connectTimeout?: number;
}

/** A whole answer in the shape that the SDK and the credentials package read. */
export interface BufferedResponse {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Record<string, string>;
  readonly bytes: Buffer;
}

/** Sends a request and reads the whole answer; the `request` of httpx. */
export async function request(url: string, options: RequestOptions = {}): Promise<BufferedResponse> {
  const exchange = exchanges.getStore();
  const response = await plain(await send(new URL(url), options, exchange?.limits ?? limitsOf(options)));
  if (exchange) {
    exchange.answer = {
      status: response.statusCode,
      headers: response.headers,
      // Unlike toString, it takes a byte-order mark off.
      body: new TextDecoder().decode(response.bytes),
    };
  }
  return response;
}

/**
 * An answer as it was before somebody on the way compressed it, which nobody has asked for.
 *
 * @throws TransportError when it cannot be unpacked
 */
async function plain(response: BufferedResponse): Promise<BufferedResponse> {
  const { "content-encoding": encoding = "", ...headers } = response.headers;
  const coding = encoding.trim().toLowerCase();
  if (coding === "" || coding === "identity" || response.bytes.length === 0) return response;
  const zlib = await import("node:zlib");
  const limit = { maxOutputLength: MAX_ANSWER_BYTES };
  try {
    const bytes =
      coding === "br"
        ? zlib.brotliDecompressSync(response.bytes, limit)
        : zlib.unzipSync(response.bytes, limit);
    return { ...response, headers, bytes };
  } catch {
    throw new TransportError(
      `the answer is packed as ${coding.slice(0, 40)} and cannot be unpacked`,
      "PACKED",
    );
  }
}

/** The body of an answer, as text in this encoding, or as bytes when it is empty; the `read` of httpx. */
export function read(response: BufferedResponse, encoding: string): Promise<string | Buffer> {
  return Promise.resolve(encoding ? response.bytes.toString(encoding as BufferEncoding) : response.bytes);
}

// Both packages use httpx through its default export, too.
export default { request, read };

/** The credentials package asks for its own, shorter limits; they are kept. */
function limitsOf(options: RequestOptions): CallLimits {
  const connect = options.connectTimeout ?? options.timeout ?? DEFAULT_LIMITS.connect;
  const firstByte = options.readTimeout ?? options.timeout ?? DEFAULT_LIMITS.firstByte;
  return { connect, firstByte, body: DEFAULT_LIMITS.body, total: DEFAULT_LIMITS.total };
}

function send(url: URL, options: RequestOptions, limits: CallLimits): Promise<BufferedResponse> {
  return new Promise((resolve, reject) => {
    const begin = monotonic();
    const secure = url.protocol === "https:";
    const { agent, via } = agentFor(url);
    const place = via === undefined ? url.host : `${url.host} (through the proxy ${via})`;
    const outgoing = (secure ? https : http).request(url, {
      method: options.method ?? "GET",
      headers: options.headers ?? {},
      agent,
      ...connectOptions(limits.connect),
      // Said even so, since NODE_TLS_REJECT_UNAUTHORIZED=0 would relax it for the whole process.
      ...(secure ? { rejectUnauthorized: true } : {}),
    });

    let settled = false;
    const settle = (act: () => void): void => {
      if (settled) return;
      settled = true;
      timers.forEach(clearTimeout);
      act();
    };
    const fail = (error: Error): void =>
      settle(() => {
        outgoing.destroy();
        reject(error);
      });
    const timers: NodeJS.Timeout[] = [];
    const limit = (milliseconds: number, what: string): NodeJS.Timeout => {
      const text = `${place} ${what} within ${Math.round(milliseconds)} ms`;
      const timer = setTimeout(() => fail(new TransportError(text, "TIMEOUT")), milliseconds);
      timers.push(timer);
      return timer;
    };

    limit(limits.total, "did not answer in full");
    let connecting = limit(limits.connect, "did not accept the connection");
    let waiting: NodeJS.Timeout | undefined;
    const connected = (): void => {
      clearTimeout(connecting);
      waiting ??= limit(limits.firstByte, "did not begin to answer");
    };
    outgoing.once("socket", (socket) => {
      const fresh = secure ? !outgoing.reusedSocket : socket.connecting;
      if (!fresh) return connected();
      socket.once(secure ? "secureConnect" : "connect", connected);
      let attempts = 0;
      socket.on("connectionAttempt", () => {
        attempts += 1;
        if (attempts === 1) return;
        // Another address of the host is tried.
        clearTimeout(connecting);
        connecting = limit(limits.connect, "did not accept the connection");
      });
    });
    let begun = false;
    const cutShort = (): void =>
      fail(new TransportError(`${place} ended its answer in the middle`, "CUT_SHORT"));
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      if (begun) return cutShort();
      // The other side may close a kept connection at the very moment it is used again; nothing was answered then.
      const stale = outgoing.reusedSocket && error.code === "ECONNRESET" && options.data === undefined;
      const total = Math.max(1, limits.total - (monotonic() - begin));
      if (stale) settle(() => resolve(send(url, options, { ...limits, total })));
      else fail(describe(error, place));
    });
    outgoing.once("response", (incoming) => {
      begun = true;
      connected();
      clearTimeout(waiting);
      limit(limits.body, "did not end its answer");
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) {
          fail(new TransportError(`${place} answered with more than ${MAX_ANSWER_BYTES} bytes`, "TOO_LARGE"));
        } else chunks.push(chunk);
      });
      incoming.on("error", cutShort);
      incoming.once("close", () => {
        if (!incoming.complete) cutShort();
      });
      incoming.once("end", () => {
        if (!incoming.complete) return;
        settle(() =>
          resolve({
            statusCode: incoming.statusCode ?? 0,
            statusMessage: incoming.statusMessage ?? "",
            headers: flatten(incoming.headers),
            bytes: Buffer.concat(chunks),
          }),
        );
      });
    });

    if (options.data !== undefined && typeof options.data !== "string" && !Buffer.isBuffer(options.data)) {
      options.data.once("error", (error) => fail(error));
      options.data.pipe(outgoing);
    } else outgoing.end(options.data);
  });
}

function describe(error: NodeJS.ErrnoException, place: string): TransportError {
  const code = error.code ?? "NETWORK";
  const known: Record<string, string> = {
    ECONNREFUSED: `nothing listens at ${place}`,
    ECONNRESET: `${place} closed the connection without an answer`,
    ENOTFOUND: `DNS does not know the name in ${place}`,
    EAI_AGAIN: `DNS did not answer for ${place}`,
    EHOSTUNREACH: `there is no way to ${place}`,
    ENETUNREACH: `there is no network towards ${place}`,
    EPIPE: `${place} closed the connection while the request was sent`,
    ETIMEDOUT: `${place} did not accept the connection`,
  };
  return new TransportError(known[code] ?? `the call to ${place} failed: ${error.message}`, code);
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : String(value),
    ]),
  );
}
