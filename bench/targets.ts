import type { BurstPlan, BurstResult } from "./burst";
import type { Group, OurRow } from "./cells";
import type { Score } from "./measure";

/** One thing that was to be reached, and what was measured. */
export interface Target {
  readonly text: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
  /** Why it is not met, where that is known; told only then. */
  readonly reason?: string;
}

/** A cell in which a peer is better on both calls and lag. */
export interface Miss {
  readonly cell: string;
  readonly beatenBy: readonly string[];
  readonly extra: boolean;
}

const LINEAR = "linear ±15 %";

/** How far apart two products may be and still count as equal: what another seed changes in them. */
const NOISE = 0.002;

/**
 * Checks every target against the measured groups.
 *
 * @param noise how far apart two products may be and still count as equal, as a share; more for a small sample
 */
export function checkTargets(groups: readonly Group[], noise = NOISE): Target[] {
  return [
    linear(groups, "60 s", 10, 0.8),
    linear(groups, "10 min", 26, 1),
    linear(groups, "2 h", 150, 1.2),
    ...groups.filter((group) => group.ending === "at the end").map((group) => againstAlicloud(group, noise)),
    earlyFailure(groups),
    peersBetter(groups),
  ];
}

/** Where the waits of a burst are. */
export function placeOf({ onOneMachine }: BurstPlan): string {
  return onOneMachine ? "on one machine" : "on a machine each";
}

/** Checks the throttled looks of every burst. */
export function checkBursts(bursts: readonly BurstResult[]): Target[] {
  return bursts.map(({ plan, throttled, lost }) => ({
    text: `burst of ${plan.waits} waits ${placeOf(plan)}, tasks of ${plan.nominal / 60_000} min: throttled looks, lost waits`,
    wanted: "< 5 %, none",
    measured: `${(100 * throttled).toFixed(1)} %, ${lost}`,
    met: throttled < 0.05 && lost === 0,
  }));
}

/** Whether an even progress is followed so closely; lag in seconds. */
export function linearWithin(group: Group, lag: number, worst: number): Target {
  const { score } = rowOf([group], group.duration.name, group.ending, LINEAR);
  return {
    text: `linear progress, ${group.duration.name}`,
    wanted: `≤ ${lag.toFixed(1)} s mean lag, ≤ ${worst.toFixed(1)} s worst`,
    measured: `${score.lag.toFixed(2)} s, ${score.worstLag.toFixed(1)} s (${score.calls.toFixed(1)} calls)`,
    met: score.lag <= lag && score.worstLag <= worst,
  };
}

/** Every cell whose calls × lag is more than that of the alicloud provider, the best fixed gap with a quick start. */
export function costlier(groups: readonly Group[]): { cell: string; ratio: number }[] {
  return groups.flatMap((group) =>
    group.ours
      .map(({ shape, score }) => ({
        cell: cellName(group, shape.name),
        ratio: productOf(score) / productOf(alicloudOf(group)),
      }))
      .filter(({ ratio }) => ratio > 1 + NOISE),
  );
}

/** Every cell in which a peer is better on both. */
export function misses(groups: readonly Group[]): Miss[] {
  return groups.flatMap((group) =>
    group.ours
      .filter((row) => row.beatenBy.length > 0)
      .map((row) => ({
        cell: cellName(group, row.shape.name),
        beatenBy: row.beatenBy,
        extra: row.shape.extra ?? false,
      })),
  );
}

function linear(groups: readonly Group[], duration: string, calls: number, lag: number): Target {
  const { score } = rowOf(groups, duration, "at the end", LINEAR);
  return {
    text: `linear progress, ${duration}`,
    wanted: `≤ ${calls} calls, ≤ ${lag.toFixed(1)} s mean lag`,
    measured: `${score.calls.toFixed(1)} calls, ${score.lag.toFixed(2)} s`,
    met: score.calls <= calls && score.lag <= lag,
  };
}

/** Whether calls × lag is no more than that of the alicloud provider when progress never moves. */
export function againstAlicloud(group: Group, noise = NOISE): Target {
  const { score } = rowOf([group], group.duration.name, group.ending, "never moves");
  const [ours, theirs] = [productOf(score), productOf(alicloudOf(group))];
  return {
    text: `progress never moves, ${group.duration.name}: calls × lag against the alicloud provider`,
    wanted: `≤ ${theirs.toFixed(1)} (D/2 = ${(group.duration.nominal / 2000).toFixed(0)}; equal within ${noise * 100} %)`,
    measured: `${ours.toFixed(1)} (${(ours / theirs).toFixed(3)} of it)`,
    met: ours <= theirs * (1 + noise),
  };
}

function earlyFailure(groups: readonly Group[]): Target {
  const group = groupOf(groups, "10 min", "early failure");
  const worst = Math.max(...group.ours.filter((row) => !row.shape.extra).map((row) => row.score.lag));
  return {
    text: "early failure, 10 min: mean lag of the slowest kind of progress",
    wanted: "≤ 15 s",
    measured: `${worst.toFixed(1)} s`,
    met: worst <= 15,
  };
}

/** Whether no peer is better on both in any cell of the kinds of progress that are targets. */
export function peersBetter(groups: readonly Group[]): Target {
  const cells = groups.flatMap((group) => group.ours).filter((row) => !row.shape.extra);
  const lost = cells.filter((row) => row.beatenBy.length > 0).length;
  return {
    text: "cells in which a peer is better on both calls and lag",
    wanted: `0 of ${cells.length}`,
    measured: `${lost}`,
    met: lost === 0,
  };
}

function productOf({ calls, lag }: Score): number {
  return calls * lag;
}

function alicloudOf(group: Group): Score {
  const row = group.peers.find(({ peer }) => peer.name === "alicloud provider");
  if (row === undefined) throw new Error("The alicloud provider is not among the measured peers.");
  return row.score;
}

function cellName({ duration, ending }: Group, shape: string): string {
  return `${duration.name}, ${shape}, ${ending}`;
}

function groupOf(groups: readonly Group[], duration: string, ending: string): Group {
  const found = groups.find((group) => group.duration.name === duration && group.ending === ending);
  if (found === undefined) throw new Error(`Nothing was measured for ${duration}, ${ending}.`);
  return found;
}

function rowOf(groups: readonly Group[], duration: string, ending: string, shape: string): OurRow {
  const row = groupOf(groups, duration, ending).ours.find((candidate) => candidate.shape.name === shape);
  if (row === undefined) throw new Error(`Nothing was measured for ${shape}.`);
  return row;
}
