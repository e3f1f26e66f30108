import { DONE, type UsableLook } from "./history";

/** The moments between which something comes, in milliseconds since the wait began. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is known of a task whose progress moves in even steps. */
export interface Steps {
  /** When the next step comes. */
  readonly next: Span;
  /** When progress reaches its end. */
  readonly end: Span;
  /** How far apart the steps are, in milliseconds. */
  readonly every: number;
  /** Whether the next step is the end. */
  readonly isLast: boolean;
}

/** Smaller steps than this are a fine scale, not steps; of 10000. */
export const LEAST_STEP = 100;
/** Steps that are looked at, the newest ones: their number squared is the work of a look. */
const NEWEST_STEPS = 24;
/** Steps count as even when their spans contradict each other by no more than this share of a step. */
const UNEVENNESS = 0.05;

/**
 * The steps that progress moves in; undefined when it moves in none, in uneven ones, or rose less than twice.
 *
 * Between which two looks each step came is all that is known of it. Even steps are a straight line, moment = a + b ×
 * number, through all these spans; where such lines can reach the next step and the end is their span.
 */
export function stepsOf(looks: readonly UsableLook[]): Steps | undefined {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || !stoodAndRose(looks)) return undefined;
  const size = grainOf(looks);
  if (size < LEAST_STEP) return undefined;
  const seen = spansOf(looks, size);
  const done = Math.round((last.progress - first.progress) / size);
  const all = (DONE - first.progress) / size;
  const next = reach(seen, Math.min(done + 1, all));
  const end = reach(seen, all);
  return next && end && { next, end, every: (end.to - first.at) / all, isLast: done + 1 >= all };
}

/** What all rises of progress are multiples of, of 10000; 0 when it never rose. */
export function grainOf(looks: readonly UsableLook[]): number {
  let grain = 0;
  let before = looks[0]?.progress ?? 0;
  for (const { progress } of looks) {
    let rest = progress - before;
    // Euclid's; below 1 there is nothing in common but rounding.
    while (rest >= 1) [grain, rest] = [rest, grain % rest];
    before = progress;
  }
  return grain;
}

function stoodAndRose(looks: readonly UsableLook[]): boolean {
  let stood = false;
  let rises = 0;
  looks.forEach(({ progress }, index) => {
    const before = looks[index - 1]?.progress;
    if (before === progress) stood = true;
    else if (before !== undefined) rises += 1;
  });
  return stood && rises >= 2;
}

/** A step, by its number since the first look, and when it came. */
interface SeenStep extends Span {
  readonly number: number;
}

/** The newest steps that came, and the next one, which has not come by the last look. */
function spansOf(looks: readonly UsableLook[], size: number): SeenStep[] {
  const seen: SeenStep[] = [];
  const [first, ...later] = looks;
  if (first === undefined) return seen;
  // Where it stood at the first look it had been for nobody knows how long.
  seen.push({ number: 0, from: -Infinity, to: first.at });
  let before = first;
  let number = 0;
  for (const look of later) {
    const reached = Math.round((look.progress - first.progress) / size);
    while (number < reached) seen.push({ number: ++number, from: before.at, to: look.at });
    before = look;
  }
  seen.push({ number: number + 1, from: before.at, to: Infinity });
  return seen.slice(-NEWEST_STEPS);
}

/** When even steps through the seen ones reach a later number; undefined when no even steps go through all of them. */
function reach(seen: readonly SeenStep[], number: number): Span | undefined {
  let from = -Infinity;
  let to = Infinity;
  let every = Infinity;
  for (const [index, late] of seen.entries()) {
    from = Math.max(from, late.from);
    if (late.number > number) continue;
    for (const early of seen.slice(0, index)) {
      const apart = late.number - early.number;
      const far = (number - late.number) / apart;
      from = Math.max(from, late.from + (late.from - early.to) * far);
      // The step that has not come yet has no latest moment.
      if (late.to === Infinity) continue;
      to = Math.min(to, late.to + (late.to - early.from) * far);
      every = Math.min(every, (late.to - early.from) / apart);
    }
  }
  if (!Number.isFinite(from) || !Number.isFinite(to)) return undefined;
  if (from <= to) return { from, to };
  return from - to <= UNEVENNESS * every ? { from: to, to: from } : undefined;
}
