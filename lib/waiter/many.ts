import type { ManyResultMap } from "../protocol/result";
import { Limiter } from "./limiter";
import { manyResultOf } from "./many-result";
import type { ManyQuery } from "./read-query";
import { connect, runWait, type Connection, type Run, type RunContext } from "./run";

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
 */
export async function runMany(query: ManyQuery, context: RunContext): Promise<ManyRun> {
  const { taskIds, looksPerSecond, ...common } = query;
  const connection = await limited(connect(query, context.environment), looksPerSecond, context);
  // All deadlines at once would be a burst of last looks far over the quota, so they come one after the other.
  const spread = Math.min(taskIds.length / looksPerSecond, query.timeoutSeconds * LAST_LOOKS_SHARE);
  const runs = await Promise.all(
    taskIds.map((taskId, index) => {
      const earlier = spread * (1 - (index + 1) / taskIds.length);
      const timeoutSeconds = common.timeoutSeconds - earlier;
      return runWait({ ...common, taskId, timeoutSeconds }, { ...context, connection });
    }),
  );
  return {
    runs,
    result: manyResultOf(
      taskIds,
      runs.map(({ result }) => result),
    ),
  };
}

async function limited(
  { client, source }: Connection,
  looksPerSecond: number,
  context: RunContext,
): Promise<Connection> {
  // The SDK's chain gives credentials to the first of several callers only, so it is asked once before they start.
  await source.current(CREDENTIALS_LIMIT).catch(() => undefined);
  const limiter = new Limiter(looksPerSecond, context.clock);
  return {
    source,
    client: {
      call: async (operation, limit) => {
        await limiter.take();
        return client.call(operation, limit);
      },
      redact: (text) => client.redact(text),
    },
  };
}

/** How long the first look for credentials may take, in milliseconds. */
const CREDENTIALS_LIMIT = 8000;
