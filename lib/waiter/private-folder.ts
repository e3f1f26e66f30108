import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/**
 * The folder below the temp folder in which the waiters and the commands of one user meet; made when it is not there.
 *
 * @throws Error when it cannot be made, or is a link, somebody else's, or open to others: whoever can write there could
 * plant links, and who can read there would learn of this user's tasks
 */
export function privateFolder(temp = tmpdir()): string {
  const user = process.getuid?.();
  const folder = path.join(temp, `bdrc-task-${user ?? "user"}`);
  try {
    mkdirSync(folder, 0o700);
  } catch {
    // It is there, or the next line says why it is not.
  }
  const { mode, uid } = lstatSync(folder);
  // A temp folder of Windows is the user's own, and modes say nothing there. A link has a mode that others may use.
  if (user !== undefined && (mode !== PRIVATE || uid !== user)) throw new Error(`${folder} is not private`);
  return folder;
}

/** A folder, and no link to one, that its owner alone may read, write and enter. */
const PRIVATE = 0o40700;
