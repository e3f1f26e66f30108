/**
 * How a fake task's progress moves while it runs.
 *
 * - `linear`: with the time.
 * - `slow-start`: with the square of the time.
 * - `steps`: a jump at each quarter.
 * - `never`: 0 all the time, also when it is COMPLETE.
 * - `stuck`: with the time to the half, then it stands until the end.
 * - `backwards`: to four fifths, then back to one fifth, then on to the end.
 * - `full`: 10000 from the first moment.
 * - `absent`: the field is never given.
 * - a list of points `[seconds since it began to run, progress]`, joined by straight lines; the last one holds.
 */
export type ProgressCurve = ProgressShape | readonly ProgressPoint[];

/** The named curves of {@link ProgressCurve}. */
export type ProgressShape = (typeof PROGRESS_SHAPES)[number];

/** A point of a progress curve: seconds since the task began to run, and the progress then, 0–10000. */
export type ProgressPoint = readonly [seconds: number, progress: number];

/** The names of the curves. */
export const PROGRESS_SHAPES = [
  "linear",
  "slow-start",
  "steps",
  "never",
  "stuck",
  "backwards",
  "full",
  "absent",
] as const;

/** The progress of a task that is done, as the API counts it. */
export const FULL_PROGRESS = 10_000;

/** The most that a task shows which is not COMPLETE, unless the curve is `full` or a list of points. */
const ALMOST = 9_900;

/** The scale for a task that never ends and names no `seconds`. */
const ENDLESS_SCALE_SECONDS = 3_600;

/** The moment of a task for which the progress is asked. */
export interface ProgressMoment {
  /** Seconds since it began to run; they stand still once it has ended. */
  readonly seconds: number;
  /** How long it would run in all, in seconds; 0 when its script does not say. */
  readonly totalSeconds: number;
  /** The status at the moment. */
  readonly status: string;
  /** Whether it has ended. */
  readonly ended: boolean;
}

/** The progress at a moment, 0–10000, or undefined when the field is not given. */
export function progressAt(curve: ProgressCurve, moment: ProgressMoment): number | undefined {
  if (curve === "absent") return undefined;
  if (curve === "never" || moment.status === "CREATED") return 0;
  if (moment.status === "COMPLETE" || curve === "full") return FULL_PROGRESS;
  if (typeof curve !== "string") return Math.round(along(curve, moment.seconds));
  const scale = moment.totalSeconds > 0 ? moment.totalSeconds : ENDLESS_SCALE_SECONDS;
  const fraction = Math.min(1, moment.seconds / scale);
  return Math.min(ALMOST, Math.floor(shapeAt(curve, fraction) * FULL_PROGRESS));
}

/** The part of the way, 0–1, that a named curve shows when a part of the time is over. */
function shapeAt(shape: Exclude<ProgressShape, "absent" | "never" | "full">, fraction: number): number {
  switch (shape) {
    case "linear":
      return fraction;
    case "slow-start":
      return fraction ** 2;
    case "steps":
      return Math.floor(fraction * 4) / 4;
    case "stuck":
      return Math.min(fraction, 0.5);
    case "backwards":
      return along([[0, 0], [0.5, 0.8], [0.6, 0.2], [1, 1]], fraction); // prettier-ignore
  }
}

/** The height of a line through points at x; before the first and after the last point it is level. */
function along(points: readonly (readonly [number, number])[], x: number): number {
  const after = points.findIndex(([pointX]) => pointX > x);
  const left = points[after === -1 ? points.length - 1 : after - 1];
  const right = points[after === -1 ? points.length - 1 : after];
  if (left === undefined || right === undefined) return (left ?? right)?.[1] ?? 0;
  const width = right[0] - left[0];
  return width === 0 ? left[1] : left[1] + ((right[1] - left[1]) * (x - left[0])) / width;
}
