import type { Clock } from "./clock";

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
   */
  async take(latest = Infinity): Promise<boolean> {
    const now = this.clock.now();
    const turn = Math.max(now, this.next);
    if (turn > latest) return false;
    this.next = turn + 1000 / this.perSecond;
    if (turn > now) await this.clock.sleep(turn - now);
    return true;
  }
}
