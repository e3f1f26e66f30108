import { readPage } from "../support/markdown";

const BENCH = readPage("docs/bench.md");

/** Mean looks and lag in seconds of our schedule, as the page of the bench has them. */
function ours(length: string, progress: string): { looks: number; lag: number } {
  const section = BENCH.split(`\n### ${length}, at the end\n`)[1]?.split("\n### ")[0] ?? "";
  const row = section.split("\n").find((line) => line.startsWith(`| **ours**, ${progress} `)) ?? "";
  const [, , , looks, lag] = row.split("|").map((cell) => parseFloat(cell.replace(/^\D+/, "")));
  return { looks: looks ?? NaN, lag: lag ?? NaN };
}

test.each([
  ["1 minute", "60 s"],
  ["10 minutes", "10 min"],
  ["2 hours", "2 h"],
])(
  "what docs/compared.md says of our looks at a task of %s is what the bench has measured",
  (name, length) => {
    const page = readPage("docs/compared.md");
    const row = page.split("\n").find((line) => line.startsWith(`| ${name} `) && line.includes(" s"));
    const cells = row?.split("|").slice(-3, -1) ?? [];
    const figures = cells.map((cell) => [...cell.matchAll(/[\d.]+/g)].map(([figure]) => Number(figure)));
    const [even, silent] = [ours(length, "linear ±15 %"), ours(length, "never moves")];
    expect(figures).toEqual([
      [even.looks, even.lag],
      [silent.looks, Number(silent.lag.toFixed(1))],
    ]);
  },
);

test("the README's figures for a task of 10 minutes are those of the bench", () => {
  const { looks, lag } = ours("10 min", "linear ±15 %");
  expect(readPage("README.md").replace(/\s+/g, " ")).toContain(
    `For a task of 10 minutes that is ${looks.toFixed(0)} looks and ${lag.toFixed(1)} seconds`,
  );
});
