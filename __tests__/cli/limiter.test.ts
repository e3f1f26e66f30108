import { Limiter } from "../../lib/cli/limiter";
import { JumpingClock } from "./fake-terminal";

test("calls that come together go one by one, five in a second, in their order", async () => {
  const clock = new JumpingClock();
  const limiter = new Limiter(clock);
  const went: [number, number][] = [];
  const go = async (call: number): Promise<void> => {
    await limiter.turn();
    went.push([call, clock.now()]);
  };
  await Promise.all([1, 2, 3, 4].map(go));
  expect(went).toEqual([[1, 0], [2, 200], [3, 400], [4, 600]]); // prettier-ignore
});

test("a call that comes after a pause goes at once", async () => {
  const clock = new JumpingClock();
  const limiter = new Limiter(clock, 2);
  await limiter.turn();
  await clock.sleep(700);
  await limiter.turn();
  expect(clock.now()).toBe(700);
});
