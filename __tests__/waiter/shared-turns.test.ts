import * as fc from "fast-check";
import { createRandom } from "../../bench/random";
import { VirtualTime } from "../../bench/virtual-time";
import { AHEAD, AloneError, type Claims } from "../../lib/waiter/turns/claims";
import { takeTurn, type Turn } from "../../lib/waiter/turns/shared-turns";
import { beginOfTick, slot, slotAt, TICKS_PER_SECOND } from "../../lib/waiter/turns/slots";

/** A moment that is no round number, on the date and on the clock of a process. */
const DATE = Date.UTC(2026, 2, 30) + 137;

/** One machine: a clock, and the ticks that are taken on it. */
class Machine {
  readonly time = new VirtualTime();
  readonly taken = new Set<number>();
  /** How far the date was set ahead. */
  jump = 0;
  private readonly random = createRandom(7);
  readonly clock = {
    now: () => this.time.now,
    date: () => DATE + this.time.now + this.jump,
    sleep: (ms: number) => this.time.sleep(ms),
    random: this.random,
  };
  readonly claims: Claims = {
    open: (date) => {
      for (const tick of this.taken) if (beginOfTick(tick) > date + AHEAD + 250) this.taken.delete(tick);
    },
    claim: (tick) => !this.taken.has(tick) && this.taken.add(tick) !== undefined,
  };

  /** Takes a turn for somebody who comes at a moment, and says when it came. */
  async take(comes: number, perSecond = 5, until = Infinity): Promise<{ turn: Turn; at: number }> {
    await this.time.sleep(comes);
    const turn = await takeTurn(this.claims, perSecond, this.clock, until);
    return { turn, at: this.time.now };
  }

  async run<T>(all: readonly Promise<T>[]): Promise<T[]> {
    await this.time.runUntilIdle();
    return Promise.all(all);
  }
}

test("whoever is alone on a machine goes at once", async () => {
  const machine = new Machine();
  const turns = await machine.run([0, 700, 5000, 5200].map((comes) => machine.take(comes)));
  expect(turns.map(({ at }) => at)).toEqual([0, 700, 5000, 5200]);
});

test("that is so at every moment of a slot, with every limit", async () => {
  for (const perSecond of [1, 5, 7.5, 10]) {
    for (let comes = 0; comes < 1000; comes += 10) {
      const machine = new Machine();
      const [turn] = await machine.run([machine.take(comes, perSecond)]);
      expect({ perSecond, at: turn?.at }).toEqual({ perSecond, at: comes });
    }
  }
});

test("whoever comes when, with whatever limits, no second holds more than each limit allows, and one more", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1, 3, 5, 7.5, 10),
      fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 60 }),
      async (perSecond, moments) => {
        const machine = new Machine();
        const turns = await machine.run(moments.map((comes) => machine.take(comes, perSecond)));
        const at = turns.map((turn) => turn.at).sort((one, other) => one - other);
        const most = Math.max(...at.map((from) => at.filter((to) => to >= from && to < from + 999).length));
        expect(most).toBeLessThanOrEqual(Math.ceil(perSecond) + 1);
      },
    ),
    { numRuns: 60 },
  );
});

test("limits that differ stay within the quota together, but for the first one with each", async () => {
  const machine = new Machine();
  const slow = Array.from({ length: 40 }, () => machine.take(0, 5));
  const fast = Array.from({ length: 80 }, () => machine.take(0, 10));
  const turns = await machine.run([...slow, ...fast]);
  const at = turns.map((turn) => turn.at);
  const most = Math.max(...at.map((from) => at.filter((to) => to >= from && to < from + 999).length));
  // The first one with each limit goes at once, wherever in its tick.
  expect(most).toBeLessThanOrEqual(10 + 2);
  expect(most).toBeGreaterThan(8);
});

test("no slot stays empty while somebody waits, and whoever came first does not wait for twice as long", async () => {
  const machine = new Machine();
  const turns = await machine.run(Array.from({ length: 200 }, (_, index) => machine.take(index * 35)));
  expect(Math.max(...turns.map(({ at }) => at))).toBeLessThan(40_500);
  turns.forEach(({ at }, index) => expect(at).toBeLessThan(2 * index * 200 + 12_000));
});

test("nobody takes a slot that is more than a second ahead, so that what a killed process leaves is over by then", async () => {
  const machine = new Machine();
  const claim = machine.claims.claim.bind(machine.claims);
  const ahead: number[] = [];
  const claims = { ...machine.claims, claim: (tick: number) => ahead.push(aheadOf(tick)) > 0 && claim(tick) };
  const aheadOf = (tick: number): number => beginOfTick(tick) - machine.clock.date();
  const all = Array.from({ length: 100 }, () => takeTurn(claims, 5, machine.clock, Infinity));
  await machine.run(all);
  expect(Math.max(...ahead)).toBeLessThanOrEqual(AHEAD + 1000 / TICKS_PER_SECOND);
});

test("a turn that does not come in time is none, and is not waited for any longer", async () => {
  const machine = new Machine();
  const claims = { ...machine.claims, claim: () => false };
  const [turn] = await machine.run([takeTurn(claims, 5, machine.clock, 3210)]);
  expect([turn?.kind, machine.time.now]).toEqual(["late", 3210]);
});

test("a deadline that has passed brings a look at once", async () => {
  const machine = new Machine();
  const turns = await machine.run([machine.take(500, 5, 400), machine.take(500, 5, 400)]);
  expect(turns.map(({ turn, at }) => [turn.kind, at])).toEqual([
    ["taken", 500],
    ["late", 500],
  ]);
});

test("those that a busy machine wakes up at once, long after their slots, do not look at once", async () => {
  const machine = new Machine();
  // For three seconds nobody wakes up, whenever it should have.
  const sleep = async (ms: number): Promise<void> => {
    const wakes = machine.time.now + ms;
    await machine.time.sleep(wakes < 3000 ? 3000 - machine.time.now : ms);
  };
  const late = { ...machine.clock, sleep };
  const all = Array.from({ length: 100 }, async (_, index) => {
    await machine.time.sleep(index * 35);
    await takeTurn(machine.claims, 5, late, Infinity);
    return machine.time.now;
  });
  const at = await machine.run(all);
  const most = Math.max(...at.map((from) => at.filter((to) => to >= from && to < from + 999).length));
  expect(most).toBeLessThanOrEqual(5 + 1);
  expect(at.filter((moment) => moment === 3000).length).toBeLessThanOrEqual(1);
});

test("a machine that is always too busy to wake up in time looks all the same", async () => {
  const machine = new Machine();
  const slow = { ...machine.clock, sleep: (ms: number) => machine.time.sleep(ms + 900) };
  const turns = await machine.run([0, 1, 2].map(() => takeTurn(machine.claims, 5, slow, Infinity)));
  expect(turns.map(({ kind }) => kind)).toEqual(["taken", "taken", "taken"]);
  expect(machine.time.now).toBeLessThan(10_000);
});

test("nobody who wakes up after the deadline takes another slot", async () => {
  const machine = new Machine();
  const slow = { ...machine.clock, sleep: (ms: number) => machine.time.sleep(ms + 5000) };
  const turns = await machine.run([0, 1].map(() => takeTurn(machine.claims, 5, slow, 3000)));
  expect(turns.map(({ kind }) => kind)).toEqual(["taken", "taken"]);
  expect(machine.time.now).toBeLessThan(5200 + 1);
});

test.each([
  ["back by an hour", -3_600_000],
  ["back by half a minute", -30_000],
  ["ahead by an hour", 3_600_000],
])("a clock that is set %s while others wait costs two seconds at the most", async (_, jump) => {
  const machine = new Machine();
  const all = Array.from({ length: 50 }, () => machine.take(0));
  void machine.time.sleep(3000).then(() => (machine.jump = jump));
  const turns = await machine.run(all);
  expect(turns.map(({ turn }) => turn.kind)).toEqual(all.map(() => "taken"));
  expect(Math.max(...turns.map(({ at }) => at))).toBeLessThan(10_000 + 2000);
});

test.each(["open", "claim"] as const)(
  "where %s cannot work, everybody goes on alone, at once, and says why",
  async (fails) => {
    const machine = new Machine();
    const fail = (): never => {
      throw new AloneError("the disk is full");
    };
    const turn = await takeTurn({ ...machine.claims, [fails]: fail }, 5, machine.clock, Infinity);
    expect(turn).toEqual({ kind: "alone", reason: "the disk is full" });
  },
);

test("a slot begins when the one before it ends, and each has a tick of its own", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 10_000 }).map((thousandths) => thousandths / 1000),
      fc.integer({ min: 1.7e12, max: 1.9e12 }),
      (perSecond, date) => {
        const number = slotAt(date, perSecond);
        expect(slot(number, perSecond).begin).toBeLessThanOrEqual(date + 0.01);
        expect(slot(number + 1, perSecond).begin).toBeGreaterThan(date - 0.01);
        expect(slot(number + 1, perSecond).tick).toBeGreaterThan(slot(number, perSecond).tick);
      },
    ),
    {
      examples: [
        [10, 1.775e12],
        [9.8, 1.775e12],
      ],
    },
  );
});

test("whoever waits for a turn for long gives a sign every half minute, and nobody else does", async () => {
  const machine = new Machine();
  const signs: number[] = [];
  const stands = (): void => void signs.push(Math.floor(machine.time.now / 1000));
  await machine.run([takeTurn(machine.claims, 5, machine.clock, Infinity, stands)]);
  expect(signs).toEqual([]);
  const taken = { ...machine.claims, claim: () => false };
  await machine.run([takeTurn(taken, 5, machine.clock, machine.time.now + 100_000, stands)]);
  expect(signs).toEqual([30, 60, 90]);
});
