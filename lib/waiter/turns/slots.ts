import { MAX_LOOKS_PER_SECOND } from "../../protocol/query";

/** A little less than the quota: at the quota itself a call that comes a few milliseconds early is throttled. */
export const TICKS_PER_SECOND = MAX_LOOKS_PER_SECOND * 0.98;

/** A stretch of time that one look takes up; where it begins, in milliseconds since 1970, and the tick it stands for. */
export interface Slot {
  readonly begin: number;
  /** Processes with different limits share ticks: a tick that one has taken is taken for all. */
  readonly tick: number;
}

/** Which slot a moment lies in. @param date milliseconds since 1970 @param perSecond over 0 */
export function slotAt(date: number, perSecond: number): number {
  return Math.floor((date / 1000) * rate(perSecond));
}

/** A slot by its number. @param perSecond over 0 */
export function slot(number: number, perSecond: number): Slot {
  return {
    begin: (number / rate(perSecond)) * 1000,
    tick: Math.ceil(number * (TICKS_PER_SECOND / rate(perSecond))),
  };
}

/** When a tick begins, in milliseconds since 1970. */
export function beginOfTick(tick: number): number {
  return (tick / TICKS_PER_SECOND) * 1000;
}

function rate(perSecond: number): number {
  return Math.min(perSecond, TICKS_PER_SECOND);
}
