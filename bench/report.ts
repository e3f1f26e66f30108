import { markdownTable } from "markdown-table";
import { DEFAULT_LOOKS_PER_SECOND } from "../lib/protocol/query";
import type { Group } from "./cells";
import type { ComparedBurst } from "./burst";
import type { Score } from "./measure";
import type { FirstLook } from "./first-look";
import { firstLookTexts } from "./report-first-look";
import { costlier, placeOf, type Miss, type Target } from "./targets";
import { SHAPES } from "./tasks";

/** The targets with other draws. */
export interface HeldOut {
  readonly seed: number;
  readonly targets: readonly Target[];
}

/** Everything that the report tells. */
export interface Results {
  readonly seed: number;
  readonly groups: readonly Group[];
  readonly targets: readonly Target[];
  readonly heldOut: HeldOut;
  readonly misses: readonly Miss[];
  readonly firstLook: FirstLook;
  readonly bursts: readonly ComparedBurst[];
  /** Whole waits of the peers' real code, and how many of them differed from the recorded one. */
  readonly checks: { readonly checked: number; readonly differing: number };
  readonly waits: number;
}

/** The report as Markdown; the same results give the same text. */
export function writeReport(results: Results): string {
  return [
    HEAD,
    "![Calls against lag for a task of 10 minutes](bench.svg)",
    "## What was to be reached",
    targetTable(results.targets),
    missText(results),
    "## What is measured",
    modelText(results),
    ...results.groups.map(groupText),
    "## Short tasks",
    ...results.firstLook.short.map(groupText),
    ...firstLookTexts(results.firstLook),
    "## Many waits that begin together",
    burstText(results.bursts),
    "## What this does not show",
    LIMITS,
  ]
    .join("\n\n")
    .concat("\n");
}

const HEAD = `# Benchmark of the schedule

Written by \`npm run bench\` on a virtual clock; every number and every verdict on this page is computed by the run, none is
typed in. The same sources give the same bytes.`;

const LIMITS = `- A call takes no time here, and none fails but where throttling is measured. A real call takes tens of milliseconds.
- Progress follows tidy curves. How BDRC reports progress in fact is not documented; a task whose progress
  means nothing is the row "never moves".
- A look is made as soon as the wait begins, since a task is often over by then. That look is counted here, and it is what
  \`restful_operation\` (first look after 10 s) saves.
- Peers run with their default settings. Who tunes one of them for one known duration can do as well as a fixed gap can:
  calls × lag = D/2.`;

function targetTable(targets: readonly Target[]): string {
  return table(
    ["target", "wanted", "measured", ""],
    targets.map(({ text, wanted, measured, met }) => [text, wanted, measured, met ? "met" : "**missed**"]),
  );
}

function missText({ targets, heldOut, misses, groups }: Results): string {
  const missed = targets.filter((target) => !target.met);
  const lines = [
    missed.length === 0
      ? "Every target is met in this run."
      : `Missed: ${missed.map((target) => `${target.text} (${target.measured})`).join("; ")}.`,
  ];
  const describe = ({ cell, beatenBy }: Miss): string => `- ${cell}: ${beatenBy.join("; ")}`;
  const asked = misses.filter((miss) => !miss.extra);
  const extra = misses.filter((miss) => miss.extra);
  const reasons = targets.filter((target) => !target.met && target.reason !== undefined);
  if (reasons.length > 0) {
    lines.push(reasons.map(({ text, reason = "" }) => `- ${text}: ${reason}`).join("\n"));
  }
  lines.push(heldOutText(targets, heldOut));
  if (asked.length > 0) {
    lines.push("Cells in which a peer is better on both calls and lag:", asked.map(describe).join("\n"));
  }
  if (extra.length > 0) {
    lines.push(
      `Outside the targets, with the kinds of progress that were added because they are hard for this schedule, a peer is better
on both in these cells:`,
      extra.map(describe).join("\n"),
    );
  }
  const dearer = costlier(groups);
  if (dearer.length > 0) {
    lines.push(
      `Not a target, but a price: long gaps in the middle of a task save calls at the end and are paid for when a task fails
early. There, calls × lag is more than the alicloud provider's in these cells (ours divided by theirs):`,
      dearer.map(({ cell, ratio }) => `- ${cell}: ${ratio.toFixed(2)}`).join("\n"),
    );
  }
  return lines.join("\n\n");
}

/** What other draws say of the same targets. */
function heldOutText(targets: readonly Target[], { seed, targets: others }: HeldOut): string {
  const differing = others.filter(
    ({ text, met }) => targets.find((target) => target.text === text)?.met !== met,
  );
  const begin = `With fewer draws of another seed (${seed}), which no constant was chosen with, `;
  if (differing.length === 0) return `${begin}none of these ${others.length} verdicts is another one.`;
  return `${begin}${differing.length} of these ${others.length} verdicts are other ones:

${differing.map(({ text, wanted, measured, met }) => `- ${met ? "met" : "missed"}: ${text}: ${measured} (wanted ${wanted})`).join("\n")}`;
}

function modelText({ seed, waits, checks }: Results): string {
  const shapes = SHAPES.map(
    ({ name, text, extra }) => `  - **${name}**: ${text}${extra ? " (outside the targets)" : ""}`,
  );
  return [
    "- A task's length is drawn evenly from 0.9 D to 1.1 D; it fails early at an evenly drawn moment of its life.",
    "- Kinds of progress, reported as 0–10000:",
    ...shapes,
    `- ${waits.toLocaleString("en")} waits of ours, seed ${seed}. Where a wait's looks do not depend on its end, it is measured against many ends.`,
    "- Calls: with the one that saw the end. Lag: from the end to that call. Gave up: waits that ended before their task.",
    "- **real code**: the package's own code on the virtual clock, recorded to the longest end. No peer looks at progress, so one row",
    `  serves all kinds of it. Checked in this run: ${checks.checked} whole waits to ends of their own, ${checks.differing} of which differ from the recorded ones.`,
    "- **replayed**: the schedule of a tool that is not written in JavaScript, or is no library, with its default settings.",
    "- A peer is better in a cell when it has fewer calls and less lag and gave up no wait.",
  ].join("\n");
}

function groupText({ duration, ending, ours, peers }: Group): string {
  const rows = [
    ...ours.map(({ shape, score, beatenBy }) => [
      `**ours**, ${shape.name}`,
      "real code",
      ...cells(score),
      beatenBy.join("; "),
    ]),
    ...peers.map(({ peer, score }) => [`${peer.name} (${peer.note})`, peer.origin, ...cells(score), ""]),
  ];
  const head = [
    "schedule",
    "",
    "calls",
    "mean lag",
    "worst lag",
    "calls × mean lag",
    "gave up",
    "better on both",
  ];
  return `### ${duration.name}, ${ending}\n\n${table(head, rows)}`;
}

function cells({ calls, lag, worstLag, gaveUp }: Score): string[] {
  const seen = !Number.isNaN(lag);
  return [
    calls.toFixed(1),
    seen ? `${lag.toFixed(2)} s` : "–",
    seen ? `${worstLag.toFixed(1)} s` : "–",
    seen ? (calls * lag).toFixed(0) : "–",
    gaveUp === 0 ? "" : percent(gaveUp),
  ];
}

function burstText(bursts: readonly ComparedBurst[]): string {
  const [first] = bursts;
  if (first === undefined) return "Not measured.";
  const { quota, retryAfter } = first.plan;
  const length = (burst: ComparedBurst): string => `${burst.plan.nominal / 60_000} min`;
  const most = Math.max(...bursts.map((burst) => burst.plan.waits));
  return [
    `The waits of a row begin within one second and share a quota of ${quota} requests per second, with no allowance for bursts. Every
request above it is throttled, with \`x-acs-retry-after: ${retryAfter}\`. This is the waiter's own loop (\`waitForTask\`), linear progress.`,
    table(
      [
        "waits",
        "task length",
        "requests per second if nothing stopped them",
        "looks",
        "throttled",
        "after the first second",
        "waits lost",
        "mean lag",
      ],
      bursts.map((burst) => [
        `${burst.plan.waits} ${placeOf(burst.plan)}`,
        length(burst),
        burst.demand.toFixed(1),
        `${burst.looks}`,
        percent(burst.throttled),
        percent(burst.throttledLater),
        `${burst.lost}`,
        `${burst.lag.toFixed(1)} s`,
      ]),
    ),
    `Waits of one user on one machine share a limit of ${DEFAULT_LOOKS_PER_SECOND} looks per second, as all tasks of a \`BdrcTasks\` do, so that they see each task
once in ${most / DEFAULT_LOOKS_PER_SECOND} s; with real processes that is measured in [bench-many.md](bench-many.md). On machines of their own they know nothing
of each other, and the first second alone costs ${most - quota} throttled looks of ${most}: nothing can be known before the first answer. Where
they would ask for about as much as the quota or more, chance alone puts more than ${quota} of them into many seconds.`,
    ...bursts.map(
      (burst) =>
        `**${burst.plan.waits} ${placeOf(burst.plan)}, ${length(burst)}**, requests per second:\n\n${periodTable(burst)}`,
    ),
  ].join("\n\n");
}

function periodTable({ periods }: ComparedBurst): string {
  return table(
    ["since the burst", "mean", "peak", "throttled"],
    periods.map(({ from, to, meanPerSecond, peakPerSecond, throttled }) => [
      `${from}–${to} s`,
      meanPerSecond.toFixed(1),
      `${peakPerSecond}`,
      percent(throttled),
    ]),
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([head, ...rows]);
}
