import type { WaiterRun } from "./waiter-process";

/** Keys that sign a call; no service is ever reached with them. */
export const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "hush-hush-hush" };
export const QUERY = { task_id: "t-1", region_id: "cn-shanghai" };

/** A run with name servers that never answer. */
export interface SilentNames {
  readonly name: string;
  readonly run: Omit<WaiterRun, "killAfterSeconds">;
  readonly code: number;
  /** Seconds after which it is over; the process ends a second later at the most. */
  readonly limit: number;
}

export const SILENT_NAMES: readonly SilentNames[] = [
  {
    name: "a look at a remembered task",
    run: { query: { ...QUERY, remembered: "true" } },
    code: 0,
    limit: 10,
  },
  { name: "a single look", run: { query: { ...QUERY, wait: "false" } }, code: 0, limit: 10 },
  {
    name: "a look without any wait, as in a destroy",
    run: { query: QUERY, environment: { BDRC_TASK_WAIT: "never" } },
    code: 0,
    limit: 5,
  },
  {
    name: "a wait that is told to end after 2 s",
    run: { query: QUERY, signal: { name: "SIGTERM", afterSeconds: 2 } },
    code: 130,
    limit: 2,
  },
  {
    // A look that has begun may take its five seconds.
    name: "an outage with a limit of 6 s",
    run: { query: { ...QUERY, max_outage_seconds: "6", timeout_seconds: "60" } },
    code: 0,
    limit: 11,
  },
];
