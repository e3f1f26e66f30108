import type { Clock } from "../clock";
import { SIGN } from "../limiter";
import { AHEAD, AloneError, type Claims } from "./claims";
import { beginOfTick, slot, type Slot, slotAt } from "./slots";

/** How a turn came: `taken`, or `late` when none was free in time, or `alone` when nothing can be shared. */
export type Turn = { readonly kind: "taken" | "late" } | { readonly kind: "alone"; readonly reason: string };

/** How far ahead somebody who has just come may take a slot, in milliseconds. */
const AHEAD_AT_FIRST = 200;
/** After this long, half of what is left to {@link AHEAD} has come on top of it, in milliseconds. */
const PATIENCE = 10_000;
/** A turn that comes so long after its slot began may come together with others, in milliseconds. */
const TOO_LATE = 200;
/** So many slots are let go by for that; on a machine that is always so busy, no other one would be better. */
const MOST_MISSED = 3;
/** Mean pause before it is tried again where every slot is taken, in milliseconds. */
const PAUSE = 300;

/**
 * Waits for a turn to look among all that share the claims, and goes on without one when it comes too late.
 *
 * Nobody stands in a line that a killed process could hold up: each takes a slot when one is free. Who has waited for
 * longer may take one that is further ahead, so that they come about in the order of their coming. Who wakes up long after
 * its slot, as on a busy machine, takes another one, since the slots of others have begun.
 *
 * @param until the latest turn that is of use, on the clock
 * @param stands called every {@link SIGN} until the turn comes
 */
export async function takeTurn(
  claims: Claims,
  perSecond: number,
  clock: Clock,
  until: number,
  stands: () => void = () => undefined,
): Promise<Turn> {
  const begin = clock.now();
  let sign = begin;
  let next = 0;
  let missed = 0;
  let before = clock.date();
  try {
    claims.open(before);
    for (;;) {
      const [now, date] = [clock.now(), clock.date()];
      // A clock that was set back: what was known to be taken says nothing any more.
      if (date < before) {
        next = 0;
        claims.open(date);
      }
      before = date;
      const latest = date + Math.max(0, Math.min(aheadAfter(now - begin), until - now));
      const found = claimUpTo(latest, Math.max(next, slotAt(date, perSecond)));
      if (found === undefined) {
        if (now >= until) return { kind: "late" };
        if (now - sign >= SIGN) {
          sign = now;
          stands();
        }
        await clock.sleep(Math.min(until - now, PAUSE * (0.5 + clock.random())));
        continue;
      }
      // At the tick, so that those with other limits keep their distance, too.
      const early = found.begin > date ? beginOfTick(found.tick) - date : 0;
      if (early > 0) await clock.sleep(early);
      const since = clock.now() - now - early;
      if (since <= TOO_LATE || missed++ >= MOST_MISSED || clock.now() >= until) return { kind: "taken" };
    }
  } catch (error) {
    if (!(error instanceof AloneError)) throw error;
    return { kind: "alone", reason: error.message };
  }

  /** Takes the first free slot of those that begin in time. */
  function claimUpTo(latest: number, first: number): Slot | undefined {
    for (next = first; slot(next, perSecond).begin <= latest;) {
      const found = slot(next++, perSecond);
      if (claims.claim(found.tick)) return found;
    }
    return undefined;
  }
}

function aheadAfter(waited: number): number {
  return AHEAD_AT_FIRST + ((AHEAD - AHEAD_AT_FIRST) * waited) / (waited + PATIENCE);
}
