/**
 * What a call can meet instead of its answer.
 *
 * Answers: `throttle` (400 Throttling.User), `internal-error` (500), `unavailable` (503 ServiceUnavailable),
 * `not-found` (404), `forbidden` (403 Forbidden.RAM with AccessDeniedDetail), `token-expired`
 * (400 InvalidSecurityToken.Expired), `nonce-used` (400 SignatureNonceUsed), `clock-skew`
 * (400 InvalidTimeStamp.Expired, and the Date header is off), `lower-case` (an error whose keys are in lower
 * case), `xml` (an error in XML), `no-code` (a JSON error without Code), `html` (502 from a proxy), `empty`
 * (503 without a body), `redirect` (302), `no-data` (200 without Data), `huge` (200, a body of many bytes),
 * `answer` (any status, headers and body).
 *
 * Failures of the line: `reset` (before any byte), `cut` (in the middle of the true answer), `hang` (no answer,
 * ever), `drip` (the true answer, a byte now and then).
 */
export type FaultKind = keyof typeof FAULT_KINDS;

/** A fault, and what is special about it. */
export interface Fault {
  /** What happens. */
  readonly kind: FaultKind;
  /**
   * The HTTP status.
   * @default - that of the kind; 500 for `lower-case`, `xml` and `no-code`, 200 for `answer`
   */
  readonly status?: number;
  /**
   * The API's error code.
   * @default - that of the kind; InternalError for `lower-case` and `xml`, none for `answer`
   */
  readonly code?: string;
  /**
   * The API's error message.
   * @default - a sentence that fits the code
   */
  readonly message?: string;
  /**
   * Headers to add to the answer, or to replace in it.
   * @default {}
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The body: a text as it is, or any other JSON value as JSON.
   * @default - that of the kind
   */
  readonly body?: unknown;
  /**
   * The header `x-acs-retry-after`, in milliseconds; a text is sent as it is, for values that make no sense.
   * @default - no such header
   */
  readonly retryAfterMs?: number | string;
  /**
   * The header `Retry-After`: seconds, or a text (an HTTP date) as it is.
   * @default - no such header
   */
  readonly retryAfter?: number | string;
  /**
   * `redirect`: the header Location.
   * @default "https://example.invalid/"
   */
  readonly location?: string;
  /**
   * `clock-skew`: how far the server's clock is ahead of the fake's, in seconds; below 0 it is behind.
   * @default 3600
   */
  readonly skewSeconds?: number;
  /**
   * `cut`: how many bytes of the body go out first (the default is half of it). `huge`: the size of the body
   * in bytes.
   * @default 33554432 - 32 MiB, for `huge`
   */
  readonly bytes?: number;
  /**
   * `drip`: the gap between two bytes, in milliseconds.
   * @default 200
   */
  readonly everyMs?: number;
  /**
   * `hang`: whether status and headers are sent before the silence.
   * @default false
   */
  readonly headersFirst?: boolean;
}

/** Every kind of fault, with the fields that mean something for it beside `kind` and `headers`. */
export const FAULT_KINDS = {
  throttle: ["status", "code", "message", "retryAfterMs", "retryAfter"],
  "internal-error": ["status", "code", "message", "retryAfterMs", "retryAfter"],
  unavailable: ["status", "code", "message", "retryAfterMs", "retryAfter"],
  "not-found": ["status", "code", "message"],
  forbidden: ["status", "code", "message"],
  "token-expired": ["status", "code", "message"],
  "nonce-used": ["status", "code", "message"],
  "clock-skew": ["status", "code", "message", "skewSeconds"],
  "lower-case": ["status", "code", "message", "retryAfterMs", "retryAfter"],
  xml: ["status", "code", "message", "retryAfterMs", "retryAfter"],
  "no-code": ["status", "message", "retryAfterMs", "retryAfter"],
  html: ["status", "body", "retryAfterMs", "retryAfter"],
  empty: ["status", "retryAfterMs", "retryAfter"],
  redirect: ["status", "location"],
  "no-data": ["status"],
  huge: ["status", "bytes"],
  answer: ["status", "code", "message", "body", "retryAfterMs", "retryAfter"],
  reset: [],
  cut: ["bytes"],
  hang: ["headersFirst"],
  drip: ["everyMs"],
} as const satisfies Record<string, readonly (keyof Fault)[]>;
