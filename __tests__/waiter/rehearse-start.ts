import { startFakeBdrc, type FakeBdrc, type FakeBdrcOptions } from "../../lib/testing/fake-bdrc";
import type { StartQuery } from "../../lib/waiter/query";
import { readQuery } from "../../lib/waiter/read-query";
import type { Intent, Receipt, ReceiptFile } from "../../lib/waiter/receipt";
import { startAtApply } from "../../lib/waiter/start";
import { VirtualClock } from "./virtual-wait";

/** The service of the last rehearsal, to be closed by the test. */
export const rehearsed: { bdrc?: FakeBdrc } = {};

/** A receipt that is kept in memory. */
export class Drawer implements ReceiptFile {
  readonly file = "inventory.json";
  /** What was kept, one after the other. */
  readonly log: (Receipt | Intent)[] = [];
  constructor(public kept?: Receipt | Intent) {}
  read(): Receipt | Intent | undefined {
    return this.kept;
  }
  write(kept: Receipt | Intent): void {
    this.log.push(kept);
    this.kept = kept;
  }
  remove(): void {
    this.kept = undefined;
  }
}

/** The id that is kept; empty when there is none. */
export const idOf = (kept?: Receipt | Intent): string => (kept && "taskId" in kept ? kept.taskId : "");
/** What an apply leaves that was killed between the start and its answer, by the fake's clock. */
export const intent = (notTaskId = ""): Intent => ({
  intendedAt: new Date(Date.now() - 60_000).toISOString(),
  notTaskId,
});

/** Rehearses one apply against a fake service. @param more keys of the query besides */
export async function start(
  options: FakeBdrcOptions,
  drawer = new Drawer(),
  form: Record<string, string> = {},
  more: Record<string, string> = {},
  action = "UpdateResources",
) {
  const base = Date.now();
  const clock = new VirtualClock();
  clock.date = () => base + clock.time;
  const bdrc = (rehearsed.bdrc = await startFakeBdrc({ ...options, now: () => base + clock.time }));
  const request = JSON.stringify({ action, form, triggers: {} });
  const query = readQuery(
    JSON.stringify({
      start: request,
      receipt: "inventory",
      endpoint: bdrc.endpoint,
      timeout_seconds: "60",
      ...more,
    }),
  ) as StartQuery;
  const lines: string[] = [];
  const context = { clock, environment: { ...bdrc.environment }, events: () => undefined, never: false };
  const seen = await startAtApply(query, drawer, context, {
    label: "inventory",
    accept: "",
    print: (line) => lines.push(line),
  });
  const started = bdrc.calls.filter((call) => call.operation === action).length;
  return { seen, drawer, lines, started, query, context };
}
