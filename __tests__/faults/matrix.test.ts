import { readFileSync } from "node:fs";
import * as path from "node:path";
import { document } from "./document";
import { cells, POSITIONS } from "./expectations";
import { FAULTS } from "./faults";
import { runMatrix, type Ran } from "./matrix";

let ran: readonly Ran[] = [];
beforeAll(async () => {
  ran = await runMatrix();
}, 300_000);

describe.each(FAULTS)("a wait that meets $name ($class)", (row) => {
  test.each(POSITIONS)(
    "%s: it ends as the table says, with permanent and with temporary keys",
    (position) => {
      const runs = ran.filter(({ cell }) => cell.row.name === row.name && cell.position === position);
      expect(runs).toHaveLength(2);
      expect(runs.flatMap(({ cell, problems }) => problems.map((text) => `${cell.keys}: ${text}`))).toEqual(
        [],
      );
    },
  );
});

test("the page in docs shows this table", () => {
  const page = readFileSync(path.resolve(__dirname, "../../docs/faults.md"), "utf8");
  expect(page).toBe(document(cells().length));
});
