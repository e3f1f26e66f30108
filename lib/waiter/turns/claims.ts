import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, statSync, unlinkSync } from "node:fs";
import * as path from "node:path";
import { beginOfTick } from "./slots";

/** Where the ticks that are taken are kept. */
export interface Claims {
  /**
   * Makes ready for claims, and forgets what is over. @param date milliseconds since 1970
   *
   * @throws AloneError when nothing can be shared
   */
  open(date: number): void;
  /** Takes a tick; false when somebody has it. @throws AloneError when nothing can be shared */
  claim(tick: number): boolean;
}

/** Why the looks of this process are not counted with those of others; the message is one line for a person. */
export class AloneError extends Error {
  override readonly name = "AloneError";
}

/** How far ahead of its time a tick can be taken, in milliseconds. */
export const AHEAD = 1000;
/** A claim that is further ahead than this is of a time before the clock was set back, in milliseconds. */
const FROM_BEFORE = AHEAD + 250;
/** How long a claim is kept, in milliseconds: longer than the longest slot. */
const KEPT = 15_000;
/** Most claims that are taken away at once. */
const MOST_REMOVED = 200;

/**
 * Claims as empty files in a folder of this user's under the temporary folder: a tick is taken by whoever makes its
 * file. No lock and nothing to give back: nobody takes a tick further ahead than {@link AHEAD}, so what a killed process
 * leaves is over in a second.
 *
 * @param name what the claims are for; a part of a file name
 * @param temporary the folder for temporary files
 * @param user the user's number; undefined where there are none, since each user has a temporary folder there
 */
export function claimFiles(name: string, temporary: string, user = process.getuid?.()): Claims {
  const folder = path.join(temporary, `bdrc-task-${user ?? "looks"}`);
  const sharing = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      if (error instanceof AloneError) throw error;
      throw new AloneError(`${folder} cannot be used: ${codeOf(error)}`);
    }
  };
  return {
    open: (date) =>
      sharing(() => {
        makePrivate(temporary, folder, user);
        removeOthersThan(date, folder);
      }),
    claim: (tick) =>
      sharing(() => {
        try {
          // Made by this call or not at all: a link that stands there is not followed.
          closeSync(openSync(path.join(folder, `${name}-${tick}`), "wx", 0o600));
          return true;
        } catch (error) {
          if (codeOf(error) === "EEXIST") return false;
          throw error;
        }
      }),
  };
}

/** Makes the folder, or makes sure that nobody else has made it or can put another one in its place. */
function makePrivate(temporary: string, folder: string, user: number | undefined): void {
  const around = statSync(temporary);
  const isOthers = user !== undefined && around.uid !== 0 && around.uid !== user;
  if (isOthers || (user !== undefined && (around.mode & 0o022) !== 0 && (around.mode & 0o1000) === 0)) {
    throw new AloneError(`others may move what is in ${temporary}`);
  }
  try {
    mkdirSync(folder, 0o700);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new AloneError(`${folder} is not a folder`);
  if (user === undefined) return;
  if (found.uid !== user) throw new AloneError(`${folder} belongs to user ${found.uid}`);
  if ((found.mode & 0o077) !== 0) throw new AloneError(`${folder} is open to others`);
}

/** Takes away what is over, and what a clock that was set back has left in times to come. */
function removeOthersThan(date: number, folder: string): void {
  const old = readdirSync(folder).filter((name) => {
    const tick = /-(\d+)$/.exec(name)?.[1];
    const begin = beginOfTick(Number(tick));
    return tick !== undefined && (begin < date - KEPT || begin > date + FROM_BEFORE);
  });
  for (const name of old.slice(0, MOST_REMOVED)) {
    try {
      unlinkSync(path.join(folder, name));
    } catch (error) {
      // Another one was faster.
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown";
}
