/** What one good look told the schedule. */
export interface SeenProgress {
  /** Milliseconds since the wait began. */
  readonly at: number;
  /** 0–10000 as the API gave it, or undefined when it gave none. */
  readonly progress: number | undefined;
}

/** Everything that the next gap depends on. */
export interface ScheduleInput {
  /** Every good look so far, oldest first; never empty. See {@link remember} for a wait that is long. */
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
  /** Longest gap, in milliseconds. @default 65000 */
  readonly maxInterval?: number;
}

/** Progress of a task that is done; a task under way that claims it says nothing about its pace. */
const DONE = 10_000;
/** Gap while progress tells nothing, in milliseconds: then no gap that grows or shrinks is better than a fixed one. */
const FIXED_GAP = 9500;
/** How much lag one look is worth, in milliseconds: the price that decides how long gaps are far from the end. */
const PRICE_OF_A_LOOK = 800;
/** The next look comes after this share of the time that seems to be left. */
const SHARE_OF_REST = 0.7;
/** Once the task is overdue, gaps grow by this share of the time it is overdue. */
const SHARE_OF_OVERDUE = 0.25;
/** An estimate of the whole duration is believed up to this many times what has been waited. */
const TRUST = 10;
/** The share of the whole duration by which an estimate is off even when progress is honest. */
const BLUR = 1 / 2000;
/** Every gap is drawn from this share below to this share above its aim; wide jitter only costs calls. */
const JITTER = 0.03;
/** By how much one throttled look stretches the gap. */
const STRETCH_PER_THROTTLE = 0.5;
/** Most looks that {@link remember} keeps. */
const KEPT_LOOKS = 256;

/**
 * Milliseconds from now to the next look at a task that is under way.
 *
 * While progress tells no pace, the gap is fixed. Once it does, the gap is the cheapest one against a task that may
 * fail at any moment, √(2 × price of a look × duration), and near the expected end a share of what is left. When
 * the expected end has passed, gaps grow again up to the fixed one. The first gap is drawn wide, so that waits which
 * begin together come apart.
 *
 * Pure: the same input gives the same gap. The gap never crosses the deadline, so the last look falls on it.
 */
export function nextGap(input: ScheduleInput, options: ScheduleOptions = {}): number {
  const { minInterval = 1500, maxInterval = 65_000 } = options;
  const { history, now, random, throttled = 0 } = input;
  const end = expectedEnd(history);

  let aim: number;
  let spread = 1 + JITTER * (2 * random - 1);
  if (end === undefined) {
    aim = FIXED_GAP;
    if (history.length <= 1) spread = 0.25 + random;
  } else if (end > now) {
    const whole = Math.min(end, TRUST * now);
    aim = Math.min(Math.sqrt(2 * PRICE_OF_A_LOOK * whole), SHARE_OF_REST * (end - now - BLUR * end));
  } else {
    aim = Math.min(FIXED_GAP, SHARE_OF_OVERDUE * (now - end));
  }
  aim = Math.max(aim, minInterval) * (1 + STRETCH_PER_THROTTLE * throttled);
  // Room for the jitter is left inside the bounds; a gap cut off at a bound would lose its jitter.
  const inBounds = Math.max(minInterval / (1 - JITTER), Math.min(aim, maxInterval / (1 + JITTER)));
  const gap = Math.max(minInterval, Math.min(inBounds * spread, maxInterval));
  return untilDeadline(gap, input.deadline - now, minInterval);
}

/**
 * Milliseconds that the task seems to need still, for people ("about 4m left"); never used to end a wait.
 *
 * Undefined while progress rose less than twice, and when the task is overdue: then nobody knows.
 *
 * @param now milliseconds since the wait began
 */
export function estimateRemaining(history: readonly SeenProgress[], now: number): number | undefined {
  const { rises } = readTrail(history);
  const end = rises.length < 2 ? undefined : expectedEnd(history);
  return end === undefined || end <= now ? undefined : end - now;
}

/**
 * The history with one more look, without the looks that no longer matter, so that it stays short in a long wait:
 * of a stretch without progress the first and the last look are kept, of very many looks every second older one.
 */
export function remember(history: readonly SeenProgress[], look: SeenProgress): SeenProgress[] {
  const [last, before] = [history.at(-1), history.at(-2)];
  const still = before !== undefined && before.progress === look.progress && last?.progress === look.progress;
  const kept = [...(still ? history.slice(0, -1) : history), look];
  if (kept.length <= KEPT_LOOKS) return kept;
  return kept.filter((_, index) => index % 2 === 0 || index > KEPT_LOOKS / 2);
}

/** Progress above where the trail began, and when it was reached, in milliseconds since the trail began. */
interface Rise {
  readonly after: number;
  readonly by: number;
}

/** The looks since progress last went backwards, as rises. */
interface Trail {
  readonly begin: { readonly at: number; readonly progress: number } | undefined;
  readonly rises: readonly Rise[];
}

/** Reads the rises out of the looks; looks without a usable progress are as if they had not been. */
function readTrail(history: readonly SeenProgress[]): Trail {
  let begin: Trail["begin"];
  let rises: Rise[] = [];
  let last: { at: number; progress: number } | undefined;
  let stood = false;
  for (const { at, progress } of history) {
    if (progress === undefined || !(progress >= 0 && progress < DONE)) continue;
    if (begin === undefined || last === undefined || progress < last.progress) {
      begin = { at, progress };
      rises = [];
      stood = false;
    } else if (progress > last.progress) {
      // After a standstill it rose in a step, somewhere between the two looks.
      const when = stood ? (last.at + at) / 2 : at;
      rises.push({ after: when - begin.at, by: progress - begin.progress });
      stood = false;
    } else {
      stood = true;
    }
    last = { at, progress };
  }
  return { begin, rises };
}

/**
 * When progress reaches its end, in milliseconds since the wait began; undefined when it never rose,
 * or by so little that it has no end.
 *
 * Fits rise = (time / T)^b through the last rise and the one at half its height, so that it follows a task that
 * speeds up or slows down, and one that moves in steps. With one rise only, b is 1: an even pace.
 */
function expectedEnd(history: readonly SeenProgress[]): number | undefined {
  const { begin, rises } = readTrail(history);
  const last = rises.at(-1);
  if (begin === undefined || last === undefined || last.after <= 0) return undefined;
  const half = rises.filter((rise) => rise.by <= last.by / 2).at(-1);
  const bend = half === undefined ? 1 : Math.log(last.by / half.by) / Math.log(last.after / half.after);
  const power = Number.isFinite(bend) ? Math.min(3, Math.max(0.5, bend)) : 1;
  const end = begin.at + last.after * ((DONE - begin.progress) / last.by) ** (1 / power);
  // A rise too small to divide by tells no pace.
  return Number.isFinite(end) ? end : undefined;
}

/** Cuts a gap so that the last look falls on the deadline, with a whole shortest gap before it where there is room. */
function untilDeadline(gap: number, left: number, minInterval: number): number {
  if (gap >= left) return Math.max(0, left);
  return Math.min(gap, Math.max(minInterval, left - minInterval));
}
