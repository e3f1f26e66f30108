/**
 * What kind of fault a failed look is; decides whether the wait goes on.
 *
 * - `throttled`: too many calls; never ends a wait by itself.
 * - `transient`: the service or the way to it is down for now; ends the wait when it lasts too long.
 * - `stale`: the credentials or the signature are too old; renewed and tried again, once.
 * - `missing`: the API does not know the task.
 * - `refused`: asking again would bring the same answer.
 * - `clock`: this machine's clock is too far from the server's.
 */
export type FaultClass = "throttled" | "transient" | "stale" | "missing" | "refused" | "clock";

/** A failed look: its class, and the facts for the text that a person reads. */
export interface Fault {
  readonly class: FaultClass;
  /** One line that says what happened; never holds a secret. */
  readonly message: string;
  /** The HTTP status, when there was an answer. */
  readonly status?: number;
  /** The API's error code, the error code of the network layer, or one of ours. */
  readonly code?: string;
  /** The API's own sentence. */
  readonly serverMessage?: string;
  readonly requestId?: string;
  /** How long the server asks us to stay away, in milliseconds. */
  readonly retryAfter?: number;
  /**
   * Whether a refusal is only guessed, since nobody documents its code; in the middle of a wait it is asked again
   * before it is believed. @default false
   */
  readonly unsure?: boolean;
  /** How far this machine's clock is ahead of the server's, in seconds; only with class `clock`. */
  readonly clockAhead?: number;
  /** What to do about it, where the fault knows better than its code. @default - what the code calls for */
  readonly advice?: string;
  /** Further facts as key and value, such as the missing permission. */
  readonly facts?: readonly (readonly [key: string, value: string])[];
}

/** A code that says that something is not there; which thing, the status and the other codes tell. */
const NOT_FOUND_CODE = /Not_?(Found|Exists?)$/i;

/** Our own code of an answer about another task than the one that was asked for. */
export const OTHER_TASK = "OTHER_TASK";

/** Codes of section "Errors" of the API's documentation; one that ends in a dot or a `*` is a family. */
const CODES: readonly (readonly [FaultClass, readonly string[]])[] = [
  ["stale", ["SignatureNonceUsed", "InvalidSecurityToken.Expired"]],
  ["clock", ["InvalidTimeStamp", "InvalidTimeStamp.", "IllegalTimestamp"]],
  [
    "refused",
    [
      "InvalidAccessKeyId",
      "InvalidAccessKeyId.",
      "SignatureDoesNotMatch",
      "IncompleteSignature",
      "InvalidSignatureMethod",
      "InvalidSecurityToken",
      "InvalidSecurityToken.",
      "Forbidden",
      "Forbidden.",
      "NoPermission",
      "NoPermission.",
      "InvalidApi.NotFound",
      "InvalidProduct.NotFound",
      "InvalidAction.NotFound",
      "NoSuchVersion",
      "UnsupportedHTTPMethod",
      "InvalidProtocol.NeedSsl",
      // MissingParameter, MissingSecurityToken and every other Missing{Name}.
      "Missing*",
      "InvalidParameter",
      "InvalidParameter.",
    ],
  ],
];

/**
 * Families of codes by the words in them, in the order in which they decide. The gateways in front of the API say the
 * same thing in many ways (TooManyRequests, ServiceBusy, Throttling.User, FlowControl, …), and with any HTTP status.
 */
const FAMILIES: readonly (readonly [FaultClass | "not found", RegExp])[] = [
  ["throttled", /throttl/i],
  ["refused", /access_?key|permission|forbidden|unauthori[sz]ed|denied|signature|security_?token/i],
  ["not found", NOT_FOUND_CODE],
  ["refused", /parameter|^invalid/i],
  ["throttled", /too_?many|flow|limit/i],
  ["transient", /busy|time_?out|timed_?out|internal|unavailable|server_?error/i],
];

function classOfCode(code: string): FaultClass | undefined {
  for (const [faultClass, codes] of CODES) {
    if (codes.some((known) => matches(code, known))) return faultClass;
  }
  const family = FAMILIES.find(([, words]) => words.test(code))?.[0];
  return family === "not found" ? undefined : family;
}

function matches(code: string, known: string): boolean {
  if (known.endsWith("*")) return code.startsWith(known.slice(0, -1));
  return known.endsWith(".") ? code.startsWith(known) : code === known;
}

/** What the class of an answer that is not a task depends on. */
export interface FailedAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The API's error code; undefined when there is none. */
  readonly code?: string | undefined;
  /** Whether the body was an error document of the API, with or without a code; HTML and nothing are none. */
  readonly isApiError: boolean;
  /** How long the server asks us to stay away, in milliseconds. */
  readonly retryAfter?: number | undefined;
}

/**
 * The class of an answer that is not a task. The code decides before the status, since the statuses differ from
 * page to page of the documentation, and a 404 can also mean a wrong key or a wrong path.
 *
 * BDRC documents no code for an unknown task, so any code that says "not found" and is none of the gateway's is
 * taken for one, and so is a 404 that the API itself answered.
 */
export function classifyAnswer({ status, code, isApiError, retryAfter }: FailedAnswer): FaultClass {
  const known = code === undefined ? undefined : classOfCode(code);
  if (known) return known;
  if (status === 429) return "throttled";
  if (status === 408 || status >= 500 || status < 400) return "transient";
  if (code !== undefined && NOT_FOUND_CODE.test(code)) return "missing";
  if (status === 404) return isApiError ? "missing" : "transient";
  // Newer gateways ask callers to come back with this header alone.
  return retryAfter !== undefined ? "throttled" : "refused";
}

/**
 * Whether nobody documents that an answer is a refusal: neither its code nor a word in it says so, or there is none.
 *
 * @param code the API's error code; undefined when there is none
 */
export function isUnsureRefusal(code: string | undefined): boolean {
  return code === undefined || classOfCode(code) !== "refused";
}

/** Errors that stay until somebody changes a certificate or a setting; Node's names, and ours that begin with BAD_. */
const LASTING_ERROR =
  /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_(GET|VERIFY|DECRYPT)|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|^BAD_/;

/** The class of a call that brought no answer, by the error code of Node's network layer or of our transport. */
export function classifyNetworkError(code: string | undefined): FaultClass {
  return code !== undefined && LASTING_ERROR.test(code) ? "refused" : "transient";
}

/** The longest wait that a server's Retry-After is honoured for, in milliseconds. */
export const MAX_RETRY_AFTER = 60_000;

/** The shortest time to stay away after a fault, in milliseconds. */
const LEAST_BACKOFF = 200;

/** The longest time to stay away after a fault, in milliseconds: what a server may ask for, and room to come apart. */
const LONGEST_BACKOFF = 75_000;

/** Where the spread begins when a server asked for nothing, in milliseconds. */
const UNASKED_SPREAD = 1000;

/** Caps of the spread, in milliseconds. */
const SPREAD_CAP = { throttled: 60_000, transient: 20_000 } as const;

/**
 * Milliseconds to stay away after a throttled or transient fault: never less than the server asks for, and on top of
 * it a spread, since waiters that were turned away together must not come back together.
 *
 * The spread is drawn from the whole range below a ceiling that doubles with each failure (full jitter). It begins
 * with the size of what was asked, or with 1 second when nothing was: a server that asks for 0.4 s means it.
 *
 * @param attempt how many looks in a row have failed, from 1
 * @param random a number from 0 (included) to 1 (excluded)
 */
export function backoff(fault: Pick<Fault, "class" | "retryAfter">, attempt: number, random: number): number {
  const cap = fault.class === "throttled" ? SPREAD_CAP.throttled : SPREAD_CAP.transient;
  const asked = askedPause(fault);
  const ceiling = Math.min(
    cap,
    Math.max(LEAST_BACKOFF, asked || UNASKED_SPREAD) * 2 ** Math.min(attempt - 1, 16),
  );
  const spread = Math.min(ceiling, LONGEST_BACKOFF - asked) * random;
  return Math.min(LONGEST_BACKOFF, Math.max(LEAST_BACKOFF, asked + spread));
}

/** Milliseconds that a server asked to be left alone after a fault, as far as that is honoured; 0 when it did not. */
export function askedPause({ retryAfter = 0 }: Pick<Fault, "retryAfter">): number {
  return Math.min(retryAfter, MAX_RETRY_AFTER);
}

/**
 * Milliseconds that a server asks us to stay away, from `x-acs-retry-after` (milliseconds) or else `Retry-After`
 * (seconds or a date); undefined when neither makes sense.
 *
 * @param now milliseconds since 1970, to read a date against
 */
export function retryAfterOf(
  headers: Readonly<Record<string, string | undefined>>,
  now: number,
): number | undefined {
  const acs = headers["x-acs-retry-after"]?.trim() ?? "";
  if (/^[1-9]\d{0,14}$/.test(acs)) return Number(acs);
  const standard = headers["retry-after"]?.trim() ?? "";
  if (/^[1-9]\d{0,11}$/.test(standard)) return Number(standard) * 1000;
  const date = /[a-z]/i.test(standard) ? Date.parse(standard) : NaN;
  return Number.isNaN(date) || date <= now ? undefined : date - now;
}
