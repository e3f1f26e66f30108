import type { SeenProgress } from "./history";
import { claimedEnd, paceOf, type Pace } from "./pace";
import type { Steps } from "./steps";

/** Everything that the next gap depends on. */
export interface ScheduleInput {
  /** Every good look so far, oldest first; never empty. See `remember` for a wait that is long. */
  readonly history: readonly SeenProgress[];
  /** Milliseconds since the wait began. */
  readonly now: number;
  /** The end of the wait, in milliseconds since it began; a last look falls on it. */
  readonly deadline: number;
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: number;
  /**
   * How many looks were throttled within the last minute; each stretches the gap by half, so that many waits on one
   * quota slow down together. @default 0
   */
  readonly throttled?: number;
}

/** Bounds for the gaps between two looks. */
export interface ScheduleOptions {
  /** Shortest gap, in milliseconds; only the very last one, at the deadline, may be shorter. @default 1500 */
  readonly minInterval?: number;
  /** Longest gap, in milliseconds. @default 120000, which only a pace that StartTime confirms comes to */
  readonly maxInterval?: number;
}

/**
 * The first looks while progress tells nothing, in milliseconds since the first one of all: soon after many a task of seconds
 * has ended, and then further and further apart, so that these looks cost a long wait next to nothing.
 */
const FIRST_LOOKS = [3800, 5650, 11_200, 22_200, 33_200];
/** Gap while progress tells nothing, in milliseconds: then no gap that grows or shrinks is better than a fixed one. */
const FIXED_GAP = 8000;
/** How much lag one look is worth, in milliseconds: the price that decides how long gaps are far from the end. */
const PRICE_OF_A_LOOK = 700;
/** The same where StartTime confirms the pace, so that there is less to look out for. */
const PRICE_WHEN_CONFIRMED = 1800;
/** Longest gap while nothing but this wait's own looks tells the pace, in milliseconds. */
const LONGEST_UNCONFIRMED = 63_100;
/** The next look comes after this share of the time that seems to be left. */
const SHARE_OF_REST = 0.7;
/** An end that StartTime confirms is aimed at from so many times as far. */
const NEAR_WHEN_CONFIRMED = 3;
/** A look that is meant to see the end comes this much after the expected one, in milliseconds. */
const MARGIN = 250;
/** Once the task is overdue, gaps grow by this share of the time it is overdue. */
const SHARE_OF_OVERDUE = 0.25;
/** An estimate of the whole duration is believed up to this many times what has been waited. */
const TRUST = 14;
/** Even steps are followed one by one when they are at least this share of a gap apart. */
const STEPS_APART = 0.9;
/** An end that is known to this share of a gap needs no closer look at the steps before it. */
const CLOSE = 0.25;
/** A step that comes sooner than this share of a gap is not worth a look of its own. */
const TOO_SOON = 0.1;
/** So many looks fill the time in which the last step may come. */
const LOOKS_AT_LAST_STEP = 5;
/** Longest gap while the last step may come at any moment, in milliseconds. */
const LONGEST_AT_LAST_STEP = 4000;
/** Every gap is drawn from this share below to this share above its aim; wide jitter only costs calls. */
const JITTER = 0.03;
/** By how much one throttled look stretches the gap. */
const STRETCH_PER_THROTTLE = 0.5;

/**
 * Milliseconds from now to the next look at a task that is under way.
 *
 * While progress tells no pace, gaps grow from short ones, and then it is a fixed one. Once it does, the gap is the cheapest one against
 * a task that may fail at any moment, √(2 × price of a look × duration), then a share of what is left, and at last the
 * expected end itself, where that is known well. When the expected end has passed, gaps grow again up to the fixed one.
 * Progress that moves in even steps is looked at where its next step tells most.
 *
 * Pure: the same input gives the same gap. The gap never crosses the deadline, so the last look falls on it.
 */
export function nextGap(input: ScheduleInput, options: ScheduleOptions = {}): number {
  const { minInterval = 1500, maxInterval = 120_000 } = options;
  const { history, now, random, throttled = 0 } = input;
  const pace = paceOf(history);
  const wanted =
    pace === undefined
      ? blindGap(now - (history[0]?.at ?? now), minInterval)
      : gapAtPace(pace, now, minInterval);
  const stretched = Math.max(wanted, minInterval) * (1 + STRETCH_PER_THROTTLE * throttled);
  const aim = Math.min(stretched, Math.max(wanted, LONGEST_UNCONFIRMED));
  // Room for the jitter is left inside the bounds; a gap cut off at a bound would lose its jitter.
  const inBounds = Math.max(minInterval / (1 - JITTER), Math.min(aim, maxInterval / (1 + JITTER)));
  const gap = Math.max(minInterval, Math.min(inBounds * (1 + JITTER * (2 * random - 1)), maxInterval));
  return untilDeadline(gap, input.deadline - now, minInterval);
}

/**
 * Milliseconds that the task seems to need still, for people ("about 4m left"); never used to end a wait.
 *
 * The first look tells it where it brings the task's age with its progress. Without that, undefined while progress rose
 * less than twice; and when the task is overdue: then nobody knows.
 *
 * @param now milliseconds since the wait began
 */
export function estimateRemaining(history: readonly SeenProgress[], now: number): number | undefined {
  const end = likelyEnd(history);
  return end === undefined || end <= now ? undefined : end - now;
}

function likelyEnd(history: readonly SeenProgress[]): number | undefined {
  const pace = paceOf(history);
  if (pace?.steps) return (pace.steps.end.from + pace.steps.end.to) / 2;
  if (pace && (pace.confirmed || pace.rises >= 2)) return pace.end;
  const [first] = history;
  return pace || first === undefined ? undefined : claimedEnd(first);
}

/** The gap while progress tells no pace, by the time since the first look. */
function blindGap(since: number, minInterval: number): number {
  // An answer that took a while brings the next look closer, and leaves none out.
  const next = FIRST_LOOKS.find((look) => look - since >= minInterval / 2);
  return next === undefined ? FIXED_GAP : next - since;
}

function gapAtPace(pace: Pace, now: number, minInterval: number): number {
  const far = farGap(pace, now);
  if (pace.steps && pace.steps.every >= STEPS_APART * far)
    return gapInSteps(pace.steps, far, now, minInterval);
  const left = pace.end - now;
  if (left <= 0) return overdueGap(-left);
  const isNear = (1 - SHARE_OF_REST) * left < minInterval * (pace.confirmed ? NEAR_WHEN_CONFIRMED : 1);
  return Math.min(far, isNear && pace.sharp ? left + MARGIN : SHARE_OF_REST * (left - pace.blur));
}

/** The gap far from the end. */
function farGap({ whole, confirmed }: Pace, now: number): number {
  if (confirmed) return Math.sqrt(2 * PRICE_WHEN_CONFIRMED * whole);
  return Math.min(LONGEST_UNCONFIRMED, Math.sqrt(2 * PRICE_OF_A_LOOK * Math.min(whole, TRUST * now)));
}

function overdueGap(overdue: number): number {
  return Math.min(FIXED_GAP, SHARE_OF_OVERDUE * overdue);
}

function gapInSteps({ next, end, isLast }: Steps, far: number, now: number, minInterval: number): number {
  const unsure = end.to - end.from;
  if (isLast) {
    const near = Math.min(LONGEST_AT_LAST_STEP, Math.max(minInterval, unsure / LOOKS_AT_LAST_STEP));
    const until = end.from + near / 2 - now;
    return until > near ? evenly(until, far) : Math.max(near, overdueGap(now - end.to));
  }
  // A look in the middle of the span in which the next step may come halves what is not known of all later ones.
  const until = (Math.max(now, next.from) + next.to) / 2 - now;
  return unsure > CLOSE * far && until > TOO_SOON * far ? evenly(until, far) : far;
}

/** The gap that comes to a moment in whole gaps, once it is less than two of them away. */
function evenly(until: number, far: number): number {
  return until > 2 * far ? far : until / Math.ceil(until / far);
}

/** Cuts a gap so that the last look falls on the deadline, with a whole shortest gap before it where there is room. */
function untilDeadline(gap: number, left: number, minInterval: number): number {
  if (gap >= left) return Math.max(0, left);
  return Math.min(gap, Math.max(minInterval, left - minInterval));
}
