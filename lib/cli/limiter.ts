import type { Clock } from "../waiter/clock";

/** How many looks all waits of one command make in a second; BDRC allows 10 to the whole account. */
export const LOOKS_PER_SECOND = 5;

/** Lets calls pass one by one, with an even gap between them, in the order in which they come. */
export class Limiter {
  private next = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Pick<Clock, "now" | "sleep">,
    private readonly perSecond = LOOKS_PER_SECOND,
  ) {}

  /** Resolves when the caller may go. */
  async turn(): Promise<void> {
    const now = this.clock.now();
    const turn = Math.max(now, this.next);
    this.next = turn + 1000 / this.perSecond;
    if (turn > now) await this.clock.sleep(turn - now);
  }
}
