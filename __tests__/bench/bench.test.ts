import { runBurst, type BurstResult } from "../../bench/burst";
import { disagreements, measureAll, type Group, type Plan } from "../../bench/cells";
import { drawChart } from "../../bench/chart";
import { PEERS } from "../../bench/peers/index";
import { DURATIONS } from "../../bench/tasks";
import { REPLAYED } from "../../bench/peers/replayed";
import { checkTargets, misses } from "../../bench/targets";

/** A small version of `npm run bench`, with the noise that comes with it; peers whose code does not run are quick. */
const PLAN: Plan = { seed: 4, tasks: [40, 20, 5], ends: 600, recordings: 1, peers: REPLAYED };
const NOISE = 0.02;

let groups: Group[];

beforeAll(async () => {
  groups = await measureAll(PLAN);
  // Minutes of virtual time are cheap, but there are many of them, and the machine may be busy.
}, 240_000);

test.each([
  "linear progress, 60 s",
  "linear progress, 10 min",
  "linear progress, 2 h",
  "progress never moves, 60 s: calls × lag against the alicloud provider",
  "progress never moves, 10 min: calls × lag against the alicloud provider",
  "progress never moves, 2 h: calls × lag against the alicloud provider",
  "early failure, 10 min: mean lag of the slowest kind of progress",
])("the target is met: %s", (text) => {
  const target = checkTargets(groups, NOISE).find((candidate) => candidate.text === text);
  expect(target).toMatchObject({ met: true });
});

test("every target has a test of its own", () => {
  expect(checkTargets(groups, NOISE)).toHaveLength(8);
});

/** What short gaps before the first step cost; docs/bench.md says why. */
const LOST = "2 h, steps of 10 %, early failure";

test("a peer is better on both in one cell alone, and with progress that lies outside the targets", () => {
  const lost = misses(groups).filter((miss) => !miss.extra);
  expect(lost.map(({ cell }) => cell).filter((cell) => cell !== LOST)).toEqual([]);
});

test("no wait of ours gives up", () => {
  expect(groups.flatMap((group) => group.ours).every((row) => row.score.gaveUp === 0)).toBe(true);
});

test("the lag is never longer than the longest gap", () => {
  const worst = groups.flatMap((group) => group.ours).map((row) => row.score.worstLag);
  expect(Math.max(...worst)).toBeLessThanOrEqual(65);
});

test("another seed changes no verdict", async () => {
  const other = await measureAll({ ...PLAN, seed: 77 });
  const missed = checkTargets(other, NOISE).filter((target) => !target.met);
  expect(missed.filter(({ text }) => !text.startsWith("cells"))).toEqual([]);
}, 240_000);

test("the same seed gives the same numbers", async () => {
  const plan: Plan = { ...PLAN, tasks: [5, 5, 1], ends: 5 };
  const [one, other] = [await measureAll(plan), await measureAll(plan)];
  expect(one).toEqual(other);
});

test("the picture of 10 minutes names every peer that saw the end", async () => {
  const durations = DURATIONS.filter(({ name }) => name === "10 min");
  const [group] = await measureAll({ ...PLAN, peers: PEERS, durations, tasks: [2], ends: 2 });
  const names = group?.peers.filter((row) => row.score.gaveUp === 0).map((row) => row.peer.name) ?? [];
  const picture = group ? drawChart(group) : "";
  expect(names.length).toBeGreaterThan(9);
  expect(names.filter((name) => !picture.includes(name))).toEqual([]);
});

test("a whole wait of a peer's real code is the start of the recorded one", async () => {
  expect(PEERS.filter((peer) => peer.origin === "real code")).toHaveLength(3);
  expect(await disagreements({ ...PLAN, peers: PEERS }, 2)).toEqual({ checked: 18, differing: 0 });
});

describe("200 waits that begin in the same second, on a quota of 10 requests per second,", () => {
  let burst: BurstResult;

  beforeAll(async () => {
    burst = await runBurst({ seed: PLAN.seed, waits: 200, quota: 10, retryAfter: 1000, nominal: 600_000 });
  });

  test("are all brought to their end", () => {
    expect(burst.lost).toBe(0);
  });

  test("are throttled not even once where they share the limit of one machine", async () => {
    const plan = { seed: PLAN.seed, waits: 200, quota: 10, retryAfter: 1000, nominal: 60_000 };
    expect(await runBurst({ ...plan, onOneMachine: true })).toMatchObject({ throttled: 0, lost: 0 });
  });

  test("have come apart before the first minute is over", () => {
    const later = burst.periods.filter((period) => period.from >= 60);
    expect(Math.max(...later.slice(0, 1).map((period) => period.peakPerSecond))).toBeLessThan(30);
  });
});
