import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import { problemsOf } from "./check";
import { cells, KEY_KINDS, type Cell, type KeyKind } from "./expectations";
import { SECRETS } from "./faults";
import { inParallel, runWaiter } from "./waiter-process";

/** A run of the matrix and what was wrong with it. */
export interface Ran {
  readonly cell: Cell;
  readonly problems: readonly string[];
}

/** How many waiters run at a time: they mostly sleep, and each costs some 0.1 s of CPU. */
const WIDTH = 20;

/** What a slow machine may add to the time that the rules allow, in seconds. */
const SLACK_SECONDS = 25;

/** Runs every cell of the matrix against one fake service for permanent keys and one for temporary ones. */
export async function runMatrix(onRan: (ran: Ran) => void = () => undefined): Promise<Ran[]> {
  const all = cells();
  const services = new Map<KeyKind, FakeBdrc>();
  for (const keys of KEY_KINDS) {
    services.set(
      keys,
      await startFakeBdrc({
        accessKeySecret: SECRETS.accessKeySecret,
        ...(keys === "STS" ? { securityToken: SECRETS.securityToken } : {}),
        quotaPerSecond: 0,
        tasks: Object.fromEntries(
          all.filter((cell) => cell.keys === keys).map(({ taskId, script }) => [taskId, script]),
        ),
      }),
    );
  }
  try {
    return await inParallel(all, WIDTH, async (cell) => {
      const service = services.get(cell.keys) as FakeBdrc;
      const end = await runWaiter({
        query: { task_id: cell.taskId, endpoint: service.endpoint, ...cell.query },
        environment: service.environment,
        killAfterSeconds: cell.expected.withinSeconds + SLACK_SECONDS,
      });
      const calls = service.calls.filter(({ taskId }) => taskId === cell.taskId).length;
      const ran = { cell, problems: problemsOf(cell, end, calls) };
      onRan(ran);
      return ran;
    });
  } finally {
    for (const service of services.values()) await service.close();
  }
}
