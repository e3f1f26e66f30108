import type { Random } from "../random";

/** A way of waiting that others have. */
export interface Peer {
  readonly name: string;
  /** What is measured: the package's own code on a virtual clock, or its schedule written down again. */
  readonly origin: "real code" | "replayed";
  /** What a reader should know of its defaults. */
  readonly note: string;
  /**
   * The moments of its looks at a task that is over at `end`, in milliseconds since the wait began; they stop before
   * `end` when it gives up. The same end and the same random numbers give the same looks.
   */
  readonly looks: (end: number, random: Random) => Promise<number[]> | number[];
  /** Whether its looks depend on chance. */
  readonly random?: boolean;
}
