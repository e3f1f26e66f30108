import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compareBurst } from "./burst";
import { disagreements, measureAll, type Plan } from "./cells";
import { drawChart } from "./chart";
import { checkFirstLook, measureFirstLook } from "./first-look";
import { writeReport } from "./report";
import { checkBursts, checkTargets, misses } from "./targets";
import { ENDINGS, SHAPES } from "./tasks";

const PLAN: Plan = { seed: 20_231, tasks: [4000, 4000, 1500], ends: 200, recordings: 2000 };
/** Whole waits of each peer's real code and each length that are compared with the recorded one. */
const CHECKS = 20;
/** Nominal lengths of the tasks of a burst, in milliseconds. */
const BURSTS = [60_000, 600_000, 1_800_000, 7_200_000];
/** Tasks and waits of the parts about first looks. */
const FIRST_LOOK = { short: 1000, steps: 600, joined: 400, throttles: 4000 };
/** How many waits begin together, and whether they are on one machine. */
const CROWDS = [
  { waits: 200, onOneMachine: true },
  { waits: 200, onOneMachine: false },
  { waits: 20, onOneMachine: false },
];
const DOCS = path.join(__dirname, "..", "docs");

async function main(): Promise<void> {
  const seed = process.argv[2] === undefined ? PLAN.seed : Number(process.argv[2]);
  const plan = { ...PLAN, seed };
  const groups = await measureAll(plan);
  const checks = await disagreements(plan, CHECKS);
  const bursts = [];
  for (const { waits, onOneMachine } of CROWDS) {
    for (const nominal of BURSTS) {
      const burst = { seed, waits, quota: 10, retryAfter: 1000, nominal, onOneMachine };
      bursts.push(await compareBurst(burst));
    }
  }
  const firstLook = await measureFirstLook({ seed, ...FIRST_LOOK });
  const targets = [...checkTargets(groups), ...checkFirstLook(firstLook), ...checkBursts(bursts)];
  const waits = PLAN.tasks.reduce((all, tasks) => all + tasks, 0) * SHAPES.length * ENDINGS.length;
  const report = writeReport({
    seed,
    groups,
    targets,
    misses: misses([...groups, ...firstLook.short]),
    firstLook,
    bursts,
    checks,
    waits,
  });

  for (const { text, wanted, measured, met } of targets) {
    console.log(`${met ? "met   " : "MISSED"}  ${text}: ${measured} (wanted ${wanted})`);
  }
  if (checks.differing > 0)
    throw new Error(`${checks.differing} waits of real peers differ from the recorded ones.`);
  const charted = groups.find((group) => group.duration.name === "10 min" && group.ending === "at the end");
  if (charted === undefined) throw new Error("The charted group was not measured.");
  if (seed !== PLAN.seed) {
    console.log("Another seed than the fixed one: docs/ is left as it is.");
    return;
  }
  mkdirSync(DOCS, { recursive: true });
  writeFileSync(path.join(DOCS, "bench.md"), report);
  writeFileSync(path.join(DOCS, "bench.svg"), drawChart(charted));
  console.log("Wrote docs/bench.md and docs/bench.svg.");
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
