import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** The parameters of a call, from its query and its body; names are compared without regard to case. */
export class Parameters {
  private readonly values = new Map<string, string>();

  constructor(pairs: Iterable<readonly [string, string]>) {
    for (const [name, value] of pairs) this.values.set(name.toLowerCase(), value);
  }

  /** A parameter, or undefined when it was not sent. */
  get(name: string): string | undefined {
    return this.values.get(name.toLowerCase());
  }

  /**
   * A parameter that the operation cannot do without.
   *
   * @throws ApiError when it was not sent, or is empty
   */
  need(name: string): string {
    const value = this.get(name);
    if (value) return value;
    throw new ApiError(400, "MissingParameter", `The input parameter "${name}" is mandatory.`);
  }

  /** The names and values that begin so, such as `Rules.`; names without that beginning, in lower case. */
  *startingWith(prefix: string): Iterable<[string, string]> {
    const start = prefix.toLowerCase();
    for (const [name, value] of this.values)
      if (name.startsWith(start)) yield [name.slice(start.length), value];
  }
}

/** What an operation answers instead of doing something. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Does what an action asks for, and gives the body of the answer without its request id. */
export type Operation = (parameters: Parameters) => Record<string, unknown>;

/** One product: its API version, and its actions by name. */
export interface Product {
  readonly name: "ecs" | "hbr";
  readonly version: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Makes ids that look like the product's and never come twice, such as `v-fake000000000001`. */
export function idMaker(prefix: string): () => string {
  let made = 0;
  return () => `${prefix}-fake${String(++made).padStart(12, "0")}`;
}

/** One call, as it is remembered. */
export interface AlicloudCall {
  readonly product: Product["name"];
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  /** Such as CreateVault; empty when the call named none. */
  readonly action: string;
  /** The AccessKey id that signed. */
  readonly accessKeyId: string | undefined;
  readonly status: number;
  /** The error code that was answered. */
  readonly code: string | undefined;
}

/** Answers the RPC calls of one product over HTTP, always in JSON, and tells of each. */
export function rpcServer(product: Product, now: () => number, record: (call: AlicloudCall) => void): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const parameters = parametersOf(request, Buffer.concat(chunks).toString());
      const action = parameters.get("Action") ?? header(request, "x-acs-action") ?? "";
      const answer = handle(product, request, parameters, action);
      const { status, code } = answer;
      record({
        product: product.name,
        at: now(),
        action,
        accessKeyId: signer(request, parameters),
        status,
        code,
      });
      send(response, answer);
    });
  });
}

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly body: Record<string, unknown>;
}

function handle(product: Product, request: IncomingMessage, parameters: Parameters, action: string): Answer {
  const requestId = randomUUID().toUpperCase();
  try {
    checkCall(product, request, parameters, action);
    const operation = product.operations[action];
    if (!operation) throw new ApiError(404, "InvalidAction.NotFound", `The action ${action} does not exist.`);
    return { status: 200, body: { RequestId: requestId, ...operation(parameters) } };
  } catch (error) {
    const { status, code, message } =
      error instanceof ApiError ? error : new ApiError(500, "InternalError", String(error));
    const body = { RequestId: requestId, HostId: request.headers.host, Code: code, Message: message };
    return { status, code, body };
  }
}

/** What every product asks of a call; signatures are not looked at, only who signed. */
function checkCall(product: Product, request: IncomingMessage, parameters: Parameters, action: string): void {
  const { pathname } = new URL(request.url ?? "/", "http://fake");
  if (request.method !== "POST" || pathname !== "/") {
    throw new ApiError(405, "UnsupportedHTTPMethod", `Expected POST /, not ${request.method} ${pathname}.`);
  }
  if (action === "") throw new ApiError(400, "MissingAction", "Action is mandatory for this action.");
  const version = parameters.get("Version") ?? header(request, "x-acs-version");
  if (version !== product.version) {
    throw new ApiError(400, "InvalidVersion", `Expected version ${product.version}, not ${version}.`);
  }
  if (!signer(request, parameters)) {
    throw new ApiError(400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action.");
  }
}

/** Both generations of the SDK are understood: parameters of RPC, and the header of signature version 3. */
function signer(request: IncomingMessage, parameters: Parameters): string | undefined {
  return (
    parameters.get("AccessKeyId") ?? /Credential=([^,\s]+)/.exec(header(request, "authorization") ?? "")?.[1]
  );
}

function parametersOf(request: IncomingMessage, body: string): Parameters {
  const { searchParams } = new URL(request.url ?? "/", "http://fake");
  return new Parameters([...searchParams, ...new URLSearchParams(body)]);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json;charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
