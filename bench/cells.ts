import { isBetterOnBoth, measure, type Score } from "./measure";
import { looksOfOurs } from "./ours";
import { PEERS } from "./peers/index";
import type { Peer } from "./peers/peer";
import { createRandom } from "./random";
import { DURATIONS, drawTasks, ENDINGS, SHAPES, type Duration, type Ending, type Sample } from "./tasks";

/** A row of a cell's table. */
export interface PeerRow {
  readonly peer: Peer;
  readonly score: Score;
}

/** Our row for one kind of progress. */
export interface OurRow {
  readonly shape: (typeof SHAPES)[number];
  readonly score: Score;
  /** Peers that are better on calls and on lag. */
  readonly beatenBy: readonly string[];
}

/** One length and one ending: a row for each peer, who never looks at progress, and one of ours for each kind of it. */
export interface Group {
  readonly duration: Duration;
  readonly ending: Ending;
  readonly peers: readonly PeerRow[];
  readonly ours: readonly OurRow[];
}

/** How much is measured. */
export interface Plan {
  readonly seed: number;
  /** Tasks of a cell, for each length in the order of `DURATIONS`. */
  readonly tasks: readonly number[];
  /** Ends that each wait is measured against where its looks do not depend on the end. */
  readonly ends: number;
  /** Recorded waits of each peer whose looks depend on chance. */
  readonly recordings: number;
  readonly peers?: readonly Peer[];
  /** @default DURATIONS */
  readonly durations?: readonly Duration[];
}

/** Measures us alone, with one kind of progress. */
export function measureOurs(
  duration: Duration,
  shape: (typeof SHAPES)[number],
  sample: Sample,
  seed: number,
): Score {
  const random = createRandom(seed + 1);
  const tasks = drawTasks(duration, shape, "at the end", sample, createRandom(seed));
  return measure(tasks.map((task) => ({ looks: looksOfOurs(task, random), ends: task.ends })));
}

/** Measures every length and ending, us and the peers with the same tasks. */
export async function measureAll(plan: Plan): Promise<Group[]> {
  const groups: Group[] = [];
  for (const [index, duration] of (plan.durations ?? DURATIONS).entries()) {
    const recorded = await recordPeers(plan.peers ?? PEERS, duration, plan);
    for (const ending of ENDINGS) {
      const sample = { tasks: plan.tasks[index] ?? 0, ends: plan.ends };
      groups.push(measureGroup(duration, ending, sample, recorded, plan.seed));
    }
  }
  return groups;
}

function measureGroup(
  duration: Duration,
  ending: Ending,
  sample: Sample,
  recorded: readonly Recorded[],
  seed: number,
): Group {
  const draw = (shape: (typeof SHAPES)[number]) =>
    drawTasks(duration, shape, ending, sample, createRandom(seed));
  const silent = SHAPES.find((shape) => shape.silent);
  const tasksOfPeers = silent === undefined ? [] : draw(silent);
  const peers = recorded.map(({ peer, waits }) => ({
    peer,
    score: measure(
      tasksOfPeers.map(({ ends }, index) => ({ looks: waits[index % waits.length] ?? [], ends })),
    ),
  }));
  const ours = SHAPES.map((shape, index) => {
    const random = createRandom(seed + 1 + index);
    const score = measure(draw(shape).map((task) => ({ looks: looksOfOurs(task, random), ends: task.ends })));
    const beatenBy = peers.filter((row) => isBetterOnBoth(row.score, score)).map((row) => row.peer.name);
    return { shape, score, beatenBy };
  });
  return { duration, ending, peers, ours };
}

/** A peer and the looks it takes at a task that lasts longer than any of a duration's tasks. */
interface Recorded {
  readonly peer: Peer;
  readonly waits: readonly (readonly number[])[];
}

/**
 * Lets each peer wait to the last possible end of a duration. Since none looks at progress, the looks before any
 * earlier end are the same; `disagreements` checks that.
 */
async function recordPeers(peers: readonly Peer[], duration: Duration, plan: Plan): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  for (const peer of peers) {
    const waits: number[][] = [];
    for (let index = 0; index < (peer.random ? plan.recordings : 1); index++) {
      waits.push(await peer.looks(duration.nominal * 1.1, createRandom(plan.seed + index)));
    }
    recorded.push({ peer, waits });
  }
  return recorded;
}

/** How many whole waits of the real code, each to its own end, differ from the start of the recorded one. */
export async function disagreements(
  plan: Plan,
  checks: number,
): Promise<{ checked: number; differing: number }> {
  const real = (plan.peers ?? PEERS).filter((peer) => peer.origin === "real code");
  let checked = 0;
  let differing = 0;
  for (const duration of DURATIONS) {
    const random = createRandom(plan.seed);
    for (const { peer, waits } of await recordPeers(real, duration, { ...plan, recordings: 1 })) {
      for (let check = 0; check < checks; check++) {
        const end = duration.nominal * 1.1 * random();
        const looks = await peer.looks(end, createRandom(plan.seed));
        const expected = waits[0]?.slice(0, looks.length) ?? [];
        const same = looks.every((look, index) => look === expected[index]) && (looks.at(-1) ?? -1) >= end;
        checked += 1;
        if (!same) differing += 1;
      }
    }
  }
  return { checked, differing };
}
