/** Time that passes only when everybody sleeps, for code that takes its clock as an argument. */
export class VirtualTime {
  /** Milliseconds since the beginning. */
  now = 0;
  /** Latest first, so that the next one to wake is at the end. */
  private readonly sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  /** Resolves when so many milliseconds have passed. */
  sleep(milliseconds: number): Promise<void> {
    const at = this.now + milliseconds;
    return new Promise((wake) => {
      let low = 0;
      let high = this.sleepers.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((this.sleepers[middle]?.at ?? -Infinity) > at) low = middle + 1;
        else high = middle;
      }
      this.sleepers.splice(low, 0, { at, wake });
    });
  }

  /** Wakes the sleepers one after the other, and lets each run until it sleeps again, until none is left. */
  async runUntilIdle(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.sleepers.pop();
      if (next === undefined) return;
      this.now = next.at;
      next.wake();
    }
  }
}
