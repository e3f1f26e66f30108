import { isSilent, nextRow, SILENCE, type WaitRow } from "../../lib/cli/board";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import type { WaitEvent } from "../../lib/protocol/event";
import { CredentialsError } from "../../lib/waiter/bdrc/keys";
import { SIGN } from "../../lib/waiter/limiter";
import { runMany } from "../../lib/waiter/many";
import type { ManyQuery, WaitQuery } from "../../lib/waiter/query";
import { readQuery } from "../../lib/waiter/read-query";
import { runWait, type RunContext } from "../../lib/waiter/run";
import { AloneError, type Claims } from "../../lib/waiter/turns/claims";
import { limitFrom, machineTurns, type Asked } from "../../lib/waiter/turns/machine-turns";
import { VirtualClock } from "./virtual-wait";

const KEYS = { accessKeyId: "LTAI-the-key-id", accessKeySecret: "the-secret", providerName: "default/env" };
const FREE: Claims = { open: () => undefined, claim: () => true };

/** Who asks: with some keys, at some place. */
function asked(keys: object = {}, more: Partial<Asked> = {}): Asked {
  const source = { current: () => Promise.resolve({ ...KEYS, ...keys }), renew: () => undefined };
  return { endpoint: "bdrc.example.com", profile: undefined, source, ...more };
}

/** The names under which turns are taken, one for each who asks. */
async function namesOf(...all: readonly Asked[]): Promise<string[]> {
  const names: string[] = [];
  const turns = machineTurns(undefined, new VirtualClock(), (name) => {
    names.push(name);
    return FREE;
  });
  for (const one of all) await turns.take(one, 1000, 1000);
  return names;
}

describe("who shares a limit", () => {
  test("the same key at the same endpoint does, another key or another endpoint does not", async () => {
    const [one, same, otherKey, otherPlace] = await namesOf(
      asked(),
      asked(),
      asked({ accessKeyId: "LTAI-another" }),
      asked({}, { endpoint: "bdrc.example.org" }),
    );
    expect(same).toBe(one);
    expect(new Set([one, otherKey, otherPlace]).size).toBe(3);
  });

  test("temporary keys that each process gets for itself do, by the way to them", async () => {
    const role = (accessKeyId: string, more: Partial<Asked> = {}): Asked =>
      asked({ accessKeyId, securityToken: "a-token", providerName: "default/oidc_role_arn" }, more);
    const [one, other, profile] = await namesOf(
      role("STS.1"),
      role("STS.2"),
      role("STS.3", { profile: "p" }),
    );
    expect(other).toBe(one);
    expect(profile).not.toBe(one);
  });

  test("nothing of a key stands in the name", async () => {
    const [name] = await namesOf(asked({ securityToken: "a-token" }));
    expect(name).toMatch(/^[0-9a-f]{16}$/);
  });

  test("a process asks for its keys once", async () => {
    let times = 0;
    const one = asked();
    const source = { ...one.source, current: () => ((times += 1), one.source.current(1)) };
    await namesOf({ ...one, source }, { ...one, source });
    expect(times).toBe(1);
  });
});

test.each([
  [undefined, undefined],
  ["", undefined],
  ["2", 2],
  ["0.5", 0.5],
  ["10", 10],
  ["0.1", 0.1],
  ["0", "wrong"],
  ["0.05", "wrong"],
  ["10.5", "wrong"],
  ["-1", "wrong"],
  ["1e1", "wrong"],
  [" 5", "wrong"],
  ["five", "wrong"],
])("BDRC_TASK_LOOKS_PER_SECOND=%j is %j", (value, limit) => {
  expect(limitFrom(value === undefined ? {} : { BDRC_TASK_LOOKS_PER_SECOND: value })).toBe(limit);
});

describe("a run", () => {
  let bdrc: FakeBdrc;
  afterEach(() => bdrc.close());

  async function start(claims: Claims, more: Partial<RunContext> = {}, limit?: number) {
    const clock = new VirtualClock();
    const ids = Array.from({ length: 12 }, (_, index) => `t-${index}`);
    bdrc = await startFakeBdrc({ quotaPerSecond: 0, tasks: Object.fromEntries(ids.map((id) => [id, {}])) });
    const events: WaitEvent[] = [];
    const context: RunContext = {
      clock,
      environment: bdrc.environment,
      events: (event) => events.push(event),
      never: false,
      turns: machineTurns(limit, clock, () => claims),
      ...more,
    };
    const read = (what: object): WaitQuery & ManyQuery =>
      readQuery(JSON.stringify({ endpoint: bdrc.endpoint, ...what })) as WaitQuery & ManyQuery;
    return { clock, context, events, read, ids };
  }

  const full: Claims = {
    open: () => {
      throw new AloneError("/tmp/bdrc-task-0 cannot be used: ENOSPC");
    },
    claim: () => true,
  };

  test("that can share nothing says so once in its events, and sees the task all the same", async () => {
    const { context, events, read } = await start(full);
    const { result } = await runWait(read({ task_id: "t-1" }), context);
    expect(result.status).toBe("COMPLETE");
    expect(events.map(({ type }) => type)).toEqual(["start", "alone", "look", "end"]);
    expect(events[1]).toMatchObject({ message: "/tmp/bdrc-task-0 cannot be used: ENOSPC" });
  });

  test("of many says it once for all of them", async () => {
    const { context, events, read, ids } = await start(full);
    const { result } = await runMany(read({ task_ids: JSON.stringify(ids) }), context);
    expect(result.status).toBe("COMPLETE");
    expect(events.filter(({ type }) => type === "alone")).toHaveLength(1);
  });

  test("whose turn does not come before its deadline makes its last look then", async () => {
    const { clock, context, read } = await start({ ...FREE, claim: () => false });
    const { outcome } = await runWait(read({ task_id: "t-1", timeout_seconds: "20" }), context);
    expect(outcome.ending).toBe("terminal");
    expect(Math.round(clock.time)).toBe(20_000);
  });

  test("that stands in the line for long gives signs of life, more often than a watcher takes it for dead", async () => {
    const { context, events, read } = await start({ ...FREE, claim: () => false });
    await runWait(read({ task_id: "t-1", timeout_seconds: "100" }), context);
    expect(events.map(({ type }) => type)).toEqual(["start", "queue", "queue", "queue", "look", "end"]);
    expect(SIGN).toBeLessThanOrEqual(SILENCE / 2);
    let row: WaitRow | undefined;
    let last = Date.UTC(2026, 2, 30);
    for (const event of events) {
      const at = Date.parse(event.at);
      expect(row && isSilent(row, at)).not.toBe(true);
      expect(at - last).toBeLessThan(SILENCE);
      [row, last] = [nextRow(row, event), at];
    }
  });

  test("of many gives them for each task that stands in the line of its process", async () => {
    const { context, events, read } = await start(FREE, {}, 0.1);
    await runMany(read({ task_ids: JSON.stringify(["t-1", "t-2", "t-3", "t-4", "t-5"]) }), context);
    const queued = events.filter(({ type }) => type === "queue").map(({ task_id: id }) => id);
    expect(queued).toContain("t-5");
    expect(queued).not.toContain("t-1");
  });

  test("that remembers a result has all of its ten seconds after its turn", async () => {
    const { context, read } = await start({ ...FREE, claim: () => false });
    const limits: number[] = [];
    const connection = {
      client: {
        call: (_: unknown, limit: number) => (
          limits.push(limit),
          Promise.reject(new CredentialsError("", [], "a"))
        ),
        redact: (text: string) => text,
      },
      source: { current: () => Promise.resolve(KEYS), renew: () => undefined },
    };
    const query = read({ task_id: "t-1", timeout_seconds: "60", remembered: "true" });
    await runWait(query, { ...context, connection });
    expect(limits).toEqual([10_000]);
  });

  test.each([
    ["a destroy asks nothing when no turn comes within a second", true, 0, "UNREADABLE"],
    ["BDRC_TASK_WAIT=never looks all the same", false, 1, "COMPLETE"],
  ])("%s", async (_, destroying, calls, status) => {
    const { clock, context, read } = await start(
      { ...FREE, claim: () => false },
      { never: true, destroying },
    );
    const { result } = await runWait(read({ task_id: "t-1" }), context);
    expect([bdrc.calls.length, result.status]).toEqual([calls, status]);
    expect(Math.round(clock.time)).toBe(1000);
  });

  test("without keys ends after one search for them, and says what was tried", async () => {
    let searches = 0;
    const source = {
      current: () => {
        searches += 1;
        return Promise.reject(
          new CredentialsError("no credentials were found", ["profile x: not there"], "set A"),
        );
      },
      renew: () => undefined,
    };
    const { context, read } = await start(FREE);
    const client = {
      call: () => Promise.reject(new Error("nothing is asked")),
      redact: (text: string) => text,
    };
    const { outcome, result } = await runWait(read({ task_id: "t-1" }), {
      ...context,
      connection: { client, source },
    });
    expect([searches, outcome.ending]).toEqual([1, "refused"]);
    expect(result.problem).toContain("no credentials were found");
    expect(result.problem).toContain("profile x: not there");
  });

  test.each([
    ["the default", {}, undefined, 5],
    ["what a query of many asks for, when that is more", { looks_per_second: "10" }, undefined, 9.8],
    ["what the environment says, whatever a query asks for", { looks_per_second: "10" }, 2, 2],
  ])("of many has as its limit %s", async (_, more, limit, perSecond) => {
    const taken = new Set<number>();
    const once = { ...FREE, claim: (tick: number) => !taken.has(tick) && taken.add(tick) !== undefined };
    const { context, read, ids } = await start(once, {}, limit);
    const clock = context.clock as VirtualClock;
    await runMany(read({ task_ids: JSON.stringify(ids), ...more }), context);
    expect(Math.max(...clock.sleeps)).toBeCloseTo((11 / perSecond) * 1000, -1);
  });
});
