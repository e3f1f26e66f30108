import { tmpdir } from "node:os";
import { folderOf, makePrivate } from "./turns/claims";

/**
 * The folder below the temp folder in which the waiters and the commands of one user meet; made when it is not there.
 *
 * @throws AloneError, or Node's error, when it cannot be made, or is a link, somebody else's, or open to others: whoever
 * can write there could plant links, and who can read there would learn of this user's tasks
 */
export function privateFolder(temp = tmpdir(), user = process.getuid?.()): string {
  const folder = folderOf(temp, user);
  makePrivate(temp, folder, user);
  return folder;
}
