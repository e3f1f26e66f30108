/**
 * What 200 tasks cost as one `BdrcTasks` and as 200 single waits: the built waiter against the fake BDRC service with the
 * documented quota; and a later plan of 40 with Terraform. Prints tables and writes docs/bench-many.md.
 */
import { writeFileSync } from "node:fs";
import { markdownTable } from "markdown-table";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import { max, median, sum } from "simple-statistics";
import { ENVIRONMENT } from "../lib/protocol/environment";
import { DEFAULT_LOOKS_PER_SECOND, MAX_LOOKS_PER_SECOND, MAX_TASKS } from "../lib/protocol/query";
import { measurePlans, type Plans } from "./many/plans";
import { apart, ended, running, together, type Measured } from "./many/processes";

const ROOT = path.join(__dirname, "..");
/** Terraform's own default: so many things at once. */
const PARALLELISM = 10;
/** So many waits are a small burst. */
const FEW = 20;
/** So many tasks are planned with Terraform, so many times. */
const PLANNED = 40;
const PLAN_ROUNDS = 3;
/** Peak memory of one process that waits for 200 tasks, in MB. */
const MEMORY_TARGET = 90;

function row({ name, seconds, calls, peakCalls, throttled, processes, atOnce }: Measured): string[] {
  const rss = max(processes.map((used) => used.rss));
  return [
    name,
    seconds.toFixed(1),
    String(calls),
    (calls / seconds).toFixed(1),
    String(peakCalls),
    `${throttled} (${((100 * throttled) / calls).toFixed(1)} %)`,
    (sum(processes.map((used) => used.cpu)) / 1000).toFixed(1),
    atOnce === 1 ? rss.toFixed(0) : `${rss.toFixed(0)} × ${atOnce}`,
  ];
}

function table(measured: readonly Measured[]): string {
  const head = ["", "s", "calls", "calls/s", "most in a second", "throttled", "CPU s", "peak MB"];
  return markdownTable([head, ...measured.map(row)], { align: ["l", ...head.slice(1).map(() => "r")] });
}

/** One thing that was to be reached. */
interface Target {
  readonly text: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
  /** Why it is not met, when it is not. */
  readonly reason: string;
}

/** What a machine with something else to do changes. */
const BUSY = "these figures hang on the cores that are free; run it on a quiet machine before believing this";

/** Milliseconds of CPU that a process took. */
function perProcess({ processes }: Measured): string {
  return (sum(processes.map((used) => used.cpu)) / processes.length).toFixed(0);
}

function targetsOf(done: Measured, waiting: Measured, memory: number, plans: Plans): Target[] {
  const share = ({ throttled, calls }: Measured): number => (100 * throttled) / calls;
  const ratio = median([...plans.apart.seconds]) / median([...plans.together.seconds]);
  return [
    {
      text: `later plan of ${MAX_TASKS} single waits, ${PARALLELISM} at once on one machine: throttled, seconds`,
      wanted: "< 2 %, ≤ 60",
      measured: `${share(done).toFixed(1)} %, ${done.seconds.toFixed(1)}`,
      met: share(done) < 2 && done.seconds <= 60,
      reason: `each process takes ${perProcess(done)} ms of CPU, and a slot that a process is too late for is let go by: ${BUSY}`,
    },
    {
      text: `${MAX_TASKS} single waits at once on one machine for tasks of 30 to 60 seconds: throttled`,
      wanted: "< 5 %",
      measured: `${share(waiting).toFixed(1)} %`,
      met: share(waiting) < 5,
      reason: `${MAX_TASKS} processes that begin at once hold each other up for longer than the slots that they have taken: ${BUSY}`,
    },
    {
      text: `later plan of ${PLANNED} single tasks over that of one BdrcTasks: seconds`,
      wanted: "≤ 1.5 ×",
      measured: `${ratio.toFixed(2)} ×`,
      met: ratio <= 1.5,
      reason: `both make ${PLANNED} looks at ${DEFAULT_LOOKS_PER_SECOND} a second, which takes ${(PLANNED - 1) / DEFAULT_LOOKS_PER_SECOND} s; what is above that are ${PLANNED} processes and their ${perProcess(done)} ms of CPU each: ${BUSY}`,
    },
    {
      text: `peak memory of one process for ${MAX_TASKS} tasks`,
      wanted: `≤ ${MEMORY_TARGET} MB`,
      measured: `${memory.toFixed(0)} MB`,
      met: memory <= MEMORY_TARGET,
      reason: "the answers of all tasks are held until the last one has ended",
    },
  ];
}

/** The targets that are missed, each with its reason. */
function missedText(targets: readonly Target[]): string {
  const missed = targets.filter(({ met }) => !met);
  if (missed.length === 0) return "Every target is met in this run.";
  return `Missed:\n\n${missed.map(({ text, measured, reason }) => `- ${text} (${measured}): ${reason}`).join("\n")}`;
}

function planTable({ apart, together }: Plans): string {
  const rows = [together, apart].map(({ name, seconds, calls, throttled }) => [
    name,
    median([...seconds]).toFixed(1),
    seconds.map((second) => second.toFixed(1)).join(", "),
    String(calls / seconds.length),
    String(throttled / seconds.length),
  ]);
  const head = ["", "s", "each round", "looks a plan", "throttled a plan"];
  return markdownTable([head, ...rows], { align: ["l", "r", "r", "r", "r"] });
}

async function main(): Promise<void> {
  const [load = 0] = loadavg();
  const plans = await measurePlans(ended(PLANNED), PLAN_ROUNDS);
  const five = "one process, 5 looks a second (default)";
  const ten = "one process, 10 looks a second";
  const together5 = await together(five, ended(MAX_TASKS), DEFAULT_LOOKS_PER_SECOND);
  const together10 = await together(ten, ended(MAX_TASKS), MAX_LOOKS_PER_SECOND);
  const doneHere = await apart(ended(MAX_TASKS), PARALLELISM, "on one machine");
  const doneApart = await apart(ended(MAX_TASKS), PARALLELISM, "on a machine of its own each");
  const done = [together5, together10, doneHere, doneApart];
  const waitingHere = await apart(running(MAX_TASKS), MAX_TASKS, "on one machine");
  const waiting = [
    await together(five, running(MAX_TASKS), DEFAULT_LOOKS_PER_SECOND),
    await together(ten, running(MAX_TASKS), MAX_LOOKS_PER_SECOND),
    waitingHere,
    await apart(running(MAX_TASKS), MAX_TASKS, "on a machine of its own each"),
    await apart(running(FEW), FEW, "on one machine"),
    await apart(running(FEW), FEW, "on a machine of its own each"),
  ];
  const alone = [...done, ...waiting].filter(({ processes }) => processes.length === 1);
  const memory = max(alone.flatMap(({ processes }) => processes.map((used) => used.rss)));
  const targets = targetsOf(doneHere, waitingHere, memory, plans);
  const page = `# What ${MAX_TASKS} tasks cost

\`npm run bench:many\` made this page: the built waiter as a process of its own against the fake BDRC service, which answers 10
calls a second as BDRC does. The service has a process of its own, too, which goes before the waiters, since BDRC has cores of
its own. Node ${process.versions.node}, ${cpus().length} cores that others use, too (load before it began: ${load.toFixed(1)}); whatever starts 200 processes
at once on them measures these cores as well.

${markdownTable([
  ["target", "wanted", "measured", ""],
  ...targets.map(({ text, wanted, measured, met }) => [text, wanted, measured, met ? "met" : "**missed**"]),
])}

${missedText(targets)}

Tasks that have ended, so that one look at each is enough, as in every later plan:

${table(done)}

Tasks that run, and end one after the other from 30 to 60 seconds after the start:

${table(waiting)}

Waits of one user on one machine share a limit of ${DEFAULT_LOOKS_PER_SECOND} looks a second; \`${ENVIRONMENT.looksPerSecond}\` changes it. Machines and
containers with a temporary folder of their own share nothing: what they ask for together above the quota is throttled and
asked again. One look at each of ${MAX_TASKS} tasks takes ${MAX_TASKS / DEFAULT_LOOKS_PER_SECOND} seconds at 5 a second, also in a later plan; with \`looksPerSecond: 10\` it
took ${together10.seconds.toFixed(0)}, and nothing of the quota was left meanwhile. So the end of a task is seen later than a single wait sees it that has
the quota for itself.

## A later plan of ${PLANNED} tasks

The second and later \`terraform plan\` of two stacks whose results are kept, in turns, with Terraform's own ${PARALLELISM} things at
once. One look at each of ${PLANNED} tasks takes ${(PLANNED - 1) / DEFAULT_LOOKS_PER_SECOND} seconds at 5 a second in both.

${planTable(plans)}
`;
  console.log(page);
  writeFileSync(path.join(ROOT, "docs", "bench-many.md"), page);
  if (!targets.every(({ met }) => met)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
