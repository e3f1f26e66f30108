import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xorshift128plus } from "pure-rand/generator/xorshift128plus";

/** A source of numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** A source that gives the same numbers for the same seed, on every machine. */
export function createRandom(seed: number): Random {
  const generator = xorshift128plus(seed);
  return () => uniformFloat64(generator);
}

/** Irrational steps that together fill a square evenly. */
export const STEPS = [0.7548776662466927, 0.5698402909980532] as const;

/** A source like `createRandom`, but its numbers fill the range evenly, so that means over them have less noise. */
export function createEven(begin: number, step: number): Random {
  let at = begin;
  return () => {
    at = (at + step) % 1;
    return at;
  };
}
