import { placeOf } from "../protocol/endpoint";
import type { ManyResultMap } from "../protocol/result";
import { CHAIN_LIMIT } from "./bdrc/credentials";
import { Limiter } from "./limiter";
import { manyResultOf } from "./many-result";
import type { ManyQuery } from "./query";
import { connect, runWait, type Line, type Run, type RunContext } from "./run";
import { TICKS_PER_SECOND } from "./turns/slots";
import { GLANCE_LIMIT } from "./wait";

/** How many tasks were waited for and how each wait went, in the order of the query. */
export interface ManyRun {
  readonly runs: readonly Run[];
  readonly result: ManyResultMap;
}

/** The share of the timeout over which the last looks of many waits are spread. */
const LAST_LOOKS_SHARE = 0.2;

/**
 * Waits for many tasks at once: one process, one connection, one limiter for all looks, and for each task a
 * schedule, a fault budget and an outcome of its own. A task that fails ends no other wait.
 *
 * Where the schedules ask for more than the limiter lets through, a look waits for its turn: the whole ends as late
 * after the timeout as one look at each task takes, 40 seconds for 200 tasks at 5 a second.
 */
export async function runMany(query: ManyQuery, context: RunContext): Promise<ManyRun> {
  const { taskIds, looksPerSecond, ...common } = query;
  const connection = context.connection ?? connect(query, context.environment);
  // Before the waits start, so that the search for credentials takes nothing from the limits of the first looks.
  await connection.source.current(CHAIN_LIMIT).catch(() => undefined);
  const line = lineOf(looksPerSecond, context);
  // All deadlines at once would be a burst of last looks far over the quota, so they come one after the other.
  const spread = Math.min(taskIds.length / looksPerSecond, query.timeoutSeconds * LAST_LOOKS_SHARE);
  const runs = await Promise.all(
    taskIds.map((taskId, index) => {
      const earlier = spread * (1 - (index + 1) / taskIds.length);
      const timeoutSeconds = common.timeoutSeconds - earlier;
      return runWait({ ...common, taskId, timeoutSeconds }, { ...context, connection, line });
    }),
  );
  return {
    runs,
    result: manyResultOf(
      taskIds,
      runs.map(({ result }) => result),
      placeOf(query.endpoint),
    ),
  };
}

/** One limit for the looks of all runs. */
function lineOf(looksPerSecond: number, context: RunContext): Line {
  const most = Math.min(context.turns?.fromEnvironment ?? looksPerSecond, looksPerSecond, TICKS_PER_SECOND);
  const limiter = new Limiter(most, context.clock);
  // A destroy needs no answer, and one look at each of 200 tasks would hold it up for most of a minute.
  const latest = context.destroying ? context.clock.now() + GLANCE_LIMIT : Infinity;
  return { looksPerSecond, take: (stands) => limiter.take(latest, stands) };
}
