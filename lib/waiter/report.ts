import prettyMilliseconds from "pretty-ms";
import { ENVIRONMENT } from "../protocol/environment";
import { codeOfStatus, type Problem, type ProblemCode } from "../protocol/problem";
import { COMPLETE, isPending, isTerminal, TERMINAL_STATUSES } from "../protocol/status";
import { adviceOn, againIn, codeOfFault, NOT_FOUND_ADVICE, type Situation } from "./advice";
import type { BdrcTaskRecord } from "./bdrc/task";
import type { Fault } from "./failure";
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
  /** The operation that was called. @default "DescribeTask" */
  readonly action?: string;
  /** Whether the task's result may be absent. @default - its type decides */
  readonly countless?: boolean;
  /** Who reads the texts: what they call a setting, and what doing it again is, depends on it. */
  readonly by: Situation["by"];
  /** Whether BDRC_TASK_WAIT=never has made one look of the wait. @default false */
  readonly neverWaits?: boolean;
  readonly taskId: string;
  /** The host that was asked. */
  readonly endpoint: string;
  /** The place that it stands for; see placeOf. */
  readonly place: string;
  /** The whole wait that was allowed, in milliseconds. */
  readonly timeout: number;
}

/** A fact of a text: its name and its value. */
export type Fact = readonly [key: string, value: string];

/** The longest wait, which all texts call by its hours. */
const DAY = 86_400_000;

/** A duration as a person says it: 3m 10s. @param milliseconds any length from 0 */
export function duration(milliseconds: number): string {
  if (milliseconds === DAY) return "24h";
  return prettyMilliseconds(milliseconds, { secondsDecimalDigits: milliseconds < 10_000 ? 1 : 0 });
}

/** Progress as a person says it: 42 %. @param progress 0–10000 */
export function percent(progress: number): string {
  return `${Math.floor(progress / 100)} %`;
}

/**
 * The problem with an outcome; undefined when the task is complete and its result was understood.
 *
 * What rests on the task alone is a pure function of the task. Only where the calls themselves are the matter
 * (deadline, outage, refusal) does its text speak of looks and times.
 *
 * @param unread why the result of a complete task was not understood
 */
export function problemOf(
  outcome: Outcome<BdrcTaskRecord>,
  facts: ReportFacts,
  unread: string | undefined,
): Problem | undefined {
  const { ending, task } = outcome;
  if (ending === "terminal" && task) return ofEndedTask(task, facts, unread);
  if (ending === "looked" && task) return ofPendingTask(task, facts);
  // A short deadline can come while a task that was never seen still gets time to appear.
  const notFound = ending === "deadline" && task === undefined && outcome.fault?.class === "missing";
  if (ending === "missing" || ending === "gone" || notFound) return ofMissing(outcome, facts);
  if (ending === "deadline") return ofDeadline(outcome, facts);
  return ofSilence(outcome, facts);
}

function ofEndedTask(
  task: BdrcTaskRecord,
  facts: ReportFacts,
  unread: string | undefined,
): Problem | undefined {
  if (task.status === COMPLETE && unread === undefined) return undefined;
  const again = anotherTask(facts);
  if (task.status === COMPLETE) {
    return problemWith(
      "BAD_RESULT",
      `Task ${facts.taskId} is COMPLETE, but its result cannot be used: ${unread}.`,
      [
        ...taskFacts(task),
        ["Result", shorten(task.taskResult) || "empty"],
        ["Next", `${again}; if it repeats, report it to BDRC with this text`],
      ],
    );
  }
  const next = new Map([
    ["FAILED", `see what the message names, ${again}`],
    ["CANCELED", `find out who canceled it, ${again}`],
  ]);
  return problemWith(codeOfStatus(task.status), `Task ${facts.taskId} ended as ${task.status}.`, [
    ...taskFacts(task),
    ["Next", next.get(task.status) ?? again],
  ]);
}

/** How one comes to another task. */
function anotherTask(facts: ReportFacts): string {
  if (facts.sought) return "start another one: the next run finds the newest";
  return facts.started ? "apply again: that starts another task" : "start the task again and use the new id";
}

function ofPendingTask(task: BdrcTaskRecord, facts: ReportFacts): Problem {
  return problemWith("NOT_ENDED", `Task ${facts.taskId} has not ended: it is ${task.status}.`, [
    ...taskFacts(task),
    ...strangeStatus(task.status),
    ...notWaited(facts),
    [
      "Next",
      facts.neverWaits
        ? `unset ${ENVIRONMENT.wait} and ${againIn(facts)}, which waits; or let the task end first: bdrc-task wait ${facts.taskId}`
        : `wait for the task (bdrc-task wait ${facts.taskId}), then ${againIn(facts)}`,
    ],
  ]);
}

/** Why a wait was none, where somebody has turned waiting off; whoever reads it may not know. */
function notWaited(facts: ReportFacts): Fact[] {
  return facts.neverWaits ? [["Reason", `${ENVIRONMENT.wait}=never is set: one look, no wait`]] : [];
}

function ofDeadline(outcome: Outcome<BdrcTaskRecord>, facts: ReportFacts): Problem {
  const { task, fault } = outcome;
  const state = task ? `it is ${task.status}` : "it was never seen";
  const first = `Task ${facts.taskId} did not end within ${duration(facts.timeout)}: ${state}.`;
  return problemWith("DEADLINE", first, [
    ...(task ? taskFacts(task) : []),
    ...(task ? strangeStatus(task.status) : []),
    ...(fault ? faultFacts(fault) : []),
    ...callFacts(outcome, facts),
    ["Next", afterDeadline(task, facts)],
  ]);
}

function afterDeadline(task: BdrcTaskRecord | undefined, facts: ReportFacts): string {
  if (task && statusNote(task.status) !== undefined) {
    return `ask BDRC what ${task.status} means: the wait ends only with one of ${TERMINAL_STATUSES.join(", ")}, and more time helps only if the task comes to one`;
  }
  const name = facts.by === "terraform" ? "timeout" : "--timeout";
  return facts.timeout >= DAY
    ? `${againIn(facts)} to go on waiting (\`${name}\` is at its most, 24h)`
    : `${againIn(facts)} to go on waiting, or allow more time with \`${name}\` (at most 24h)`;
}

function ofMissing(outcome: Outcome<BdrcTaskRecord>, facts: ReportFacts): Problem {
  if (facts.isKnown === false) return ofNothingFound(outcome, facts);
  const gone = outcome.ending === "gone";
  const first = gone
    ? `Task ${facts.taskId} is gone: BDRC knew it before and does not know it any more.`
    : `Task ${facts.taskId} was not found: BDRC at ${facts.endpoint} does not know it.`;
  return problemWith(gone ? "GONE" : "NOT_FOUND", first, [
    ...(outcome.fault ? faultFacts(outcome.fault) : []),
    ...callFacts(outcome, facts),
    ...notWaited(facts),
    ["Next", gone ? anotherTask(facts) : NOT_FOUND_ADVICE],
  ]);
}

/** There is no task to wait for; what was found instead stands in the fault. */
function ofNothingFound({ fault }: Outcome<BdrcTaskRecord>, facts: ReportFacts): Problem {
  const found = fault?.facts ?? (fault ? faultFacts(fault) : []);
  const hasNext = found.some(([key]) => key === "Next");
  return problemWith("NOT_FOUND", `There is no task to wait for: ${facts.sought ?? ""} was not found.`, [
    ["Endpoint", facts.endpoint],
    ...found,
    ...(hasNext
      ? []
      : ([["Next", "check the id, the account whose keys are used, and the region"]] as const)),
  ]);
}

function ofSilence(outcome: Outcome<BdrcTaskRecord>, facts: ReportFacts): Problem {
  const { fault, task } = outcome;
  const refused = outcome.ending === "refused";
  const first = refused
    ? `Task ${facts.taskId} cannot be read: ${fault?.message ?? "refused"}.`
    : `Task ${facts.taskId} cannot be read: no good answer from ${facts.endpoint} for ${duration(outcome.silent)}.`;
  return problemWith(fault ? codeOfFault(fault) : refused ? "REFUSED" : "OUTAGE", first, [
    ...(task ? ([["Last seen", `${task.status}${progressOf(task)}`]] as Fact[]) : []),
    // A refusal says its fault in the first line.
    ...(fault ? faultFacts(fault).slice(refused ? 1 : 0) : []),
    ...callFacts(outcome, facts),
    ...notWaited(facts),
    [
      "Next",
      fault ? adviceOn(fault, { by: facts.by, action: facts.action ?? "DescribeTask" }) : againIn(facts),
    ],
  ]);
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
  const note = statusNote(status);
  return note === undefined ? [] : [["Note", note]];
}

/** What is odd about a status that BDRC does not document; undefined for one that it does. */
export function statusNote(status: string): string | undefined {
  return isPending(status) || isTerminal(status)
    ? undefined
    : `${status} is not a status that BDRC documents; it is taken for a task under way`;
}

function faultFacts(fault: Fault): Fact[] {
  return [
    ["Last fault", fault.message],
    ...(fault.serverMessage ? ([["Server says", serverText(fault.serverMessage)]] as Fact[]) : []),
    ...(fault.requestId ? ([["Request id", fault.requestId]] as Fact[]) : []),
    ...(fault.clockAhead === undefined ? [] : ([["Clock", clockText(fault.clockAhead)]] as Fact[])),
    ...(fault.facts ?? []),
  ];
}

/**
 * A server's sentence without what only its own code can read: of a wrong signature, it quotes all that was to be
 * signed, which is four lines of a screen and hides what to do.
 */
export function serverText(message: string): string {
  const [sentence = ""] = message.split(/[.,;:\s]*\bserver (?:string to sign|StringToSign|canonical)/i);
  return sentence.trim() === "" ? message : sentence;
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

/** A problem with its text: the code is the first of its facts. */
export function problemWith(code: ProblemCode, first: string, facts: readonly Fact[]): Problem {
  return { code, text: factText(first, [["Code", code], ...facts]) };
}

/**
 * A text for a person: the first line says what, then a blank line, then the facts. Terraform never re-wraps a line
 * that starts with a space.
 */
function factText(first: string, facts: readonly Fact[]): string {
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
