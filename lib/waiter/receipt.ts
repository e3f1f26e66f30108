import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import { jsonObject } from "./bdrc/json-object";
import { printable } from "./printable";
import { problemWith } from "./report";

/** What is known of a task that an apply has started. */
export interface Receipt {
  readonly taskId: string;
  /** When it was started, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** Whether its end was seen; a task whose wait was interrupted is picked up again. */
  readonly done: boolean;
  /** Why it is this task, in one line; see {@link choiceOf}. @default - nothing is said */
  readonly choice?: string;
}

/** That a task is about to be started: what is left of an apply that was killed before it knew the task's id. */
export interface Intent {
  /** When the start was about to be asked for, ISO 8601 in UTC, by this machine's clock. */
  readonly intendedAt: string;
  /** The task of the start before this one, which cannot be the one that is looked for; empty when there is none. */
  readonly notTaskId: string;
}

/** Keeps the receipt of one construct, so that the read after a start finds its task. */
export interface ReceiptFile {
  /** Where it is, for texts. */
  readonly file: string;
  /**
   * What is kept of this very request; undefined when there is nothing, or it is of another one.
   *
   * @throws ReceiptError when something is there that cannot be read: it may tell of a task that was started
   */
  read(): Receipt | Intent | undefined;
  /**
   * Writes it as a whole or not at all, and reads it back.
   *
   * @throws ReceiptError when it cannot be written, or does not come back
   */
  write(kept: Receipt | Intent): void;
  /** Takes it away, and its folder when nothing else is in it; a file that is not there is none. */
  remove(): void;
}

/** A receipt cannot be kept or read; the message is the whole text for a person. */
export class ReceiptError extends Error {
  override readonly name = "ReceiptError";
  readonly code = "BAD_RECEIPT";

  /**
   * @param what the first sentence
   * @param next what to do
   */
  constructor(what: string, file: string, reason: string, next: string) {
    super(
      problemWith("BAD_RECEIPT", what, [
        ["File", printable(path.resolve(file))],
        ["Reason", reason],
        ["Next", next],
      ]).text,
    );
  }
}

/** Ids and moments go into lines that a terminal shows; a tampered file must not drive it. */
const PLAIN = /^[\w.:+-]{1,128}$/;

/**
 * The receipt of a construct, in the folder that Terraform keeps for itself beside the configuration.
 *
 * @param folder TF_DATA_DIR, or `.terraform`
 * @param name the construct's name in the stack: letters, digits, `_` and `-`
 * @param request the text of what is started; another text is another task
 */
export function receiptFile(folder: string, name: string, request: string): ReceiptFile {
  const file = path.join(folder, "bdrc-task", `${name}.json`);
  const read = (): Receipt | Intent | undefined => {
    let text: string;
    try {
      text = readPlain(file);
    } catch (error) {
      if (error instanceof ReceiptError) throw error;
      if (codeOf(error) === "ENOENT") return undefined;
      throw unreadable(file, codeOf(error));
    }
    const fields = jsonObject(text);
    if (typeof fields?.get("request") !== "string") throw unreadable(file, "it is not a receipt");
    if (fields.get("request") !== request) return undefined;
    const kept = receiptOf(fields) ?? intentOf(fields);
    if (!kept) throw unreadable(file, "it names neither a task nor a moment");
    return kept;
  };
  return {
    file,
    read,
    write(kept) {
      const half = `${file}.${process.pid}`;
      let back: Receipt | Intent | undefined;
      try {
        [folder, path.dirname(file)].forEach(makeFolder);
        writeWhole(half, `${JSON.stringify({ request, ...kept })}\n`);
        renameSync(half, file);
        back = read();
      } catch (error) {
        discard(half);
        if (error instanceof ReceiptError) throw error;
        throw unwritable(file, codeOf(error));
      }
      if (JSON.stringify(back) !== JSON.stringify(kept)) throw unwritable(file, "it is not read back");
    },
    remove() {
      try {
        rmSync(file, { force: true });
        rmdirSync(path.dirname(file));
      } catch {
        // The receipts of others are in the folder, or it is left as it is.
      }
    },
  };
}

/** A receipt has some hundred bytes, and as many more as the request has. */
const MOST_BYTES = 1024 * 1024;

/** The text of a regular file of bounded size: a pipe that somebody put there would hold up the process for ever. */
function readPlain(file: string): string {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(handle);
    if (!status.isFile() || status.size > MOST_BYTES) throw unreadable(file, "it is no small regular file");
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

/** Not with `recursive`: Node never comes back from that where the kernel says ENOENT, as at a link to nowhere. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/** On the disk and not only in its cache: a task may cost money, and is started right after this. */
function writeWhole(file: string, text: string): void {
  // Whatever stands there, a link or a rest of a process that was killed, is not written through.
  rmSync(file, { force: true });
  const handle = openSync(file, "wx", 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Where nothing can be written, nothing was left.
  }
}

function receiptOf(fields: ReadonlyMap<string, unknown>): Receipt | undefined {
  const [taskId, startedAt, choice] = [fields.get("taskId"), fields.get("startedAt"), fields.get("choice")];
  return isPlain(taskId) && isPlain(startedAt)
    ? {
        taskId,
        startedAt,
        done: fields.get("done") === true,
        ...(typeof choice === "string" ? { choice: choiceOf(choice) } : {}),
      }
    : undefined;
}

/** A line that says why a task was taken, as it may stand in a receipt and go to a terminal. */
export function choiceOf(text: string): string {
  return printable(text).slice(0, 500);
}

function intentOf(fields: ReadonlyMap<string, unknown>): Intent | undefined {
  const [intendedAt, notTaskId] = [fields.get("intendedAt"), fields.get("notTaskId")];
  const isMoment = isPlain(intendedAt) && !Number.isNaN(Date.parse(intendedAt));
  return isMoment && (notTaskId === "" || isPlain(notTaskId)) ? { intendedAt, notTaskId } : undefined;
}

function isPlain(value: unknown): value is string {
  return typeof value === "string" && PLAIN.test(value);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown";
}

function unreadable(file: string, reason: string): ReceiptError {
  return new ReceiptError(
    "The receipt of a started task cannot be read.",
    file,
    reason,
    "make it readable for this user; or look with bdrc-task list that no task of it is under way, and delete it",
  );
}

function unwritable(file: string, reason: string): ReceiptError {
  return new ReceiptError(
    "The receipt of a task cannot be kept, and what cannot be remembered would be started again at each apply.",
    file,
    reason,
    "make the folder writable for this user, with room on its disk, or let TF_DATA_DIR name another one",
  );
}
