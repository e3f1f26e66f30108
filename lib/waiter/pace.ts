import { DONE, usableLooks, type SeenProgress, type UsableLook } from "./history";
import { grainOf, LEAST_STEP, stepsOf, type Steps } from "./steps";

/** How fast a task seems to go. Moments are in milliseconds since the wait began. */
export interface Pace {
  /** When progress reaches its end. */
  readonly end: number;
  /** How long the task takes in all, as far as this is known: from its StartTime, or else from the begin of the wait. */
  readonly whole: number;
  /** How often progress rose. */
  readonly rises: number;
  /** Whether the task's StartTime and the looks of this wait tell the same pace. */
  readonly confirmed: boolean;
  /** By how much the end may be off even when progress is honest, in milliseconds. */
  readonly blur: number;
  /** Whether the end is known so well that a look may aim at it: progress is fine, and the last look changed nothing. */
  readonly sharp: boolean;
  /** The steps, where they are even ones. */
  readonly steps: Steps | undefined;
}

/** Progress above where the trail began, and when it was reached, in milliseconds since the trail began. */
interface Rise {
  readonly after: number;
  readonly by: number;
}

/** The share of the whole duration by which an estimate is off even when progress is honest. */
const BLUR = 1 / 2000;
/** An end that is blurred by more than this is not aimed at, in milliseconds. */
const SHARP = 1000;
/** An end that the last look moved by more than this is not aimed at, in milliseconds. */
const STEADY = 500;
/** Least progress, and least rise of it, that tells a pace together with a StartTime, of 10000; less is too rough. */
const LEAST_TELLING = 3;
/** Least age of a task that tells a pace, in milliseconds: StartTime and the server's date are whole seconds. */
const LEAST_AGE = 4000;
/** The pace since StartTime and the one that was seen are the same up to this factor. */
const SAME_PACE = 1.18;
/** A rise above this share of the last one is too near to it to tell how the pace bends. */
const NEAR = 0.98;
/** No task is claimed to need longer than the longest wait, in milliseconds. */
const LONGEST_CLAIM = 86_400_000;

/**
 * The pace that progress tells; undefined when it never rose, or by so little that it has no end.
 *
 * Fits rise = (time / T)^b through the last rise and the one at half its height, so that it follows a task that
 * speeds up or slows down, and one that moves in steps. With one rise only, b is 1: an even pace. A StartTime that the
 * looks confirm makes the trail begin there.
 */
export function paceOf(history: readonly SeenProgress[]): Pace | undefined {
  const looks = usableLooks(history);
  const fit = fitOf(looks);
  if (fit === undefined) return undefined;
  const before = fitOf(looks.slice(0, -1));
  const steady = before !== undefined && Math.abs(fit.end - before.end) < STEADY;
  const coarse = grainOf(looks) >= LEAST_STEP;
  const blur = BLUR * fit.whole;
  const sharp = steady && !coarse && blur < SHARP;
  return { ...fit, blur, sharp, steps: coarse ? stepsOf(looks) : undefined };
}

/** The curve through the looks; undefined when it has no end. */
function fitOf(
  looks: readonly UsableLook[],
): Pick<Pace, "end" | "whole" | "rises" | "confirmed"> | undefined {
  const [first] = looks;
  if (first === undefined) return undefined;
  // Between two steps the pace may be any, so that a StartTime which lies would be confirmed as well.
  const start = grainOf(looks) >= LEAST_STEP ? undefined : confirmedStart(looks);
  const confirmed = start !== undefined;
  const begin = confirmed ? { at: start, progress: 0 } : first;
  const rises = risesOf(looks, begin);
  const last = rises.at(-1);
  if (last === undefined || last.after <= 0) return undefined;
  const half = rises.filter((rise) => rise.by <= last.by / 2).at(-1) ?? (confirmed ? rises[0] : undefined);
  const isTold = half !== undefined && half.by <= NEAR * last.by;
  const bend = isTold ? Math.log(last.by / half.by) / Math.log(last.after / half.after) : 1;
  const power = Number.isFinite(bend) ? Math.min(3, Math.max(0.5, bend)) : 1;
  const takes = last.after * ((DONE - begin.progress) / last.by) ** (1 / power);
  const end = begin.at + takes;
  // A rise too small to divide by tells no pace.
  if (!Number.isFinite(end)) return undefined;
  return { end, whole: confirmed ? takes : end, rises: rises.length, confirmed };
}

/**
 * When a look's progress and the task's StartTime, taken for true, say that it ends, in milliseconds since the wait
 * began; undefined when they say nothing.
 */
export function claimedEnd({ at, progress = 0, age = 0 }: SeenProgress): number | undefined {
  if (!(age >= LEAST_AGE && progress >= LEAST_TELLING && progress < DONE)) return undefined;
  const left = (age * (DONE - progress)) / progress;
  return left <= LONGEST_CLAIM ? at + left : undefined;
}

/** When the task began, where its StartTime and the looks tell the same pace. */
function confirmedStart(looks: readonly UsableLook[]): number | undefined {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last?.age === undefined) return undefined;
  const start = last.at - last.age;
  const age = first.at - start;
  const rise = last.progress - first.progress;
  if (!(age >= LEAST_AGE && rise >= LEAST_TELLING && first.progress >= LEAST_TELLING)) return undefined;
  // The power of the curve from the StartTime through both looks: 1 when the pace is the same before and since.
  const power = Math.log(last.progress / first.progress) / Math.log(last.age / age);
  // Progress is a whole number, so that a rise is off by up to one.
  const most = SAME_PACE * (1 + 1 / rise);
  return power * most >= 1 && power <= most ? start : undefined;
}

/** The rises that looks tell, above where their trail began. */
function risesOf(looks: readonly UsableLook[], begin: { at: number; progress: number }): Rise[] {
  const rises: Rise[] = [];
  let last: { at: number; progress: number } | undefined = begin;
  let stood = false;
  for (const { at, progress } of looks) {
    if (progress > last.progress) {
      // After a standstill it rose in a step, somewhere between the two looks.
      const when = stood ? (last.at + at) / 2 : at;
      rises.push({ after: when - begin.at, by: progress - begin.progress });
      stood = false;
    } else if (at > begin.at) {
      stood = true;
    }
    last = { at, progress };
  }
  return rises;
}
