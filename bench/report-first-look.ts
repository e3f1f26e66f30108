import { markdownTable } from "markdown-table";
import type { FirstLook } from "./first-look";
import type { Score } from "./measure";

/** The tables of short tasks, joined tasks, steps and throttles, each with its heading; Markdown. */
export function firstLookTexts({ joined, steps, throttles }: FirstLook): string[] {
  const joinedRows = joined.map(({ duration, shape, ending, without, withStart, lies }) => {
    const worst = lies.reduce((most, lie) => (lie.ratio > most.ratio ? lie : most));
    return [
      `${duration.name}, ${shape.name}, ${ending}`,
      ...cells(without),
      ...cells(withStart),
      `${worst.ratio.toFixed(2)} (${worst.name})`,
    ];
  });
  const stepRows = steps.map(({ duration, score }) => [
    duration.name,
    ...cells(score),
    `${score.worstLag.toFixed(1)} s`,
  ]);
  const throttleRows = [...new Set(throttles.map(({ hint }) => hint))].map((hint) => [
    hint === undefined ? "nothing" : `${hint / 1000} s`,
    ...throttles
      .filter((row) => row.hint === hint)
      .map(({ lag, worst }) => `${lag.toFixed(1)} s (${worst.toFixed(1)} s)`),
  ]);
  return [
    "## A task that somebody else started",
    `The wait begins at an evenly drawn moment of the task's life. Columns: without a StartTime, with a true one (whole seconds, as
the API gives it), and calls × lag of the worst of ${joined[0]?.lies.length ?? 0} StartTimes that lie, divided by that without one.
StartTime is used only once the looks have seen the same pace, up to a factor of 1.18, and never where progress moves in steps; then gaps are longer, which saves calls
and costs lag when the task fails early. A lie near the truth passes that test and has the same price.`,
    table(["task", "calls without", "mean lag", "calls with", "mean lag", "worst lie"], joinedRows),
    "## Steps of 10 %",
    table(["task", "calls", "mean lag", "worst lag"], stepRows),
    "## Lag added by throttled looks in a row",
    `The task is over when the wait begins; the first looks are throttled. Mean (worst) time until its end is seen, by what the
answers ask for.`,
    table(["asked for", ...[1, 2, 3, 4, 5].map((throttles) => `${throttles} throttled`)], throttleRows),
  ];
}

function cells({ calls, lag }: Score): string[] {
  return [calls.toFixed(1), `${lag.toFixed(2)} s`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([head, ...rows]);
}
