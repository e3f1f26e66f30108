/** Runs the fault matrix, prints its table, and writes it to docs/faults.md when every run did as the table says. */
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { document, table } from "./document";
import { runMatrix } from "./matrix";

async function main(): Promise<void> {
  let done = 0;
  const ran = await runMatrix(({ cell, problems }) => {
    done += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r${done} runs`);
    for (const problem of problems) {
      console.error(`${cell.row.name}, ${cell.position}, ${cell.keys}: ${problem}`);
    }
  });
  const failed = ran.filter(({ problems }) => problems.length > 0);
  console.log(table());
  console.log(`\n${ran.length} runs, ${failed.length} of them otherwise than the table says`);
  if (failed.length > 0) process.exit(1);
  writeFileSync(path.resolve(__dirname, "../../docs/faults.md"), document(ran.length));
}

void main();
