import { type NameSources, resolveName } from "../../lib/waiter/bdrc/resolve";

const NAME = "bdrc.cn-shanghai.aliyuncs.com";
const fails = (code: string) => (): Promise<string[]> =>
  Promise.reject(Object.assign(new Error(code), { code }));
const never = (): Promise<never> => new Promise(() => undefined);

interface World extends NameSources {
  readonly asked: string[];
  time: number;
}

/** Sources of names that know nothing, but for what a test says; time passes only when somebody pauses. */
function sources(
  kinds: { 4?: () => Promise<string[]>; 6?: () => Promise<string[]> } = {},
  more: Partial<NameSources> = {},
): World {
  const given: ((code: Error) => void)[] = [];
  const asked: string[] = [];
  const world: World = {
    asked,
    time: 0,
    hosts: () => "",
    ask: (name: string, family: 4 | 6) => {
      asked.push(`${family} ${name}`);
      const cancelled = new Promise<never>((_, reject) => given.push(reject));
      return Promise.race([cancelled, (kinds[family] ?? fails("ENOTFOUND"))()]);
    },
    cancel: () =>
      given.forEach((reject) => reject(Object.assign(new Error("cancelled"), { code: "ECANCELLED" }))),
    system: (name: string, limit: number) => {
      asked.push(`system ${name} ${limit}`);
      return Promise.resolve([]);
    },
    now: () => world.time,
    pause: async (milliseconds: number) => {
      // Whatever is known by now comes first.
      await new Promise((resolve) => setImmediate(resolve));
      world.time += milliseconds;
    },
    ...more,
  };
  return world;
}

test("a name in the hosts file is asked of nobody", async () => {
  const world = sources(
    {},
    { hosts: () => `127.0.0.1 localhost\n10.1.2.3  other ${NAME.toUpperCase()} # mine\n::1 ${NAME}\n` },
  );
  expect(await resolveName(NAME, world)).toEqual([
    { address: "10.1.2.3", family: 4 },
    { address: "::1", family: 6 },
  ]);
  expect(world.asked).toEqual([]);
});

test.each([
  "",
  "#10.1.2.3 bdrc.cn-shanghai.aliyuncs.com",
  "nonsense bdrc.cn-shanghai.aliyuncs.com",
  "10.1.2.3 xbdrc.cn-shanghai.aliyuncs.com",
])("a hosts file that says nothing of a name is no answer: %p", async (hosts) => {
  const world = sources({ 4: () => Promise.resolve(["10.9.9.9"]) }, { hosts: () => hosts });
  expect(await resolveName(NAME, world)).toEqual([{ address: "10.9.9.9", family: 4 }]);
});

test("addresses of both kinds are given, those that every network has first", async () => {
  const world = sources({ 4: () => Promise.resolve(["10.0.0.1"]), 6: () => Promise.resolve(["fd00::1"]) });
  expect(await resolveName(NAME, world)).toEqual([
    { address: "10.0.0.1", family: 4 },
    { address: "fd00::1", family: 6 },
  ]);
});

test("one kind of address is enough when nobody answers for the other, a tenth of a second later", async () => {
  const world = sources({ 4: () => Promise.resolve(["10.0.0.1"]), 6: never });
  expect(await resolveName(NAME, world)).toEqual([{ address: "10.0.0.1", family: 4 }]);
});

test("an IPv6 address alone is not taken before there was time to ask for IPv4 again, whose answer may be lost", async () => {
  const world = sources({ 4: never, 6: () => Promise.resolve(["fd00::1"]) });
  expect(await resolveName(NAME, world)).toEqual([{ address: "fd00::1", family: 6 }]);
  expect(world.time).toBeGreaterThan(1200);
});

test("silent name servers are given up within the limit for connecting, and the operating system, which would wait for them, is not asked", async () => {
  const world = sources({ 4: never, 6: never });
  await expect(resolveName(NAME, world)).rejects.toMatchObject({ code: "EAI_AGAIN" });
  expect(world.time).toBeLessThan(5000);
  expect(world.asked.filter((who) => who.startsWith("system"))).toEqual([]);
});

test.each(["ETIMEOUT", "ECANCELLED"])("name servers that end with %s are silent ones", async (code) => {
  const world = sources({ 4: fails(code), 6: fails("ENOTFOUND") });
  await expect(resolveName(NAME, world)).rejects.toMatchObject({ code: "EAI_AGAIN" });
  expect(world.asked.filter((who) => who.startsWith("system"))).toEqual([]);
});

test.each(["ENOTFOUND", "ENODATA", "ECONNREFUSED", "ESERVFAIL"])(
  "where name servers answer %s at once, the operating system is asked, which may know search domains",
  async (code) => {
    const world = sources(
      { 4: fails(code), 6: fails(code) },
      { system: () => Promise.resolve([{ address: "10.0.0.7", family: 4 }]) },
    );
    expect(await resolveName("proxy", world)).toEqual([{ address: "10.0.0.7", family: 4 }]);
  },
);

test.each(["ENOTFOUND", "ENODATA"])(
  "a name is unknown when name servers say %s of it, and the operating system does not know better",
  async (code) => {
    const world = sources({ 4: fails(code), 6: fails(code) });
    await expect(resolveName("nope.invalid", world)).rejects.toMatchObject({ code: "ENOTFOUND" });
    expect(world.asked.at(-1)).toMatch(/^system nope.invalid/);
  },
);

test.each(["ESERVFAIL", "EREFUSED", "ECONNREFUSED", "EBADRESP"])(
  "name servers that fail with %s do not make a name unknown, which would end a wait after half a minute",
  async (code) => {
    const world = sources({ 4: fails(code), 6: fails("ENODATA") });
    await expect(resolveName(NAME, world)).rejects.toMatchObject({ code: "EAI_AGAIN" });
  },
);

test("after a late answer the operating system has what is left of the time, and the name servers are believed", async () => {
  const world: World = sources({
    4: async () => {
      await Promise.resolve();
      world.time += 2000;
      return fails("ENOTFOUND")();
    },
  });
  await expect(resolveName(NAME, world)).rejects.toMatchObject({ code: "ENOTFOUND" });
  expect(world.asked.at(-1)).toBe(`system ${NAME} 2500`);
});
