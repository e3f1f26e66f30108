import type { WaitEvent } from "../protocol/event";
import type { ResultMap } from "../protocol/result";
import { COMPLETE } from "../protocol/status";
import { BdrcClient, type Connection } from "./bdrc/client";
import { credentialSource } from "./bdrc/credentials";
import { lookAt } from "./bdrc/look";
import type { BdrcTaskRecord } from "./bdrc/task";
import type { Clock } from "./clock";
import type { EventSink } from "./events";
import { Finder, findText } from "./find-task";
import type { WaitQuery } from "./read-query";
import { resultOf } from "./result";
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
  /** For runs that share one. @default - one of its own, with the query's endpoint and profile */
  readonly connection?: Connection;
  /** For runs that share one limit; see {@link WaitPorts.turn}. @default - a look is made when it is due */
  readonly turn?: NonNullable<WaitPorts<BdrcTaskRecord>["turn"]>;
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
      events({ ...common(waited), task_id: told, type: "end", status: COMPLETE, problem: "", looks });
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
  const outcome = await waitForTask<BdrcTaskRecord>(
    {
      look: finder ? (limit) => finder.look(limit) : lookAt(client, query.taskId, () => clock.date()),
      renew: () => source.renew(),
      ...(context.turn ? { turn: context.turn } : {}),
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
    timeout: rules.timeout,
    started: "start" in query,
    ...(sought === undefined ? {} : { sought, isKnown }),
    ...(query.countless ? { countless: true } : {}),
    choice: finder?.found?.choice ?? query.choice ?? "",
  });
  events({
    ...common(clock.now() - begin),
    type: "end",
    status: result.status,
    problem: result.problem.split("\n", 1)[0] ?? "",
    looks: outcome.looks,
  });
  return { outcome, result };
}

function lookEvent(report: LookReport<BdrcTaskRecord>) {
  const { answer, look, nextIn } = report;
  const next_look_seconds = nextIn === undefined ? null : seconds(nextIn);
  return answer.fault
    ? ({
        type: "fault",
        look,
        fault: answer.fault.class,
        message: answer.fault.message,
        next_look_seconds,
      } as const)
    : ({
        type: "look",
        look,
        status: answer.task.status,
        progress: answer.task.progress ?? null,
        next_look_seconds,
      } as const);
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
