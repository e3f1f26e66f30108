/** Many waits in real processes, the built waiter against the fake service: one for all tasks, or one for each task. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { max } from "simple-statistics";
import { MAX_LOOKS_PER_SECOND } from "../../lib/protocol/query";
import type { TaskScript } from "../../lib/testing";
import { startOwnService, type Call } from "../service/own-process";
import { measureProcess, type Used } from "../start/measure-process";

const WAITER = path.join(__dirname, "..", "..", "dist", "waiter.cjs");

/** How the waits of one row went. */
export interface Measured {
  readonly name: string;
  /** Seconds from the start of the first process to the end of the last. */
  readonly seconds: number;
  readonly calls: number;
  /** The most calls within one second of the clock. */
  readonly peakCalls: number;
  readonly throttled: number;
  readonly processes: readonly Used[];
  /** So many processes at once. */
  readonly atOnce: number;
}

/** Tasks, by id. */
export type Scripts = Readonly<Record<string, TaskScript>>;

/** Tasks that have ended. */
export const ended = (count: number): Scripts => tasks(count, () => ({}));
/** Tasks that end one after the other, from 30 to 60 seconds after the start. */
export const running = (count: number): Scripts =>
  tasks(count, (index) => ({ seconds: 30 + (30 * index) / count }));

function tasks(count: number, script: (index: number) => TaskScript): Scripts {
  const counts = { "ACS::ECS::Instance": 12, "ACS::OSS::Bucket": 3 };
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `t-${String(index).padStart(20, "0")}`,
      { ...script(index), counts },
    ]),
  );
}

/** One process for all tasks. */
export function together(name: string, scripts: Scripts, looksPerSecond: number): Promise<Measured> {
  return measure(name, scripts, 1, async (endpoint, environment) => {
    const query = {
      task_ids: JSON.stringify(Object.keys(scripts)),
      looks_per_second: String(looksPerSecond),
      endpoint,
    };
    return [await measureProcess(WAITER, JSON.stringify(query), environment, '"status":"COMPLETE"')];
  });
}

/** Whether processes have a temporary folder together, as on one machine, or each one of its own. */
export type Machines = "on one machine" | "on a machine of its own each";

/** A process for each task, so many at once. */
export function apart(scripts: Scripts, atOnce: number, machines: Machines): Promise<Measured> {
  const count = Object.keys(scripts).length;
  const name = `${count} processes${atOnce < count ? `, ${atOnce}` : ""} at once, ${machines}`;
  return measure(name, scripts, atOnce, async (endpoint, environment, folder) => {
    const left = Object.keys(scripts);
    const used: Used[] = [];
    const slot = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        const query = JSON.stringify({ task_id: id, endpoint });
        const TMPDIR = machines === "on one machine" ? folder : mkdtempSync(path.join(folder, "machine-"));
        used.push(await measureProcess(WAITER, query, { ...environment, TMPDIR }, '"status":"COMPLETE"'));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, slot));
    return used;
  });
}

async function measure(
  name: string,
  scripts: Scripts,
  atOnce: number,
  run: (endpoint: string, environment: Readonly<Record<string, string>>, folder: string) => Promise<Used[]>,
): Promise<Measured> {
  console.log(name);
  const folder = mkdtempSync(path.join(tmpdir(), "bench-many-"));
  const service = await startOwnService({ tasks: scripts, quotaPerSecond: MAX_LOOKS_PER_SECOND });
  try {
    const begin = performance.now();
    const processes = await run(service.endpoint, { ...service.environment, TMPDIR: folder }, folder);
    const seconds = (performance.now() - begin) / 1000;
    const measured = { name, seconds, ...callsOf(await service.calls()), processes, atOnce };
    return measured;
  } finally {
    await service.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  }
}

function callsOf(calls: readonly Call[]): Pick<Measured, "calls" | "peakCalls" | "throttled"> {
  const seconds = new Map<number, number>();
  for (const { at } of calls) {
    const second = Math.floor(at / 1000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return {
    calls: calls.length,
    peakCalls: max([...seconds.values()]),
    throttled: calls.filter(({ code }) => code === "Throttling.User").length,
  };
}
