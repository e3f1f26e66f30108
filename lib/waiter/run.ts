import type { WaitEvent } from "../protocol/event";
import type { ResultMap } from "../protocol/result";
import { BdrcClient, type Connection } from "./bdrc/client";
import { credentialSource } from "./bdrc/credentials";
import { lookAt } from "./bdrc/look";
import type { BdrcTaskRecord } from "./bdrc/task";
import type { Clock } from "./clock";
import type { EventSink } from "./events";
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
  const facts = {
    taskId: query.taskId,
    endpoint: query.endpoint.host,
    timeout: rules.timeout,
    started: "start" in query,
  };

  const begin = clock.now();
  const common = (waited: number): Pick<WaitEvent, "at" | "task_id" | "waited_seconds"> => ({
    at: new Date(clock.date()).toISOString(),
    task_id: query.taskId,
    waited_seconds: seconds(waited),
  });
  events({
    ...common(0),
    type: "start",
    endpoint: facts.endpoint,
    timeout_seconds: query.timeoutSeconds,
    wait: rules.mode === "wait",
  });
  const outcome = await waitForTask<BdrcTaskRecord>(
    {
      look: lookAt(client, query.taskId, () => clock.date()),
      renew: () => source.renew(),
      ...(context.turn ? { turn: context.turn } : {}),
      clock,
      onLook: (report) => events({ ...common(report.waited), ...lookEvent(report) }),
    },
    rules,
  );
  const result = resultOf(outcome, facts);
  events({
    ...common(clock.now() - begin),
    type: "end",
    status: result.status,
    problem: result.problem.split("\n", 1)[0] ?? "",
    looks: outcome.looks,
    resource_counts: result.resource_counts,
  });
  return { outcome, result };
}

function lookEvent(report: LookReport<BdrcTaskRecord>) {
  const { answer, look, nextIn, silent, patience } = report;
  const next_look_seconds = nextIn === undefined ? null : seconds(nextIn);
  return answer.fault
    ? ({
        type: "fault",
        look,
        fault: answer.fault.class,
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
        next_look_seconds,
      } as const);
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
