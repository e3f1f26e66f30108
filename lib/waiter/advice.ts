import type { ProblemCode } from "../protocol/problem";
import type { Fault } from "./failure";
import { OTHER_TASK } from "./failure";

/** Who asks, and what: the next step that helps depends on it. */
export interface Situation {
  /** Terraform runs the waiter; a person runs `bdrc-task`, or its doctor, which needs not send anybody to itself. */
  readonly by: "terraform" | "command" | "doctor";
  /** The operation that was called, such as DescribeTask. */
  readonly action: string;
}

/** What is missing where there are no credentials; said of a fault whose code this is. */
export const NO_CREDENTIALS = "NoCredentials";

const CERTIFICATE =
  /CERT|SELF_SIGNED|ALTNAME|VERIFY|UNABLE_TO_(GET|DECRYPT)|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)/;

/** The code of the problem that a fault is when a wait or a call ends with it. */
export function codeOfFault(fault: Pick<Fault, "class" | "code" | "status">): ProblemCode {
  const code = fault.code ?? "";
  if (code === NO_CREDENTIALS) return "NO_CREDENTIALS";
  if (fault.class === "clock") return "CLOCK";
  if (isDenied(fault)) return "NO_PERMISSION";
  if (code === OTHER_TASK) return "OTHER_TASK";
  if (code === "ENOTFOUND") return "UNKNOWN_HOST";
  if (fault.class === "missing") return "NOT_FOUND";
  // The credentials were renewed, and are refused all the same; a nonce is nothing of theirs.
  if (fault.class === "stale") return /SecurityToken/.test(code) ? "BAD_CREDENTIALS" : "REFUSED";
  if (fault.class !== "refused") return "OUTAGE";
  if (/AccessKeyId|Signature|SecurityToken/.test(code)) return "BAD_CREDENTIALS";
  if (CERTIFICATE.test(code)) return "CERTIFICATE";
  if (code === "BAD_PROXY" || fault.status === 407) return "PROXY";
  if (/^Invalid(Api|Product|Action)\.NotFound$|^NoSuchVersion$/.test(code)) return "WRONG_ENDPOINT";
  return /Parameter/.test(code) ? "BAD_PARAMETER" : "REFUSED";
}

/** Whether an answer says that the identity may not do what was asked. */
export function isDenied({ class: faultClass, code }: Pick<Fault, "class" | "code">): boolean {
  return faultClass === "refused" && /^(Forbidden|NoPermission)/.test(code ?? "");
}

/** What to do about a fault, as far as it is the same for everybody. */
const ADVICE: Readonly<Partial<Record<ProblemCode, string>>> = {
  BAD_CREDENTIALS: "check the access key, its secret and, with temporary credentials, the security token",
  CLOCK: "set this machine's clock; BDRC accepts at most 15 minutes of difference",
  CERTIFICATE: "check the endpoint; a certificate authority of your own is named by NODE_EXTRA_CA_CERTS",
  PROXY: "check HTTPS_PROXY; name hosts that are reached without a proxy in NO_PROXY",
  UNKNOWN_HOST:
    "check the region or the endpoint: BDRC is documented in cn-shanghai, ap-southeast-1 and cn-shanghai-finance-1",
  WRONG_ENDPOINT: "check the endpoint: it is not BDRC's",
  BAD_PARAMETER: "correct what the message names",
  OTHER_TASK:
    "look for a proxy, cache or gateway: something between this machine and BDRC answers for another task",
};

/** What to do about a fault: the one place for the next step after a call that failed. */
export function adviceOn(fault: Fault, situation: Situation): string {
  if (fault.advice !== undefined) return fault.advice;
  const code = codeOfFault(fault);
  const again = againIn(situation);
  if (code === "NO_PERMISSION") return grant(situation.action);
  if (code === "NOT_FOUND") return NOT_FOUND_ADVICE;
  if (fault.class === "stale" && code === "REFUSED")
    return `${again}; if it repeats, look for a proxy that sends calls twice`;
  const known = ADVICE[code];
  if (known !== undefined) return known;
  // The way to BDRC was seen to be good.
  if (situation.by === "doctor" && fault.status !== undefined && code === "OUTAGE") return `${again} later`;
  const doctor =
    situation.by === "command" ? "; bdrc-task doctor says which part of the way does not work" : "";
  return code === "OUTAGE"
    ? `check the network, proxy and endpoint, then ${again}${doctor}`
    : `check the endpoint, the region and the account; see the message${doctor}`;
}

/** What to do about a task that BDRC does not know. */
export const NOT_FOUND_ADVICE =
  "check the id, the account whose keys are used, and the region: a task is known at one endpoint only";

/** How one does the same once more. */
export function againIn({ by }: Pick<Situation, "by">): string {
  return by === "terraform" ? "run Terraform again" : "run this again";
}

function grant(action: string): string {
  const reads = /^(Describe|Get)/.test(action) ? " (or AliyunBDRCReadOnlyAccess)" : "";
  return `grant bdrc:${action} on *${reads} to the identity whose keys are used`;
}
