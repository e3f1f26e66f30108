import type { Clock } from "./clock";

/** How often whoever stands in a line gives a sign of life, in milliseconds; half of what a watcher waits for one. */
export const SIGN = 30_000;

/** Lets calls through one after the other, so many a second at the most; who comes first goes first. */
export class Limiter {
  private next = 0;

  /** @param perSecond calls a second, over 0 */
  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves when the caller may go: true then, and false at once when its turn would come too late.
   *
   * @param latest the latest turn that is of use, on the clock
   * @param stands called every {@link SIGN} until the turn comes
   */
  async take(latest = Infinity, stands: () => void = () => undefined): Promise<boolean> {
    const now = this.clock.now();
    const turn = Math.max(now, this.next);
    if (turn > latest) return false;
    this.next = turn + 1000 / this.perSecond;
    for (let left = turn - now; left > 0; left -= SIGN) {
      await this.clock.sleep(Math.min(left, SIGN));
      if (left > SIGN) stands();
    }
    return true;
  }
}
