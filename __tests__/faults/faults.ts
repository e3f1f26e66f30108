import type { Fault, FaultKind } from "../../lib/testing/fake-bdrc";
import type { FaultClass } from "../../lib/waiter/failure";

/** The keys of the matrix; every text that leaves the waiter is searched for them. */
export const SECRETS = { accessKeySecret: "TheSecretOfTheMatrix", securityToken: "token+of/the=matrix==" };

/** A fault of the matrix: what the calls meet, and the class that it must be taken for. */
export interface FaultRow {
  readonly name: string;
  readonly fault: Fault;
  readonly class: FaultClass;
}

/** What a gateway may answer that quotes everything it was sent. */
const QUOTING = `You sent ${SECRETS.accessKeySecret}, ${SECRETS.securityToken} (${encodeURIComponent(SECRETS.securityToken)}), Signature=${"0a".repeat(32)}`;

/** One row for each kind of fault that the fake service knows; the compiler misses none. */
const BY_KIND: Readonly<Record<FaultKind, readonly [FaultClass, Omit<Fault, "kind">?]>> = {
  throttle: ["throttled"],
  "internal-error": ["transient"],
  unavailable: ["transient"],
  "not-found": ["missing"],
  forbidden: ["refused"],
  "token-expired": ["stale"],
  "nonce-used": ["stale"],
  "clock-skew": ["clock"],
  "lower-case": ["transient"],
  xml: ["transient"],
  "no-code": ["transient"],
  html: ["transient"],
  empty: ["transient"],
  redirect: ["transient"],
  "no-data": ["missing"],
  huge: ["transient", { bytes: 2_000_000 }],
  answer: ["transient", { status: 200, body: [] }],
  reset: ["transient"],
  cut: ["transient"],
  hang: ["transient"],
  drip: ["transient"],
};

/** Every fault of the matrix. */
export const FAULTS: readonly FaultRow[] = [
  ...Object.entries(BY_KIND).map(([kind, [faultClass, more]]) => ({
    name: kind === "answer" ? "answer: a list" : kind,
    fault: { kind: kind as FaultKind, ...more },
    class: faultClass,
  })),
  { name: "hang after the headers", fault: { kind: "hang", headersFirst: true }, class: "transient" },
  {
    name: "throttle with HTTP 429",
    fault: { kind: "throttle", status: 429, retryAfterMs: 300 },
    class: "throttled",
  },
  { name: "throttle without a code", fault: { kind: "answer", status: 429, body: "" }, class: "throttled" },
  {
    name: "TooManyRequests with HTTP 400",
    fault: { kind: "answer", status: 400, code: "TooManyRequests" },
    class: "throttled",
  },
  {
    name: "ServiceBusy with HTTP 400",
    fault: { kind: "answer", status: 400, code: "ServiceBusy" },
    class: "transient",
  },
  { name: "html with HTTP 404", fault: { kind: "html", status: 404 }, class: "transient" },
  {
    name: "answer: another task",
    fault: { kind: "answer", status: 200, body: { Data: { TaskId: "t-another", TaskStatus: "COMPLETE" } } },
    class: "transient",
  },
  {
    name: "answer: a task without a status",
    fault: { kind: "answer", status: 200, body: { Data: { Progress: 10_000 } } },
    class: "transient",
  },
  {
    name: "wrong signature, quoted",
    fault: { kind: "answer", status: 400, code: "SignatureDoesNotMatch", message: QUOTING },
    class: "refused",
  },
  {
    name: "unknown key with HTTP 404",
    fault: { kind: "answer", status: 404, code: "InvalidAccessKeyId.NotFound", message: QUOTING },
    class: "refused",
  },
];
