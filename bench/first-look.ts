import { measureAll, measureOurs, type Group } from "./cells";
import { measureJoined, type JoinedCell } from "./joined";
import type { Score } from "./measure";
import { againstAlicloud, linearWithin, peersBetter, type Target } from "./targets";
import { DURATIONS, SHAPES, SHORT_DURATIONS, type Duration, type Ending } from "./tasks";
import { measureThrottles, type ThrottleRow } from "./throttles";

/** Everything that hangs on the first looks: short tasks, joined ones, steps, throttles. */
export interface FirstLook {
  readonly short: readonly Group[];
  readonly steps: readonly { readonly duration: Duration; readonly score: Score }[];
  readonly joined: readonly JoinedCell[];
  readonly throttles: readonly ThrottleRow[];
}

/** How much of it is measured. */
export interface FirstLookPlan {
  readonly seed: number;
  /** Tasks of a cell of short tasks, of a row of steps, of a cell of joined tasks, and waits of a row of throttles. */
  readonly short: number;
  readonly steps: number;
  readonly joined: number;
  readonly throttles: number;
}

const HALF_AN_HOUR: Duration = { name: "30 min", nominal: 1_800_000 };

/** The calls of the schedule before it knew of steps, measured in the same way; a tenth more is allowed. */
const CALLS_IN_STEPS = new Map([
  ["10 min", 30.2],
  ["30 min", 57.1],
  ["2 h", 187.7],
]);

/** Calls and lag for joined tasks before StartTime was read, measured in the same way; 60 % of the calls are allowed. */
const JOINED_BEFORE = new Map([
  ["10 min", { calls: 17.8, lag: 0.71 }],
  ["2 h", { calls: 68.0, lag: 0.89 }],
]);

/** What k throttled looks in a row may cost on average, in seconds. */
const THROTTLES_MAY_COST = [2, 4, 8, 15, 30];

export async function measureFirstLook(plan: FirstLookPlan): Promise<FirstLook> {
  const { seed } = plan;
  const [minute, tenMinutes, twoHours] = DURATIONS;
  const steps = SHAPES.find(({ name }) => name === "steps of 10 %");
  if (!minute || !tenMinutes || !twoHours || !steps)
    throw new Error("a length or a kind of progress is missing");
  return {
    short: await measureAll({
      seed,
      durations: SHORT_DURATIONS,
      tasks: SHORT_DURATIONS.map(() => plan.short),
      ends: 50,
      recordings: 500,
    }),
    steps: [tenMinutes, HALF_AN_HOUR, twoHours].map((duration) => ({
      duration,
      score: measureOurs(duration, steps, { tasks: plan.steps, ends: 1 }, seed),
    })),
    joined: measureJoined(
      [
        [minute, plan.joined],
        [tenMinutes, plan.joined],
        [twoHours, Math.ceil(plan.joined / 4)],
      ],
      seed,
    ),
    throttles: await measureThrottles(seed, plan.throttles),
  };
}

/** Why some of the targets are not met, in the order in which they are tried. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /^cells in which a peer is better/,
    `a task of 2 h that moves in tens says nothing for its first 12 minutes. The gaps of 8 s that give silent tasks of 60 s less
  lag than every peer has bring more looks there than a gap of 30 s does in the whole life. Longer gaps between the steps
  (100 s were tried) take those looks back, and then a peer with gaps of 60 s is better on both`,
  ],
  [
    /^3 s to 30 s, early failure/,
    `where progress says nothing, a failure is caught sooner by gaps of 5 s, or by a first look after 5 s. Looks before 4 s and
  before 5.75 s, which tasks of 3 s and 5 s need beside the one at once, leave calls × lag at 20 s and 30 s within that of the
  alicloud provider only with gaps of 11 s from there on, and those lose these cells`,
  ],
  [
    /^a StartTime that lies, early failure/,
    `a StartTime is there to save 40 % of the calls, which makes gaps longer, and with n looks in a rest r an early failure costs
  about (n / 2 + 1) × r / (2 (n − 3)) in calls × lag: a quarter more for 10 looks than for 18, with a true StartTime, too. A lie
  that is as near the truth as an honest progress is to an even one (±15 %) cannot be told from it, and costs the same`,
  ],
  [
    /on a machine each/,
    `waits on machines of their own know nothing of each other before the first answer, and all of them ask at once. Only a quota
  that they share could change that; a lag before each first look would cost every wait what a burst costs few`,
  ],
];

/** Checks all of it. @param noise as for `checkTargets` */
export function checkFirstLook({ short, steps, joined, throttles }: FirstLook, noise?: number): Target[] {
  return listTargets({ short, steps, joined, throttles }, noise);
}

/** The targets with the reasons of those that are missed. */
export function withReasons(targets: readonly Target[]): Target[] {
  return targets.map((target) => {
    const reason = target.met ? undefined : REASONS.find(([about]) => about.test(target.text))?.[1];
    return reason === undefined ? target : { ...target, reason };
  });
}

function listTargets({ short, steps, joined, throttles }: FirstLook, noise?: number): Target[] {
  const atTheEnd = short.filter((group) => group.ending === "at the end");
  return [
    ...atTheEnd.map((group) => linearWithin(group, 1, 2.5)),
    ...atTheEnd.map((group) => againstAlicloud(group, noise)),
    ...(["at the end", "early failure"] as const).map((ending) => ({
      ...peersBetter(short.filter((group) => group.ending === ending)),
      text: `3 s to 30 s, ${ending}: cells in which a peer is better on both calls and lag`,
    })),
    ...steps.map(({ duration, score }) => stepTarget(duration, score)),
    ...joined.flatMap(joinedTarget),
    lieTarget(joined, "at the end"),
    lieTarget(joined, "early failure"),
    ...[400, 1000].map((hint) => throttleTarget(throttles, hint)),
  ];
}

function stepTarget({ name }: Duration, { calls, lag, worstLag }: Score): Target {
  const most = 1.1 * (CALLS_IN_STEPS.get(name) ?? 0);
  return {
    text: `steps of 10 %, ${name}`,
    wanted: `≤ ${most.toFixed(1)} calls, ≤ 2 s mean lag, ≤ 12 s worst`,
    measured: `${calls.toFixed(1)} calls, ${lag.toFixed(2)} s, ${worstLag.toFixed(1)} s`,
    met: calls <= most && lag <= 2 && worstLag <= 12,
  };
}

function joinedTarget({ duration, shape, ending, withStart: { calls, lag } }: JoinedCell): Target[] {
  const before = JOINED_BEFORE.get(duration.name);
  if (before === undefined || ending !== "at the end" || shape.name !== "linear ±15 %") return [];
  return [
    {
      text: `joined at any moment, linear progress, ${duration.name}`,
      wanted: `≤ ${(0.6 * before.calls).toFixed(1)} calls, ≤ ${before.lag.toFixed(2)} s mean lag`,
      measured: `${calls.toFixed(1)} calls, ${lag.toFixed(2)} s`,
      met: calls <= 0.6 * before.calls && lag <= before.lag,
    },
  ];
}

function lieTarget(joined: readonly JoinedCell[], ending: Ending): Target {
  const cells = joined.filter((cell) => cell.ending === ending);
  const worst = Math.max(...cells.flatMap(({ lies }) => lies.map(({ ratio }) => ratio)));
  return {
    text: `a StartTime that lies, ${ending}: calls × lag divided by that without it, in the worst cell`,
    wanted: "≤ 1.10",
    measured: worst.toFixed(2),
    met: worst <= 1.1,
  };
}

function throttleTarget(rows: readonly ThrottleRow[], hint: number): Target {
  const found = rows.filter((row) => row.hint === hint);
  return {
    text: `1 to 5 throttled looks in a row that ask for ${hint / 1000} s: mean lag`,
    wanted: `≤ ${THROTTLES_MAY_COST.join(", ")} s`,
    measured: `${found.map(({ lag }) => lag.toFixed(1)).join(", ")} s`,
    met: found.every(({ lag }, index) => lag <= (THROTTLES_MAY_COST[index] ?? 0)),
  };
}
