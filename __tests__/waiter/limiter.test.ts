import * as fc from "fast-check";
import { Limiter } from "../../lib/waiter/limiter";
import { VirtualClock } from "./virtual-wait";

/** A clock whose sleeps end at their own moments, also side by side. */
class SharedClock extends VirtualClock {
  override sleep = (milliseconds: number): Promise<void> => {
    this.sleeps.push(milliseconds);
    return Promise.resolve();
  };
}

test("the first goes at once, and each further one waits its turn", async () => {
  const clock = new SharedClock();
  const limiter = new Limiter(5, clock);
  await Promise.all([limiter.take(), limiter.take(), limiter.take()]);
  expect(clock.sleeps).toEqual([200, 400]);
});

test("turns that nobody took are not saved up", async () => {
  const clock = new SharedClock();
  const limiter = new Limiter(5, clock);
  await limiter.take();
  clock.time = 60_000;
  await Promise.all([limiter.take(), limiter.take()]);
  expect(clock.sleeps).toEqual([200]);
});

test("whoever comes when, no second holds more calls than allowed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 60 }),
      async (perSecond, gaps) => {
        const clock = new SharedClock();
        const limiter = new Limiter(perSecond, clock);
        const turns: number[] = [];
        for (const gap of gaps) {
          clock.time += gap;
          const before = clock.sleeps.length;
          await limiter.take();
          turns.push(clock.time + (clock.sleeps[before] ?? 0));
        }
        for (const [index, turn] of turns.entries()) {
          const inSecond = turns.slice(index).filter((other) => other < turn + 999.999).length;
          expect(inSecond).toBeLessThanOrEqual(perSecond);
        }
      },
    ),
  );
});

test("whoever stands in the line for long gives a sign every half minute, and none when the turn comes", async () => {
  const clock = new SharedClock();
  const limiter = new Limiter(0.01, clock);
  const signs: number[] = [];
  const stands = (): void => void signs.push(clock.sleeps.length);
  await limiter.take(Infinity, stands);
  expect(await limiter.take(Infinity, stands)).toBe(true);
  expect(clock.sleeps).toEqual([30_000, 30_000, 30_000, 10_000]);
  expect(signs).toEqual([1, 2, 3]);
});
