/**
 * What 200 tasks cost as one `BdrcTasks` and as 200 single waits, which are measured with 20: the built waiter against
 * the fake BDRC service with the documented quota. Prints a table and writes docs/bench-many.md.
 */
import { writeFileSync } from "node:fs";
import { markdownTable } from "markdown-table";
import { cpus } from "node:os";
import path from "node:path";
import { max, sum } from "simple-statistics";
import { startFakeBdrc, type RecordedCall, type TaskScript } from "../lib/testing";
import { DEFAULT_LOOKS_PER_SECOND, MAX_LOOKS_PER_SECOND, MAX_TASKS } from "../lib/protocol/query";
import { measureProcess, type Used } from "./start/measure-process";

const ROOT = path.join(__dirname, "..");
const WAITER = path.join(ROOT, "dist", "waiter.cjs");
/** So many single waits stand for all of them. */
const SINGLES = 20;
const SCALE = MAX_TASKS / SINGLES;
/** Terraform's own default: so many things at once. */
const PARALLELISM = 10;
/** Peak memory of one process that waits for 200 tasks, in MB. */
const MEMORY_TARGET = 90;

interface Measured {
  readonly name: string;
  /** Seconds from the start of the first process to the end of the last. */
  readonly seconds: number;
  readonly calls: number;
  /** The most calls within one second of the clock. */
  readonly peakCalls: number;
  readonly throttled: number;
  readonly processes: readonly Used[];
  /** Whether this stands for ten times as much. */
  readonly scaled: boolean;
}

type Scripts = Readonly<Record<string, TaskScript>>;

const ended = (count: number): Scripts => tasks(count, () => ({}));
/** Tasks that end one after the other, from 30 to 60 seconds after the start. */
const running = (count: number): Scripts => tasks(count, (index) => ({ seconds: 30 + (30 * index) / count }));

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
function together(name: string, scripts: Scripts, looksPerSecond: number): Promise<Measured> {
  return measure(name, scripts, MAX_LOOKS_PER_SECOND, false, async (endpoint, environment) => {
    const query = {
      task_ids: JSON.stringify(Object.keys(scripts)),
      looks_per_second: String(looksPerSecond),
      endpoint,
    };
    return [await measureProcess(WAITER, JSON.stringify(query), environment, '"status":"COMPLETE"')];
  });
}

/** A process for each task, so many at once; the quota is their share of the whole. */
function apart(name: string, scripts: Scripts, atOnce: number): Promise<Measured> {
  return measure(name, scripts, MAX_LOOKS_PER_SECOND / SCALE, true, async (endpoint, environment) => {
    const left = Object.keys(scripts);
    const used: Used[] = [];
    const slot = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        const query = JSON.stringify({ task_id: id, endpoint });
        used.push(await measureProcess(WAITER, query, environment, '"status":"COMPLETE"'));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, slot));
    return used;
  });
}

async function measure(
  name: string,
  scripts: Scripts,
  quotaPerSecond: number,
  scaled: boolean,
  run: (endpoint: string, environment: Readonly<Record<string, string>>) => Promise<Used[]>,
): Promise<Measured> {
  console.log(`${name} …`);
  const service = await startFakeBdrc({ tasks: scripts, quotaPerSecond });
  try {
    const begin = performance.now();
    const processes = await run(service.endpoint, service.environment);
    const seconds = (performance.now() - begin) / 1000;
    return { name, seconds, ...callsOf(service.calls), processes, scaled };
  } finally {
    await service.close();
  }
}

function callsOf(calls: readonly RecordedCall[]): Pick<Measured, "calls" | "peakCalls" | "throttled"> {
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

function row({ name, seconds, calls, peakCalls, throttled, processes, scaled }: Measured): string[] {
  const times = scaled ? SCALE : 1;
  const rss = max(processes.map((used) => used.rss));
  const atOnce = scaled ? Math.min(processes.length, PARALLELISM) : 1;
  return [
    name,
    seconds.toFixed(1),
    String(calls * times),
    ((calls * times) / seconds).toFixed(1),
    String(peakCalls * times),
    `${throttled * times} (${Math.round((100 * throttled) / calls)} %)`,
    ((sum(processes.map((used) => used.cpu)) * times) / 1000).toFixed(1),
    atOnce === 1 ? rss.toFixed(0) : `${rss.toFixed(0)} × ${atOnce}`,
  ];
}

function table(measured: readonly Measured[]): string {
  const head = ["", "s", "calls", "calls/s", "most in a second", "throttled", "CPU s", "peak MB"];
  return markdownTable([head, ...measured.map(row)], { align: ["l", ...head.slice(1).map(() => "r")] });
}

async function main(): Promise<void> {
  const done = [
    await together("one process, 5 looks a second (default)", ended(MAX_TASKS), DEFAULT_LOOKS_PER_SECOND),
    await together("one process, 10 looks a second", ended(MAX_TASKS), MAX_LOOKS_PER_SECOND),
    await apart("200 processes, 10 at once", ended(SINGLES), PARALLELISM / SCALE),
  ];
  const waiting = [
    await together("one process, 5 looks a second (default)", running(MAX_TASKS), DEFAULT_LOOKS_PER_SECOND),
    await together("one process, 10 looks a second", running(MAX_TASKS), MAX_LOOKS_PER_SECOND),
    await apart("200 processes at once", running(SINGLES), SINGLES),
  ];
  const memory = max(
    [...done, ...waiting]
      .filter(({ scaled }) => !scaled)
      .flatMap(({ processes }) => processes.map((used) => used.rss)),
  );
  const met = memory <= MEMORY_TARGET ? "reached" : "MISSED";
  const page = `# What ${MAX_TASKS} tasks cost

\`npm run bench:many\` made this page: the built waiter as a process of its own against the fake BDRC service, which answers 10
calls a second as BDRC does. Node ${process.versions.node}, ${cpus().length} cores that others use, too. The single waits are measured with
${SINGLES} at a tenth of the slots and of the quota; their calls and CPU stand here times ${SCALE}.

Tasks that have ended, so that one look at each is enough, as in every later plan:

${table(done)}

Tasks that run, and end one after the other from 30 to 60 seconds after the start:

${table(waiting)}

Peak memory of the one process: ${memory.toFixed(0)} MB of ${MEMORY_TARGET} MB: ${met}. It takes one of Terraform's slots, and what it leaves of the
quota is there for everything else that asks BDRC. One look at each of ${MAX_TASKS} tasks takes ${MAX_TASKS / DEFAULT_LOOKS_PER_SECOND} seconds at 5 a second, also in
a later plan; with \`looksPerSecond: 10\` it took ${done[1]?.seconds.toFixed(0)}, and nothing of the quota was left meanwhile. So the end of a task is
seen later than a single wait sees it that has the quota for itself.
`;
  console.log(page);
  writeFileSync(path.join(ROOT, "docs", "bench-many.md"), page);
  if (met !== "reached") process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
