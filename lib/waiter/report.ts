import prettyMilliseconds from "pretty-ms";
import { COMPLETE, isPending, isTerminal } from "../protocol/status";
import type { BdrcTaskRecord } from "./bdrc/task";
import { OTHER_TASK, type Fault } from "./failure";
import { printable } from "./printable";
import type { Outcome } from "./wait";

/** What the texts need to know besides the outcome. */
export interface ReportFacts {
  /** Whether the task was started by an apply, which can start another one. @default false */
  readonly started?: boolean;
  /** What was looked for, when no id was given: `the newest …`. @default - an id was given */
  readonly sought?: string;
  /** Whether what was looked for was found. @default true */
  readonly isKnown?: boolean;
  /** Which task was taken and why, in one line. @default "" */
  readonly choice?: string;
  /** Whether the task's result may be absent. @default - its type decides */
  readonly countless?: boolean;
  readonly taskId: string;
  /** The host that was asked. */
  readonly endpoint: string;
  /** The whole wait that was allowed, in milliseconds. */
  readonly timeout: number;
}

/** A fact of a text: its name and its value. */
export type Fact = readonly [key: string, value: string];

/** A duration as a person says it: 3m 10s. @param milliseconds any length from 0 */
export function duration(milliseconds: number): string {
  return prettyMilliseconds(milliseconds, { secondsDecimalDigits: milliseconds < 10_000 ? 1 : 0 });
}

/** Progress as a person says it: 42 %. @param progress 0–10000 */
export function percent(progress: number): string {
  return `${Math.floor(progress / 100)} %`;
}

/**
 * The problem with an outcome, for a person; empty when the task is complete and its result was understood.
 *
 * What rests on the task alone is a pure function of the task. Only where the calls themselves are the matter
 * (deadline, outage, refusal) does it speak of looks and times.
 *
 * @param unread why the result of a complete task was not understood
 */
export function problemOf(
  outcome: Outcome<BdrcTaskRecord>,
  facts: ReportFacts,
  unread: string | undefined,
): string {
  const { ending, task } = outcome;
  if (ending === "terminal" && task) return ofEndedTask(task, facts, unread);
  if (ending === "looked" && task) return ofPendingTask(task, facts);
  // A short deadline can come while a task that was never seen still gets time to appear.
  const notFound = ending === "deadline" && task === undefined && outcome.fault?.class === "missing";
  if (ending === "missing" || ending === "gone" || notFound) return ofMissing(outcome, facts);
  if (ending === "deadline") return ofDeadline(outcome, facts);
  return ofSilence(outcome, facts);
}

function ofEndedTask(task: BdrcTaskRecord, facts: ReportFacts, unread: string | undefined): string {
  if (task.status === COMPLETE && unread === undefined) return "";
  if (task.status === COMPLETE) {
    return factText(`Task ${facts.taskId} is COMPLETE, but its result cannot be used: ${unread}.`, [
      ...taskFacts(task),
      ["Result", shorten(task.taskResult) || "empty"],
      ["Next", `${anotherTask(facts)}; if it repeats, report it to BDRC with this text`],
    ]);
  }
  const again = anotherTask(facts);
  const next = new Map([
    ["FAILED", `see what the message names, ${again}`],
    ["CANCELED", `find out who canceled it, ${again}`],
  ]);
  return factText(`Task ${facts.taskId} ended as ${task.status}.`, [
    ...taskFacts(task),
    ["Next", next.get(task.status) ?? again],
  ]);
}

/** How one comes to another task. */
function anotherTask(facts: ReportFacts): string {
  if (facts.sought) return "start another one: the next run finds the newest";
  return facts.started ? "apply again: that starts another task" : "start the task again and use the new id";
}

function ofPendingTask(task: BdrcTaskRecord, facts: ReportFacts): string {
  return factText(`Task ${facts.taskId} has not ended: it is ${task.status}.`, [
    ...taskFacts(task),
    ...strangeStatus(task.status),
    ["Next", "wait for the task and run this again"],
  ]);
}

function ofDeadline(outcome: Outcome<BdrcTaskRecord>, facts: ReportFacts): string {
  const { task, fault } = outcome;
  const state = task ? `it is ${task.status}` : "it was never seen";
  return factText(`Task ${facts.taskId} did not end within ${duration(facts.timeout)}: ${state}.`, [
    ...(task ? taskFacts(task) : []),
    ...(task ? strangeStatus(task.status) : []),
    ...(fault ? faultFacts(fault) : []),
    ...callFacts(outcome, facts),
    ["Next", "run this again to go on waiting, or allow more time with `timeout` (at most 24 hours)"],
  ]);
}

function ofMissing(outcome: Outcome<BdrcTaskRecord>, facts: ReportFacts): string {
  if (facts.isKnown === false) return ofNothingFound(outcome, facts);
  const gone = outcome.ending === "gone";
  const first = gone
    ? `Task ${facts.taskId} is gone: BDRC knew it before and does not know it any more.`
    : `Task ${facts.taskId} was not found: BDRC at ${facts.endpoint} does not know it.`;
  return factText(first, [
    ...(outcome.fault ? faultFacts(outcome.fault) : []),
    ...callFacts(outcome, facts),
    gone
      ? ["Next", anotherTask(facts)]
      : [
          "Next",
          "check the id, the account whose keys are used, and the region: a task is known at one endpoint only",
        ],
  ]);
}

/** There is no task to wait for; what was found instead stands in the fault. */
function ofNothingFound({ fault }: Outcome<BdrcTaskRecord>, facts: ReportFacts): string {
  const found = fault?.facts ?? (fault ? faultFacts(fault) : []);
  const hasNext = found.some(([key]) => key === "Next");
  return factText(`There is no task to wait for: ${facts.sought ?? ""} was not found.`, [
    ["Endpoint", facts.endpoint],
    ...found,
    ...(hasNext
      ? []
      : ([["Next", "check the id, the account whose keys are used, and the region"]] as const)),
  ]);
}

function ofSilence(outcome: Outcome<BdrcTaskRecord>, facts: ReportFacts): string {
  const { fault, task } = outcome;
  const first =
    outcome.ending === "refused"
      ? `Task ${facts.taskId} cannot be read: ${fault?.message ?? "refused"}.`
      : `Task ${facts.taskId} cannot be read: no good answer from ${facts.endpoint} for ${duration(outcome.silent)}.`;
  return factText(first, [
    ...(task ? ([["Last seen", `${task.status}${progressOf(task)}`]] as Fact[]) : []),
    // A refusal says its fault in the first line.
    ...(fault ? faultFacts(fault).slice(outcome.ending === "refused" ? 1 : 0) : []),
    ...callFacts(outcome, facts),
    ["Next", fault ? adviceOn(fault) : "run this again"],
  ]);
}

function adviceOn(fault: Fault): string {
  const code = fault.code ?? "";
  if (code === "NoCredentials") {
    return "set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or configure a profile or a role";
  }
  if (fault.class === "clock")
    return "set this machine's clock; BDRC accepts at most 15 minutes of difference";
  if (code.startsWith("Forbidden") || code === "NoPermission") {
    const permission = fault.facts?.find(([key]) => key === "Permission")?.[1] ?? "bdrc:DescribeTask on *";
    return `grant ${permission} (or AliyunBDRCReadOnlyAccess) to the identity whose keys are used`;
  }
  if (code === "SignatureNonceUsed")
    return "run this again; if it repeats, look for a proxy that sends calls twice";
  if (/AccessKeyId|Signature|SecurityToken/.test(code)) {
    return "check the access key, its secret and, with temporary credentials, the security token";
  }
  if (/CERT|ALTNAME|VERIFY/.test(code)) {
    return "check the endpoint; a certificate authority of your own is named by NODE_EXTRA_CA_CERTS";
  }
  if (code === "BAD_PROXY" || fault.status === 407) {
    return "check HTTPS_PROXY; name hosts that are reached without a proxy in NO_PROXY";
  }
  if (code === "ENOTFOUND") {
    return "check the region or the endpoint: BDRC is documented in cn-shanghai, ap-southeast-1 and cn-shanghai-finance-1";
  }
  if (code === OTHER_TASK)
    return "look for a proxy, cache or gateway: something between this machine and BDRC answers for another task";
  if (/^Invalid(Api|Product|Action)\.NotFound$|^NoSuchVersion$/.test(code))
    return "check the endpoint: it is not BDRC's";
  if (fault.class === "refused") return "check the endpoint, the region and the account; see the message";
  return "check the network, proxy and endpoint, then run this again";
}

function taskFacts(task: BdrcTaskRecord): Fact[] {
  const what = [task.taskType, task.taskName].filter((word) => word !== "").join(", ");
  return [
    ["Task", `${task.taskId || "(no id in the answer)"}${what ? ` (${what})` : ""}`],
    ["Status", `${task.status}${progressOf(task)}`],
    ...(task.errorMessage ? ([["Message", task.errorMessage]] as Fact[]) : []),
  ];
}

function progressOf(task: BdrcTaskRecord): string {
  return task.progress === undefined ? "" : ` at ${percent(task.progress)}`;
}

function strangeStatus(status: string): Fact[] {
  if (isPending(status) || isTerminal(status)) return [];
  return [["Note", `${status} is not a status that BDRC documents; it was taken for a task under way`]];
}

function faultFacts(fault: Fault): Fact[] {
  return [
    ["Last fault", fault.message],
    ...(fault.serverMessage ? ([["Server says", fault.serverMessage]] as Fact[]) : []),
    ...(fault.requestId ? ([["Request id", fault.requestId]] as Fact[]) : []),
    ...(fault.clockAhead === undefined ? [] : ([["Clock", clockText(fault.clockAhead)]] as Fact[])),
    ...(fault.facts ?? []),
  ];
}

function clockText(ahead: number): string {
  return `this machine is ${duration(Math.abs(ahead) * 1000)} ${ahead < 0 ? "behind" : "ahead of"} the server`;
}

function callFacts(outcome: Outcome<BdrcTaskRecord>, facts: ReportFacts): Fact[] {
  const tally = Object.entries(outcome.faults).map(([name, times]) => `${times} × ${name}`);
  return [
    ["Endpoint", facts.endpoint],
    [
      "Looks",
      `${outcome.looks} in ${duration(outcome.waited)}${tally.length > 0 ? `, faults: ${tally.join(", ")}` : ""}`,
    ],
  ];
}

/**
 * A text for a person: the first line says what, then a blank line, then the facts. Terraform never re-wraps a line
 * that starts with a space.
 */
export function factText(first: string, facts: readonly Fact[]): string {
  // A text of a server can be nothing but control characters.
  const clean = facts
    .map(([key, value]) => [key, oneLine(value)] as const)
    .filter(([, value]) => value !== "");
  const width = Math.max(...clean.map(([key]) => key.length)) + 2;
  return [oneLine(first), "", ...clean.map(([key, value]) => `  ${`${key}:`.padEnd(width)}${value}`)].join(
    "\n",
  );
}

function oneLine(value: string): string {
  return shorten(printable(value));
}

function shorten(value: string): string {
  return value.length > 500 ? `${value.slice(0, 497)}...` : value;
}
