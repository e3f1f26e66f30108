import { rmSync } from "node:fs";

/** Removes everything temporary that the tests made. */
export default function teardown(): void {
  const folder = process.env["BDRC_TASK_TEST_FOLDER"];
  if (folder) rmSync(folder, { recursive: true, force: true });
}
