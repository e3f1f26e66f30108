import { createEven, STEPS, type Random } from "./random";

/** Nominal length of a task; the real one lies within 10 % of it. */
export interface Duration {
  readonly name: string;
  /** Milliseconds. */
  readonly nominal: number;
}

/** The lengths that are measured. */
export const DURATIONS: readonly Duration[] = [
  { name: "60 s", nominal: 60_000 },
  { name: "10 min", nominal: 600_000 },
  { name: "2 h", nominal: 7_200_000 },
];

/** Short tasks: most of what a wait does for them is its first few looks. */
export const SHORT_DURATIONS: readonly Duration[] = [3, 5, 10, 20, 30].map((seconds) => ({
  name: `${seconds} s`,
  nominal: seconds * 1000,
}));

/** Maps the share of the task's life that has gone (0–1) to reported progress (0–1). */
export type Progress = (gone: number) => number;

/** A kind of progress. */
export interface Shape {
  readonly name: string;
  /** One sentence for the report. */
  readonly text: string;
  /** Draws the progress of one task. */
  readonly draw: (random: Random) => Progress;
  /** Whether progress says nothing of the end, so that one wait can be measured against many ends. */
  readonly silent?: boolean;
  /** Not part of the targets; measured because it is hard for this schedule. */
  readonly extra?: boolean;
}

// A task that is under way never reports more than 99.9 %.
const underWay = (progress: number): number => Math.min(0.999, progress);

/** The kinds of progress that are measured. */
export const SHAPES: readonly Shape[] = [
  {
    name: "linear ±15 %",
    text: "progress = gone^b, b drawn from 0.85 to 1.15",
    draw: (random) => {
      const power = 0.85 + 0.3 * random();
      return (gone) => underWay(gone ** power);
    },
  },
  { name: "slow start", text: "progress = gone²", draw: () => (gone) => underWay(gone ** 2) },
  { name: "steps of 10 %", text: "rounded down to tens", draw: () => (gone) => Math.floor(gone * 10) / 10 },
  { name: "never moves", text: "0 until the end", draw: () => () => 0, silent: true },
  {
    name: "stuck at 99 %",
    text: "even up to 99 % at 70 % of the time, then still",
    draw: () => (gone) => Math.min(0.99, (gone / 0.7) * 0.99),
  },
  {
    name: "silent first fifth",
    text: "0 for the first fifth of the time, then even",
    draw: () => (gone) => underWay(Math.max(0, (gone - 0.2) / 0.8)),
    extra: true,
  },
  {
    name: "uneven pace",
    text: "the pace changes forty times, by a factor of up to nine",
    draw: drawUnevenPace,
    extra: true,
  },
  {
    name: "uneven steps",
    text: "nine steps of 10 % at random moments",
    draw: (random) => {
      const steps = Array.from({ length: 9 }, random);
      return (gone) => steps.filter((step) => step <= gone).length / 10;
    },
    extra: true,
  },
  {
    name: "ends at 60 %",
    text: "even up to 60 %, where it ends",
    draw: () => (gone) => 0.6 * gone,
    extra: true,
  },
];

function drawUnevenPace(random: Random): Progress {
  const parts = Array.from({ length: 40 }, () => 0.2 + 1.6 * random());
  const sums = parts.reduce<number[]>((all, part) => [...all, (all.at(-1) ?? 0) + part], [0]);
  return (gone) => {
    const part = Math.min(parts.length - 1, Math.floor(gone * parts.length));
    const within = gone * parts.length - part;
    return underWay(((sums[part] ?? 0) + within * (parts[part] ?? 0)) / (sums.at(-1) ?? 1));
  };
}

/** How a task ends: having done its work, or failing at a uniformly drawn moment of its life. */
export type Ending = "at the end" | "early failure";

/** The endings that are measured. */
export const ENDINGS: readonly Ending[] = ["at the end", "early failure"];

/** One task that is waited for. */
export interface Task {
  /** How long it would run, in milliseconds. */
  readonly length: number;
  /** What it reports at a time, in milliseconds since the wait began: 0–10000. */
  readonly progressAt: (time: number) => number;
  /** The moments at which it may be over, in milliseconds; one wait is measured against each of them. */
  readonly ends: readonly number[];
}

/** How many tasks a cell has, and against how many ends each wait is measured where its looks do not depend on it. */
export interface Sample {
  readonly tasks: number;
  readonly ends: number;
}

/** Draws the tasks of one cell. The same seed gives the same lengths and ends for every kind of progress. */
export function drawTasks(
  duration: Duration,
  shape: Shape,
  ending: Ending,
  sample: Sample,
  random: Random,
): Task[] {
  const within = (share: number): number => duration.nominal * (0.9 + 0.2 * share);
  const lengths = createEven(random(), STEPS[0]);
  const moments = createEven(random(), STEPS[1]);
  return Array.from({ length: sample.tasks }, () => {
    const length = within(lengths());
    const parts = Array.from({ length: sample.ends }, moments);
    const progress = shape.draw(random);
    // Until it is seen, an end changes nothing for whoever waits when progress does not tell of it.
    const ends =
      ending === "early failure"
        ? parts.map((part) => part * length)
        : shape.silent
          ? parts.map(within)
          : [length];
    return { length, ends, progressAt: (time) => Math.floor(10_000 * progress(time / length)) };
  });
}
