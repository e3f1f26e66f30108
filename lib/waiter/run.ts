import { placeOf } from "../protocol/endpoint";
import type { WaitEvent } from "../protocol/event";
import type { ProblemCode } from "../protocol/problem";
import type { ResultMap } from "../protocol/result";
import { COMPLETE } from "../protocol/status";
import { codeOfFault } from "./advice";
import { BdrcClient, type Connection } from "./bdrc/client";
import { credentialSource } from "./bdrc/credentials";
import { faultOfError, lookAt, tellable } from "./bdrc/look";
import type { BdrcTaskRecord } from "./bdrc/task";
import type { Clock } from "./clock";
import type { EventSink } from "./events";
import type { Fault } from "./failure";
import { Finder, findText } from "./find-task";
import type { WaitQuery } from "./query";
import { type ReportFacts, statusNote } from "./report";
import { resultOf } from "./result";
import type { MachineTurns } from "./turns/machine-turns";
import { waitForTask, type LookReport, type Outcome, type WaitPorts, type WaitRules } from "./wait";

export type { Connection };

/** Where a run gets its time from and where it tells what happens. */
export interface RunContext {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly events: EventSink;
  /** Terraform is destroying, or BDRC_TASK_WAIT=never: one call, no wait. */
  readonly never: boolean;
  /** Terraform is destroying, so that nobody needs the answer. @default false */
  readonly destroying?: boolean;
  /** Who reads the texts. @default "terraform" */
  readonly by?: ReportFacts["by"];
  /** For runs that share one. @default - one of its own, with the query's endpoint and profile */
  readonly connection?: Connection;
  /** The turns of all waits on this machine. @default - a look is made when it is due */
  readonly turns?: MachineTurns;
  /** For runs in one process that share one limit, before a turn of the machine's. @default - there is none */
  readonly line?: Line;
}

/** A limit within one process. */
export interface Line {
  /** What the query asks for, in looks a second. */
  readonly looksPerSecond: number;
  /** Waits for the next turn; false at once when it would come too late. @param stands called now and then until it comes */
  take(stands: () => void): Promise<boolean>;
}

/** A run as it went, and the object to print. */
export interface Run {
  readonly outcome: Outcome<BdrcTaskRecord>;
  readonly result: ResultMap;
}

/** Runs a whole query: waits for the task and gives the object to print. */
export async function runQuery(query: WaitQuery, context: RunContext): Promise<ResultMap> {
  return (await runWait(query, context)).result;
}

/** Opens a way to an endpoint, with the credentials that a profile or the environment gives. */
export function connect(
  { endpoint, profile }: Pick<WaitQuery, "endpoint" | "profile">,
  environment: NodeJS.ProcessEnv,
): Connection {
  const source = credentialSource(environment, profile);
  return { client: new BdrcClient(endpoint, source), source };
}

/** Runs a whole query as {@link runQuery} does, for callers that need to know how the wait went. */
export async function runWait(query: WaitQuery, context: RunContext): Promise<Run> {
  const { clock, events } = context;
  const { client, source } = context.connection ?? connect(query, context.environment);
  const rules: WaitRules = {
    mode: context.never ? "glance" : query.wait ? "wait" : "look",
    timeout: query.timeoutSeconds * 1000,
    maxOutage: query.maxOutageSeconds * 1000,
    remembered: query.remembered,
  };
  const finder = query.find && query.taskId === "" ? new Finder(client, query.find, clock) : undefined;
  const sought = query.find && findText(query.find);
  // Until the task is known, a wait goes by the name of what is looked for.
  const name = (): string => finder?.found?.taskId ?? (query.taskId || (sought ?? ""));

  const begin = clock.now();
  const common = (waited: number): Pick<WaitEvent, "at" | "task_id" | "waited_seconds"> => ({
    at: new Date(clock.date()).toISOString(),
    task_id: name(),
    waited_seconds: seconds(waited),
  });
  let told: string | undefined;
  const tellStart = (waited: number, looks: number): void => {
    if (told === name()) return;
    // The finding had a fault and was told of; it is over, and the wait for the task itself begins.
    if (told !== undefined) {
      const over = { status: COMPLETE, problem: "", problem_code: "" } as const;
      events({ ...common(waited), task_id: told, type: "end", ...over, looks });
    }
    told = name();
    events({
      ...common(waited),
      type: "start",
      endpoint: query.endpoint.host,
      timeout_seconds: query.timeoutSeconds,
      wait: rules.mode === "wait",
    });
  };
  if (!finder) tellStart(0, 0);
  const turn = turnsOf(query, { client, source }, context, {
    alone: (message) => events({ ...common(clock.now() - begin), type: "alone", message }),
    stands: () => events({ ...common(clock.now() - begin), type: "queue" }),
  });
  const outcome = await waitForTask<BdrcTaskRecord>(
    {
      look: finder ? (limit) => finder.look(limit) : lookAt(client, query.taskId, () => clock.date()),
      renew: () => source.renew(),
      ...(turn ? { turn } : {}),
      clock,
      onLook: (report) => {
        tellStart(finder ? report.waited : 0, report.look);
        events({ ...common(report.waited), ...lookEvent(report) });
      },
    },
    rules,
  );
  const isKnown = finder === undefined || finder.found !== undefined;
  const result = resultOf(outcome, {
    taskId: isKnown ? name() : `to be found (${name()})`,
    endpoint: query.endpoint.host,
    place: placeOf(query.endpoint),
    timeout: rules.timeout,
    started: "start" in query,
    by: context.by ?? "terraform",
    neverWaits: context.never && context.destroying !== true,
    ...(isKnown || !query.find
      ? {}
      : { action: "policy" in query.find ? "GetProtectionPolicy" : "DescribeTasks" }),
    ...(sought === undefined ? {} : { sought, isKnown }),
    ...(query.countless ? { countless: true } : {}),
    choice: finder?.found?.choice ?? query.choice ?? "",
  });
  events({
    ...common(clock.now() - begin),
    type: "end",
    status: result.status,
    problem: result.problem.split("\n", 1)[0] ?? "",
    problem_code: result.problem_code as ProblemCode | "",
    looks: outcome.looks,
    resource_counts: result.resource_counts,
  });
  return { outcome, result };
}

/** How a run comes to its turns; undefined when nothing limits it. @param tell says why nothing is shared, and that it stands in a line */
function turnsOf(
  { endpoint, profile }: WaitQuery,
  { client, source }: Connection,
  { clock, destroying, line, turns }: RunContext,
  tell: { readonly alone: (reason: string) => void; readonly stands: () => void },
): WaitPorts<BdrcTaskRecord>["turn"] {
  if (!line && !turns) return undefined;
  const asked = { endpoint: endpoint.host, profile, source, ...line };
  return async (until, limit) => {
    const begin = clock.now();
    if (line && !(await line.take(tell.stands))) return { stood: clock.now() - begin, fault: NO_TURN };
    const inLine = clock.now() - begin;
    try {
      const turn = await turns?.take(asked, until, limit, tell.stands);
      if (turn?.kind === "alone" && turn.isNew) tell.alone(turn.reason);
      const stood = inLine + (turn?.stood ?? 0);
      return turn?.kind === "late" && destroying ? { stood, fault: NO_TURN } : { stood };
    } catch (error) {
      // Without keys there is nothing to ask, and the search for them is not begun again.
      const fault = tellable(faultOfError(error, false), (text) => client.redact(text));
      return { stood: inLine, fault };
    }
  };
}

/** What is said of a look that was not made; nobody needs its answer. */
const NO_TURN: Fault = {
  class: "transient",
  message: "not asked, since Terraform is destroying",
  code: "NO_TURN",
};

function lookEvent(report: LookReport<BdrcTaskRecord>) {
  const { answer, look, nextIn, silent, patience } = report;
  const next_look_seconds = nextIn === undefined ? null : seconds(nextIn);
  const note = answer.task && statusNote(answer.task.status);
  return answer.fault
    ? ({
        type: "fault",
        look,
        fault: answer.fault.class,
        problem_code: codeOfFault(answer.fault),
        message: answer.fault.message,
        next_look_seconds,
        ...(answer.fault.class === "transient" && {
          silent_seconds: seconds(silent),
          gives_up_seconds: seconds(patience),
        }),
      } as const)
    : ({
        type: "look",
        look,
        status: answer.task.status,
        progress: answer.task.progress ?? null,
        ...(answer.age === undefined ? {} : { running_seconds: seconds(answer.age) }),
        next_look_seconds,
        ...(note === undefined ? {} : { note }),
      } as const);
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
