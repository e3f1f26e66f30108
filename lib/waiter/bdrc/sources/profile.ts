import { kindOf } from "../keys";
import { wrong } from "./source";

/** One profile of a file: what it holds, of any type, until one of these functions has seen it. */
export type Profile = ReadonlyMap<string, unknown>;

/** The text under a key of a profile, `""` when there is none. @throws SourceProblem when it is no text */
export function textOf(profile: Profile, key: string): string {
  const value = profile.get(key);
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw wrong(`its ${key} is ${kindOf(value)}, where a text belongs`);
}

/** The text under a key of a profile. @throws SourceProblem when it is absent, empty, or no text */
export function neededText(profile: Profile, key: string): string {
  const value = textOf(profile, key);
  if (value !== "") return value;
  throw wrong(`its ${key} is absent or empty`);
}

/** The whole number under a key of a profile, 0 when there is none. @throws SourceProblem when it is no such number */
export function numberOf(profile: Profile, key: string): number {
  const value = profile.get(key);
  if (value === undefined || value === null) return 0;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  const kind = typeof value === "number" ? "no whole number" : kindOf(value);
  throw wrong(`its ${key} is ${kind}, where a whole number belongs`);
}
