import { CREDENTIAL_FAULTS } from "./credential-faults";
import { cells, POSITIONS, type Cell } from "./expectations";
import { FAULTS, type FaultRow } from "./faults";
import { SILENT_NAMES } from "./silent-names";

/** The matrix as a table in Markdown: for each fault its class, and what becomes of the wait. */
export function table(): string {
  const all = cells();
  const rows = FAULTS.map((row) => [
    row.name,
    row.class,
    ...POSITIONS.map((position) =>
      text(
        all.find((cell) => cell.row === row && cell.position === position),
        row,
      ),
    ),
  ]);
  return aligned([["fault", "class", ...POSITIONS], ...rows]);
}

/** The page docs/faults.md. */
export function document(runs: number): string {
  return `# What becomes of a wait that meets a fault

\`npm run test:faults\` made this page: ${runs} runs of the built waiter as a process of its own against the fake
BDRC service, each fault at each place, with permanent keys (AK) and with temporary ones (STS); both come to the same.
Every run ended as the table says, within the time it says, with exit code 0, one JSON object on stdout, nothing on
stderr, whole lines in the events file, and no secret, token or signature in any of them.

- **first look**: only the first look meets the fault; the task has ended already.
- **middle**: only the second look meets it; the task ends meanwhile.
- **last look**: the task never ends, \`timeout_seconds\` is 2, and the look at the deadline meets the fault.
- **for ever**: every look meets it; \`max_outage_seconds\` is 2, and \`timeout_seconds\` 60 (3 when throttled).

A cell holds the status and the longest time that the rules allow; a look may take up to 15 seconds by itself.
Status RUNNING is what a deadline leaves: the task as last seen, with a problem that names the fault.

${table()}

## Credentials

The same waiter where one source of credentials is set up, and wrong. Another test runs each row, with the same rules;
the time is that of the whole process. The source in the text is followed by what is wrong with it, never by a value.

${credentialTable()}

## Names that nobody answers for

Three name servers take every question and answer none, as behind a firewall, with the search domains of a Kubernetes pod.
Node waits for threads that look up names; none does here, so the process ends when it has answered.

${silentNamesTable()}
`;
}

/** The runs with silent name servers as a table in Markdown. */
function silentNamesTable(): string {
  return aligned([
    ["run", "exit", "over after", "the process ends after"],
    ...SILENT_NAMES.map(({ name, code, limit }) => [name, String(code), `≤ ${limit} s`, `≤ ${limit + 1} s`]),
  ]);
}

/** The faults of credentials as a table in Markdown. */
function credentialTable(): string {
  return aligned([
    ["what is wrong", "status", "what the text says of the source"],
    ...CREDENTIAL_FAULTS.map(({ name, says, withinSeconds }) => [
      name,
      `${says === "" ? "COMPLETE" : "UNREADABLE"} ≤ ${withinSeconds} s`,
      says === "" ? "–" : says,
    ]),
  ]);
}

function text(cell: Cell | undefined, row: FaultRow): string {
  if (!cell) throw new Error(`the matrix has no run for ${row.name}`);
  const { status, withinSeconds } = cell.expected;
  return `${status} ≤ ${withinSeconds} s`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((value, column) => value.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
