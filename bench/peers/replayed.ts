import type { Peer } from "./peer";

/** Gaps of a schedule, in milliseconds; the first one is the time before the first look. */
type Gaps = () => Generator<number, never>;

/** The same gap for ever, after a first one. */
function every(gap: number, first = 0): Gaps {
  return function* () {
    yield first;
    for (;;) yield gap;
  };
}

/** Terraform plugin SDK, `StateChangeConf` without `PollInterval`: doubles from 0.2 s, at least `min`, at most 10 s. */
function stateChangeConf(min: number, delay: number): Gaps {
  return function* () {
    yield delay;
    for (let gap = 100; ;) {
      gap *= 2;
      if (gap < min) gap = min;
      else if (gap > 10_000) gap = 10_000;
      yield gap;
    }
  };
}

function replayed(name: string, note: string, gaps: Gaps, timeout = Infinity): Peer {
  return {
    name,
    origin: "replayed",
    note,
    looks: (end) => {
      const looks: number[] = [];
      let now = 0;
      for (const gap of gaps()) {
        now += gap;
        if (now > timeout) break;
        looks.push(now);
        if (now >= end) break;
      }
      return looks;
    },
  };
}

/** Peers that are not written in JavaScript, or are no library: their schedules with default settings. */
export const REPLAYED: readonly Peer[] = [
  replayed("hand-written loop", "sleep 10", every(10_000)),
  replayed("restful_operation", "10 s, first look after 10 s", every(10_000, 10_000)),
  replayed("Terraform SDKv2 StateChangeConf", "0.2 s ×2 up to 10 s", stateChangeConf(0, 0)),
  replayed("alicloud provider", "Delay 5 s, MinTimeout 3 s, up to 10 s", stateChangeConf(3000, 5000)),
  replayed("AWS provider actionwait, azcore", "30 s", every(30_000)),
  replayed("azapi", "10 s, gives up after 30 min", every(10_000), 1_800_000),
  replayed("AWS CDK isComplete", "5 s, gives up after 30 min", every(5000), 1_800_000),
  replayed("aliyun --waiter", "5 s, gives up after 180 s", every(5000), 180_000),
  replayed("gh run watch", "3 s, three requests or more a look", every(3000)),
];
