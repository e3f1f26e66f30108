import { readTask, taskAge } from "../lib/waiter/bdrc/task";
import { measure, type Score, type Wait } from "./measure";
import { looksOfOurs } from "./ours";
import { createEven, createRandom, type Random } from "./random";
import { drawTasks, ENDINGS, SHAPES, type Duration, type Ending, type Shape, type Task } from "./tasks";

/** A task at the moment at which somebody begins to wait for it; times in milliseconds. */
interface Joined {
  /** How long it has run by then. */
  readonly before: number;
  /** A number from 0 to 1 of its own. */
  readonly chance: number;
}

/** What a task's StartTime says, in seconds, for a task that began at `begin`, in milliseconds since 1970. */
type StartTime = (begin: number, joined: Joined, now: number) => number | undefined;

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** StartTimes that are none, and in which way. */
const LIES: readonly (readonly [name: string, startTime: StartTime])[] = [
  ["0", () => 0],
  ["in milliseconds", (begin) => begin],
  ["an hour in the future", (begin) => seconds(begin) + 3600],
  ["an hour too early", (begin) => seconds(begin) - 3600],
  ["eight hours too early", (begin) => seconds(begin) - 8 * 3600],
  ["twice as long ago", (begin, { before }) => seconds(begin - before)],
  ["half as long ago", (begin, { before }) => seconds(begin + before / 2)],
  ["a quarter longer ago", (begin, { before }) => seconds(begin - before / 4)],
  ["when the wait began", (begin, { before }) => seconds(begin + before)],
  ["always ten seconds ago", (_begin, _joined, now) => seconds(now) - 10],
  ["drawn anew for each task", (begin, { before, chance }) => seconds(begin + before * (1 - 4 * chance))],
];

const TRUE_START: StartTime = (begin) => seconds(begin);

/** One cell: the same tasks with and without a StartTime. */
export interface JoinedCell {
  readonly duration: Duration;
  readonly shape: Shape;
  readonly ending: Ending;
  readonly without: Score;
  readonly withStart: Score;
  /** For each lie, calls × lag divided by that without a StartTime. */
  readonly lies: readonly { readonly name: string; readonly ratio: number }[];
}

/** Measures tasks that are joined at an evenly drawn moment of their life. */
export function measureJoined(
  plan: readonly (readonly [duration: Duration, tasks: number])[],
  seed: number,
): JoinedCell[] {
  return plan.flatMap(([duration, tasks]) =>
    ENDINGS.flatMap((ending) =>
      SHAPES.filter((shape) => !shape.extra).map((shape) => {
        const score = (startTime: StartTime): Score => {
          const all = joinedTasks(duration, shape, ending, tasks, seed);
          // Each wait has chance of its own, so that where a StartTime is not believed nothing differs.
          return measure(all.map((one, index) => waitFor(one, startTime, createRandom(seed + 1 + index))));
        };
        const without = score(() => undefined);
        const lies = LIES.map(([name, lie]) => ({ name, ratio: productOf(score(lie)) / productOf(without) }));
        return { duration, shape, ending, without, withStart: score(TRUE_START), lies };
      }),
    ),
  );
}

function productOf({ calls, lag }: Score): number {
  return calls * lag;
}

function joinedTasks(duration: Duration, shape: Shape, ending: Ending, tasks: number, seed: number) {
  const random = createRandom(seed);
  const drawn = drawTasks(duration, { ...shape, silent: false }, "at the end", { tasks, ends: 1 }, random);
  const moments = createEven(random(), GOLDEN);
  return drawn.map((task) => ({
    task,
    joined: { before: task.length * moments(), chance: random() },
    ends: ending === "at the end" ? [1] : Array.from({ length: ENDS }, random),
  }));
}

/** A step that fills a range evenly, and keeps in step with none of those that draw the tasks. */
const GOLDEN = 0.6180339887498949;

/** Moments at which each task may fail, measured with one wait: until it is seen, an end changes nothing. */
const ENDS = 20;

/** An even moment within a second at which all tasks could begin. */
const EPOCH = 1_800_000_000_000;

function waitFor(
  { task, joined, ends }: { task: Task; joined: Joined; ends: readonly number[] },
  startTime: StartTime,
  random: Random,
): Wait {
  const { before, chance } = joined;
  const begin = EPOCH + 1000 * chance;
  const rest: Task = {
    length: task.length,
    ends: ends.map((end) => (task.length - before) * end),
    progressAt: (time) => task.progressAt(time + before),
  };
  const looks = looksOfOurs(rest, random, undefined, (time) => {
    const now = begin + before + time;
    const record = readTask({ TaskStatus: "RUNNING", StartTime: startTime(begin, joined, now) });
    return record && taskAge(record, new Date(now).toUTCString());
  });
  return { looks, ends: rest.ends };
}
