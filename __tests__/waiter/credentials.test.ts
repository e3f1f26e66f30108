import {
  CHAIN_LIMIT,
  chainEnvironment,
  COMMAND_LIMIT,
  credentialSource,
  CredentialsError,
  keysFromEnvironment,
  type Chain,
  type FoundCredentials,
} from "../../lib/waiter/bdrc/credentials";

const KEYS = { ALIBABA_CLOUD_ACCESS_KEY_ID: "id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret" };
const FOUND = { accessKeyId: "found-id", accessKeySecret: "found-secret", providerName: "a-source" };

/** A source over a chain that a test controls, and how often that was made and asked. */
function sourceOver(ask: () => Promise<FoundCredentials>, profile?: string) {
  const seen = { made: 0, asked: 0 };
  const source = credentialSource({}, profile, () => {
    seen.made += 1;
    const chain: Chain = {
      getCredential: () => {
        seen.asked += 1;
        return ask();
      },
    };
    return Promise.resolve(chain);
  });
  return { source, seen };
}

describe("static keys of the environment", () => {
  test("the SDK's names come first, then the alicloud provider's, then the oldest", () => {
    const all = {
      ...KEYS,
      ALICLOUD_ACCESS_KEY: "id2",
      ALICLOUD_SECRET_KEY: "secret2",
      ALIBABACLOUD_ACCESS_KEY_ID: "id3",
      ALIBABACLOUD_ACCESS_KEY_SECRET: "secret3",
    };
    const order: (string | undefined)[] = [];
    const rest: Record<string, string> = { ...all };
    for (const name of ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY", "ALIBABACLOUD_ACCESS_KEY_ID"]) {
      order.push(keysFromEnvironment(rest)?.accessKeyId);
      delete rest[name];
    }
    expect([...order, keysFromEnvironment(rest)]).toEqual(["id", "id2", "id3", undefined]);
  });

  test("a token belongs to the pair of its own family", () => {
    expect(keysFromEnvironment({ ...KEYS, ALICLOUD_SECURITY_TOKEN: "other" })).toEqual({
      accessKeyId: "id",
      accessKeySecret: "secret",
      providerName: "default/env",
    });
    expect(keysFromEnvironment({ ...KEYS, ALIBABA_CLOUD_SECURITY_TOKEN: " token\n" })).toMatchObject({
      securityToken: "token",
    });
  });

  test.each([{}, { ALIBABA_CLOUD_ACCESS_KEY_ID: "id" }, { ...KEYS, ALIBABA_CLOUD_ACCESS_KEY_SECRET: " " }])(
    "a pair that is not whole is none: %j",
    (environment) => expect(keysFromEnvironment(environment)).toBeUndefined(),
  );

  test("they are read anew for each call, so that a renewed environment counts", async () => {
    const environment: NodeJS.ProcessEnv = { ...KEYS };
    const source = credentialSource(environment);
    expect((await source.current(1000)).accessKeyId).toBe("id");
    environment["ALIBABA_CLOUD_ACCESS_KEY_ID"] = "id-2";
    expect((await source.current(1000)).accessKeyId).toBe("id-2");
  });

  test.each([
    [{ ...KEYS, ALIBABA_CLOUD_ACCESS_KEY_ID: "i d" }, "access key id"],
    [{ ...KEYS, ALIBABA_CLOUD_ACCESS_KEY_ID: "id\n2" }, "access key id"],
    [{ ...KEYS, ALIBABA_CLOUD_ACCESS_KEY_ID: "ключ" }, "access key id"],
    [{ ...KEYS, ALIBABA_CLOUD_SECURITY_TOKEN: "to\r\nken" }, "security token"],
  ])("what no header can carry is refused by name, and not shown", async (environment, name) => {
    const error: unknown = await credentialSource(environment)
      .current(1000)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CredentialsError);
    expect((error as Error).message).toBe(
      `the ${name} holds a character that none can have, such as a space or a line break`,
    );
    expect((error as CredentialsError).tried).toEqual(["default/env: gave it"]);
  });
});

test("the alicloud provider's names stand in for the SDK's where those are not set", () => {
  const aliases = {
    ALICLOUD_PROFILE: "p",
    ALICLOUD_ECS_ROLE_NAME: "r",
    ALICLOUD_CREDENTIALS_URI: "u",
  };
  expect(chainEnvironment(aliases)).toEqual({
    ALIBABA_CLOUD_PROFILE: "p",
    ALIBABA_CLOUD_ECS_METADATA: "r",
    ALIBABA_CLOUD_CREDENTIALS_URI: "u",
  });
  expect(chainEnvironment({ ...aliases, ALIBABA_CLOUD_PROFILE: "mine" })).not.toHaveProperty(
    "ALIBABA_CLOUD_PROFILE",
  );
  expect(chainEnvironment({})).toEqual({});
});

describe("the walk along the sources", () => {
  test("it is made once, and the sources renew themselves afterwards", async () => {
    const { source, seen } = sourceOver(() => Promise.resolve({ ...FOUND, securityToken: "t" }));
    expect(await source.current(1000)).toEqual({ ...FOUND, securityToken: "t" });
    await source.current(1000);
    expect(seen).toEqual({ made: 1, asked: 2 });
  });

  test("calls that come together share it, since the SDK would fail all but the first", async () => {
    const { source, seen } = sourceOver(() => Promise.resolve(FOUND));
    const all = await Promise.all([source.current(1000), source.current(1000), source.current(1000)]);
    expect(all.map(({ accessKeyId }) => accessKeyId)).toEqual(["found-id", "found-id", "found-id"]);
    expect(seen).toEqual({ made: 1, asked: 1 });
  });

  test("after renew it begins anew", async () => {
    const { source, seen } = sourceOver(() => Promise.resolve(FOUND));
    await source.current(1000);
    source.renew();
    await source.current(1000);
    expect(seen).toEqual({ made: 2, asked: 2 });
  });

  test("after a failure it begins anew, since the SDK's own chain would stay where it failed", async () => {
    const answers: (() => Promise<FoundCredentials>)[] = [
      () => Promise.reject(new Error("down")),
      () => Promise.resolve(FOUND),
    ];
    const { source, seen } = sourceOver(() => (answers.shift() ?? (() => Promise.resolve({})))());
    await expect(source.current(1000)).rejects.toThrow(CredentialsError);
    expect((await source.current(1000)).accessKeyId).toBe("found-id");
    expect(seen.made).toBe(2);
  });

  test.each([{}, { accessKeyId: "id" }, { accessKeySecret: "s" }, { accessKeyId: "", accessKeySecret: "s" }])(
    "what gives no whole pair gives nothing: %j",
    async (found) => {
      await expect(sourceOver(() => Promise.resolve(found)).source.current(1000)).rejects.toThrow(
        "no credentials were found",
      );
    },
  );

  test.each([5, true, ["s"], { s: "s" }])(
    "a secret of a wrong type (%j) is no defect, whatever source gives it",
    async (accessKeySecret) => {
      const { source } = sourceOver(() => Promise.resolve({ ...FOUND, accessKeySecret }));
      await expect(source.current(1000)).rejects.toThrow(CredentialsError);
    },
  );

  test("a message of a source is never passed on, since it can quote a file", async () => {
    const failing = () => Promise.reject(new Error('parse failed: {"access_key_secret":"hush"}'));
    for (const profile of [undefined, "work"]) {
      const error: unknown = await sourceOver(failing, profile)
        .source.current(1000)
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(CredentialsError);
      expect(
        JSON.stringify([
          error,
          (error as Error).message,
          (error as Error).stack,
          String((error as Error).cause),
        ]),
      ).not.toContain("hush");
      expect((error as Error).message).toBe(
        profile ? "the profile work gives no credentials" : "no credentials were found",
      );
    }
  });

  describe("its time", () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

    test.each([
      [60_000, CHAIN_LIMIT],
      [3000, 3000],
    ])(
      "a source that hangs is left after the limit of the look (%i ms) or of the chain",
      async (limit, expected) => {
        const { source } = sourceOver(() => new Promise(() => undefined));
        const failed = jest.fn();
        source.current(limit).catch(failed);
        await jest.advanceTimersByTimeAsync(expected - 1);
        expect(failed).not.toHaveBeenCalled();
        await jest.advanceTimersByTimeAsync(1);
        expect(failed).toHaveBeenCalledWith(expect.any(CredentialsError));
        await jest.advanceTimersByTimeAsync(CHAIN_LIMIT - expected);
        expect(jest.getTimerCount()).toBe(0);
      },
    );

    test("a look that must end sooner leaves the walk to the next one", async () => {
      let found: (credentials: FoundCredentials) => void = () => undefined;
      const { source, seen } = sourceOver(() => new Promise((resolve) => (found = resolve)));
      const hurried = jest.fn();
      source.current(1000).catch(hurried);
      await jest.advanceTimersByTimeAsync(1000);
      expect(hurried).toHaveBeenCalledWith(expect.any(CredentialsError));
      const next = source.current(5000);
      found(FOUND);
      expect((await next).accessKeyId).toBe("found-id");
      expect(seen).toEqual({ made: 1, asked: 1 });
    });

    test.each([1000, CHAIN_LIMIT])("a source that hangs is named, also after %i ms", async (limit) => {
      const source = credentialSource({}, "work", () =>
        Promise.resolve({
          reasons: new Map([["cli", "did not answer in time"]] as const),
          getCredential: () => new Promise(() => undefined),
        }),
      );
      const failed = jest.fn();
      source.current(limit).catch((error: CredentialsError) => failed(error.tried[0]));
      await jest.advanceTimersByTimeAsync(limit);
      expect(failed).toHaveBeenCalledWith("~/.aliyun/config.json, profile work: did not answer in time");
    });

    test.each([
      [true, COMMAND_LIMIT],
      [false, CHAIN_LIMIT],
    ])("a command of the user's has longer than a service: %s, %i ms", async (runs, expected) => {
      const source = credentialSource({}, undefined, () =>
        Promise.resolve({ isCommandRunning: () => runs, getCredential: () => new Promise(() => undefined) }),
      );
      const failed = jest.fn();
      source.current(60_000).catch(failed);
      await jest.advanceTimersByTimeAsync(expected - 1);
      expect(failed).not.toHaveBeenCalled();
      await jest.advanceTimersByTimeAsync(1);
      expect(failed).toHaveBeenCalledWith(expect.any(CredentialsError));
      expect(jest.getTimerCount()).toBe(0);
    });

    test("what still runs for a walk is ended with it", async () => {
      let signal: AbortSignal | undefined;
      const source = credentialSource({}, undefined, () =>
        Promise.resolve({
          getCredential: (given) => {
            signal = given;
            return new Promise(() => undefined);
          },
        }),
      );
      source.current(60_000).catch(() => undefined);
      await jest.advanceTimersByTimeAsync(CHAIN_LIMIT - 1);
      expect(signal?.aborted).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect(signal?.aborted).toBe(true);
    });

    test("no timer is left behind when they are found", async () => {
      await sourceOver(() => Promise.resolve(FOUND)).source.current(1000);
      expect(jest.getTimerCount()).toBe(0);
    });
  });
});
