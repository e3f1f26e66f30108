import { markdownTable } from "markdown-table";
import type { Row } from "./rows";

/** A Terraform or an OpenTofu of the matrix. */
export interface Binary {
  readonly product: "Terraform" | "OpenTofu";
  /** Such as 1.11.4; of one that is not there, what was wanted, such as 1.5. */
  readonly version: string;
}

/** How a row went with one binary. */
export interface Run {
  readonly binary: Binary;
  /** What went wrong; undefined when nothing did. */
  readonly problem: string | undefined;
}

/** How a row went. */
export interface Ran {
  readonly row: Row;
  /** The version that was installed. */
  readonly constructs: string;
  readonly runs: readonly Run[];
  readonly seconds: number;
}

/** The one line that tells how a row went. */
export function lineOf({ row, constructs, runs, seconds }: Ran): string {
  const went = runs.map(
    ({ binary, problem }) => `${nameOf(binary)} ${problem === undefined ? "ok" : "FAILED"}`,
  );
  return [
    runs.length > 0 && runs.every(({ problem }) => problem === undefined) ? "ok    " : "FAILED",
    packageOf(row),
    `${row.framework} ${row.version}`,
    `constructs ${constructs}`,
    `Node ${row.node}`,
    ...went,
    `${seconds} s`,
  ].join("  ");
}

/** What was found out by reading only: in each column what was read about. */
const READ: readonly (readonly string[])[] = [
  ["`cdktn-bdrc-task`", "cdktn 0.25, 0.26", "≥ 10.8.1", "–", "–", "–", "read: its main branch"],
  ["both", "any", "any", "any", "1.12 to 1.16", "–", "read: the changelogs"],
  ["both", "any", "any", "any", "–", "1.10, 1.11, 1.13", "read: the changelogs"],
];

/**
 * The page docs/versions.md.
 *
 * @param rows every row, each run with every binary that there was, without a problem
 * @param missing the binaries that were wanted and were not there
 */
export function pageOf(rows: readonly Ran[], missing: readonly Binary[], machine: string): string {
  const head = ["package", "framework", "constructs", "Node", "Terraform", "OpenTofu", "how it is known"];
  const ran = rows.map(({ row, constructs, runs }) => [
    `\`${packageOf(row)}\``,
    `${row.framework} ${row.version}`,
    constructs,
    row.node,
    cell("Terraform", runs, missing),
    cell("OpenTofu", runs, missing),
    "ran",
  ]);
  return `# Versions that go together

<!-- both packages -->

\`npm run test:matrix\` made this page, on ${machine}. For each row that says _ran_ it installed the packed package with these
versions in an empty folder, synthesized the README's first example with this Node, and planned and applied both of its stacks
with each Terraform and OpenTofu of the row, the waiter on the same Node. The task of the fake service ran for a while, so it
was waited for; the counts came to the stack behind; and a later plan of both, with the task deleted, changed nothing. The
provider hashicorp/external was the stand-in of the testing module.

${markdownTable([head, ...ran, ...READ.map((row) => [...row])])}

_read_: it was not run; what was read names nothing that the package would mind. _not run_: there was no such binary where the
page was made. Every other version within the ranges of the [README](../README.md#versions) is accepted, and was not run.

<!-- /both packages -->
`;
}

function cell(product: Binary["product"], runs: readonly Run[], missing: readonly Binary[]): string {
  const of = ({ product: other }: Binary) => other === product;
  const versions = [
    ...missing.filter(of).map(({ version }) => `${version}: not run`),
    ...runs.filter(({ binary }) => of(binary)).map(({ binary }) => binary.version),
  ];
  return versions.join(", ") || "–";
}

/** Such as `Terraform 1.11.4`. */
export function nameOf({ product, version }: Binary): string {
  return `${product} ${version}`;
}

function packageOf({ framework }: Row): string {
  return `${framework}-bdrc-task`;
}
