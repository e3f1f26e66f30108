import ms, { type StringValue } from "ms";
import prettyMilliseconds from "pretty-ms";
import { CliError } from "./text";

/** A length of time as a person says it, in whole seconds at least: 3m 10s. @param milliseconds any length from 0 */
export function shortDuration(milliseconds: number): string {
  const seconds = Math.round(Math.max(0, milliseconds) / 1000) * 1000;
  // The longest wait, which all texts call by its hours.
  if (seconds === 86_400_000) return "24h";
  return seconds === 0 ? "0s" : prettyMilliseconds(seconds, { unitCount: 2 });
}

/**
 * Reads a length of time such as 90s, 10m, 1.5h or 2 hours.
 *
 * @param flag the flag it was given with, for the text
 * @param most the longest that is allowed, in milliseconds
 * @returns milliseconds, from one second up
 * @throws CliError when it is none, has no unit, or is out of bounds
 */
export function readDuration(text: string, flag: string, most: number): number {
  // Without a unit the library would read milliseconds, and nobody means these.
  const value = /^\d+(\.\d+)?\s*[a-z]+$/i.test(text.trim()) ? ms(text.trim() as StringValue) : undefined;
  if (value !== undefined && value >= 1000 && value <= most) return value;
  throw new CliError(
    `${flag} is ${JSON.stringify(text)}, which is not a length of time that can be used.`,
    [
      ["Expected", `a number with a unit, from 1s to ${shortDuration(most)}`],
      ["Example", `${flag} 90s, ${flag} 10m, ${flag} 2h`],
    ],
    "BAD_INPUT",
  );
}

/**
 * A moment as a date in the user's time zone: 2026-03-30 14:03:12 GMT+8.
 *
 * @param seconds Unix seconds
 * @param zone an IANA name, as in the variable TZ; undefined or unknown means this machine's
 */
export function dateText(seconds: number, zone: string | undefined): string {
  const date = new Date(seconds * 1000);
  // A number that is no moment, from a server that gave nonsense.
  if (Number.isNaN(date.getTime())) return String(seconds);
  const format = (timeZone: string | undefined): string =>
    // This locale writes dates as ISO 8601 does.
    new Intl.DateTimeFormat("sv-SE", {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "shortOffset",
      timeZone,
    }).format(date);
  try {
    return format(zone || undefined);
  } catch {
    return format(undefined);
  }
}

/** A moment against now: `in 6d 23h` or `2m 10s ago`. @param seconds Unix seconds @param now milliseconds since 1970 */
export function relativeText(seconds: number, now: number): string {
  const ahead = seconds * 1000 - now;
  return ahead > 0 ? `in ${shortDuration(ahead)}` : `${shortDuration(-ahead)} ago`;
}
