import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** Gives the whole run one folder for everything temporary, so that nothing of it stays behind. */
export default function setup(): void {
  // Each project of jest may ask for it.
  if (process.env["BDRC_TASK_TEST_FOLDER"]) return;
  process.env["BDRC_TASK_TEST_FOLDER"] = mkdtempSync(path.join(tmpdir(), "bdrc-task-tests-"));
  process.env["TMPDIR"] = process.env["BDRC_TASK_TEST_FOLDER"];
}
