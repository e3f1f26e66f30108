import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { SourceProblem } from "./source-problem";

/** The largest file of credentials that is read, in bytes; the CLI's has a kilobyte for each profile. */
export const MOST_BYTES = 1024 * 1024;

/**
 * The text of a file that holds credentials.
 *
 * Only a regular file of bounded size is read: a pipe without a writer would hold up the process beyond its end, and
 * a device fills the memory. Never writes.
 *
 * @throws SourceProblem that says why it cannot be read
 */
export function readCredentialFile(path: string): string {
  let file: number;
  try {
    // A pipe that nobody writes to is opened at once.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === "ENOENT" || code === "ENOTDIR"
      ? new SourceProblem("there is no such file", true)
      : new SourceProblem(`it cannot be read (${code ?? "unknown"})`);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new SourceProblem("it is not a regular file");
    if (status.size > MOST_BYTES) throw new SourceProblem(`it has more than ${MOST_BYTES} bytes`);
    const bytes = Buffer.alloc(MOST_BYTES);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    return bytes.toString("utf8", 0, length);
  } catch (error) {
    if (error instanceof SourceProblem) throw error;
    throw new SourceProblem(`it cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  } finally {
    closeSync(file);
  }
}
