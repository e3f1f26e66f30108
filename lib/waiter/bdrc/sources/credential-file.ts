import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import { passing, wrong } from "./source";

/** No file of credentials is larger, in bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads a file that holds credentials, whole; every such file is read here before anything else sees its path.
 *
 * It never waits for a writer: a pipe, a device or a folder in its place is refused, since a thread that blocks on it
 * would keep the whole process from ending.
 *
 * @param file a path; `~/` at its begin is the home folder
 * @throws SourceProblem that says what is wrong with the file, without its path
 */
export async function readCredentialFile(file: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(atHome(file), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = await handle.stat();
    if (!found.isFile()) throw wrong(`${kindOfFile(found)}, where a regular file belongs`);
    // What the system says of the size is no promise: files of /proc have none.
    const bytes = Buffer.alloc(Math.min(found.size, MAX_FILE_BYTES) + 1);
    return decode(found.size > MAX_FILE_BYTES ? tooLarge() : await readUpTo(handle, bytes));
  } catch (error) {
    throw fileProblem(error);
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

/** A path of which `~/` at the begin is the home folder, as the alicloud provider reads it. */
export function atHome(file: string): string {
  return /^~[\\/]/.test(file) ? path.join(homedir(), file.slice(2)) : file;
}

async function readUpTo(handle: FileHandle, first: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  let buffer = first;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return Buffer.concat(parts);
    parts.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
    if (length > MAX_FILE_BYTES) return tooLarge();
    buffer = Buffer.alloc(64 * 1024);
  }
}

function tooLarge(): never {
  throw wrong(`larger than ${MAX_FILE_BYTES / 1024} KiB, so it is no file of credentials`);
}

function decode(bytes: Buffer): string {
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

function kindOfFile(found: Awaited<ReturnType<FileHandle["stat"]>>): string {
  if (found.isDirectory()) return "a folder";
  if (found.isFIFO()) return "a named pipe";
  if (found.isCharacterDevice() || found.isBlockDevice()) return "a device";
  return "no regular file";
}

function fileProblem(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return wrong("not there");
  if (code === "EACCES" || code === "EPERM") return wrong("may not be read by this user");
  if (code === "ENXIO" || code === "EISDIR") return wrong("no regular file");
  return typeof code === "string" && /^E[A-Z]+$/.test(code) ? passing(`cannot be read (${code})`) : error;
}
