import { WaitState, type SeenTask } from "../../lib/waiter/wait";
import { fault, RULES, task } from "./virtual-wait";

test("what a wait keeps does not grow with the wait", () => {
  const state = new WaitState<SeenTask>({ ...RULES, timeout: 86_400_000, schedule: {} });
  const sizes: number[] = [];
  let now = 0;
  for (let look = 1; look <= 30_000; look += 1) {
    now += 2500;
    const answer =
      look % 5 === 0 ? fault("throttled", { code: `Throttling.${look}` }) : task("RUNNING", look % 9999);
    state.take(answer, now, now, false, 0.5);
    if (look % 1000 === 0) sizes.push(JSON.stringify(state).length);
  }
  expect(Math.max(...sizes.slice(5))).toBeLessThanOrEqual(16_384);
  expect(state.looks).toBe(30_000);
});
