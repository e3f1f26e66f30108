import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { compareBurst } from "./burst";
import { disagreements, measureAll, type Plan } from "./cells";
import { drawChart } from "./chart";
import { checkFirstLook, measureFirstLook, withReasons } from "./first-look";
import { writeReport, type HeldOut } from "./report";
import { checkBursts, checkTargets, misses } from "./targets";
import { ENDINGS, SHAPES } from "./tasks";

const PLAN: Plan = { seed: 20_231, tasks: [4000, 4000, 1500], ends: 200, recordings: 2000 };
/** Whole waits of each peer's real code and each length that are compared with the recorded one. */
const CHECKS = 20;
/** Nominal lengths of the tasks of a burst, in milliseconds. */
const BURSTS = [60_000, 600_000, 1_800_000, 7_200_000];
/** Tasks and waits of the parts about first looks. */
const FIRST_LOOK = { short: 1000, steps: 600, joined: 400, throttles: 4000 };
/** The same targets with draws that no constant was chosen with, and fewer of them. */
const HELD_OUT = {
  plan: { seed: 20261128, tasks: [1000, 1000, 400], ends: 100, recordings: 300 },
  share: 0.4,
};
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
  const targets = withReasons([
    ...checkTargets(groups),
    ...checkFirstLook(firstLook),
    ...checkBursts(bursts),
  ]);
  const heldOut = await measureHeldOut();
  const waits = PLAN.tasks.reduce((all, tasks) => all + tasks, 0) * SHAPES.length * ENDINGS.length;
  const report = writeReport({
    seed,
    groups,
    targets,
    heldOut,
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

/** Checks what does not hang on bursts and throttles with other draws. */
async function measureHeldOut(): Promise<HeldOut> {
  const { plan, share } = HELD_OUT;
  const part = (tasks: number): number => Math.round(share * tasks);
  const { short, steps, joined, throttles } = FIRST_LOOK;
  const firstLook = await measureFirstLook({
    seed: plan.seed,
    short: part(short),
    steps: part(steps),
    joined: part(joined),
    throttles: part(throttles),
  });
  const targets = [...checkTargets(await measureAll(plan)), ...checkFirstLook(firstLook)];
  return { seed: plan.seed, targets };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
