/** A request that reached the fake service in whole, and its circumstances. */
export interface Call {
  /** The HTTP method, in upper case. */
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The query parameters, decoded, in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The headers, with lower-case names; several of one name are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of the body. */
  readonly body: Uint8Array;
  /** The id that its answer bears: a UUID in upper case. */
  readonly requestId: string;
  /** The host that was asked, as in the Host header. */
  readonly host: string;
  /** When it came, in milliseconds since 1970. */
  readonly now: number;
}

/** One call as the fake service remembers it. */
export interface RecordedCall {
  /** When it came, in milliseconds since the service started. */
  readonly at: number;
  /** The operation that path and method name, such as `DescribeTask`; undefined when there is no such one. */
  readonly operation: string | undefined;
  /** The HTTP method. */
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The id in the path of DescribeTask. */
  readonly taskId: string | undefined;
  /** Which DescribeTask call for that task it was, from 1; refused ones count, too. */
  readonly look: number | undefined;
  /** The HTTP status that was answered; undefined when no status line went out. */
  readonly status: number | undefined;
  /** The API's error code that was answered. */
  readonly code: string | undefined;
  /** The kind of the scripted fault that was met. */
  readonly fault: string | undefined;
  /** The AccessKey id that signed. */
  readonly accessKeyId: string | undefined;
  /** The user agent that was sent. */
  readonly userAgent: string | undefined;
  /** The headers, with lower-case names, without `authorization`; a security token shows as `***`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The parts of a request target: the path as sent, and the decoded query. */
export function splitTarget(target: string): Pick<Call, "path" | "query"> {
  const mark = target.indexOf("?");
  if (mark === -1) return { path: target, query: [] };
  return { path: target.slice(0, mark), query: [...new URLSearchParams(target.slice(mark + 1))] };
}

/** The headers of a call without what signs it, for the record. */
export function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  const rest = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization"));
  return "x-acs-security-token" in rest ? { ...rest, "x-acs-security-token": "***" } : rest;
}
