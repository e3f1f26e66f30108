import { readFileSync } from "node:fs";
import { makeChain } from "../../lib/waiter/bdrc/sources/chain";
import { splitCommand } from "../../lib/waiter/bdrc/sources/external";
import { kept } from "../../lib/waiter/bdrc/sources/kept";
import { Elsewhere, failure, find, Home, inOneHour, sharedSource } from "./credential-home";
import { answerAll, hour, KEYS, OAUTH, printed, ROLE, SSO, writeMode } from "./credential-modes";

const elsewhere = new Elsewhere();
jest.mock("../../lib/waiter/bdrc/transport", () => {
  const request = (...of: Parameters<Elsewhere["request"]>) => elsewhere.request(...of);
  const read = (...of: Parameters<Elsewhere["read"]>) => elsewhere.read(...of);
  return { request, read, default: { request, read } };
});

let home: Home;
beforeEach(() => {
  home = new Home();
  answerAll(elsewhere);
});
afterEach(() => home.close());

describe("a sign-in of the CLI", () => {
  const left = (end: number) => ({ ...KEYS, sts_token: "t", sts_expiration: end });

  test.each([
    ["CloudSSO", { ...SSO, cloud_sso_access_token_expire: 1 }],
    ["OAuth", { ...OAUTH, oauth_access_token_expire: 1 }],
  ])("%s: keys that the CLI left are shared while they hold, and nobody is asked", async (mode, profile) => {
    home.profiles({ mode, ...profile, ...left(hour()) });
    expect(await find("work")).toMatchObject({ accessKeyId: "base-id", securityToken: "t" });
    expect(elsewhere.asked).toEqual([]);
  });

  test.each([
    ["CloudSSO", { ...SSO, cloud_sso_access_token_expire: 1 }, "aliyun configure"],
    ["OAuth", { ...OAUTH, oauth_access_token_expire: 1 }, "aliyun sts GetCallerIdentity"],
  ])("%s: one that has expired is not renewed behind the CLI's back", async (mode, profile, command) => {
    home.profiles({ mode, ...profile, ...left(1) });
    expect((await failure("work")).tried[0]).toBe(
      `~/.aliyun/config.json, profile work: its ${mode} sign-in has expired; renewing it is left to the CLI, ` +
        `which keeps it: run ${command} --profile with its name`,
    );
    expect(elsewhere.asked).toEqual([]);
  });

  test("one of which the file does not say when it ends is left for the service to judge", async () => {
    home.profiles({ mode: "OAuth", ...OAUTH });
    expect(await find("work")).toMatchObject({ accessKeyId: "oauth-id" });
  });

  test("its token goes to its own site only", async () => {
    writeMode(home, "OAuth");
    await find("work");
    expect(elsewhere.asked.map(({ url }) => url.href)).toEqual(["https://oauth.aliyun.com/v1/exchange"]);
    expect(elsewhere.asked[0]?.headers["authorization"]).toBe("Bearer sign-in-token");
  });
});

describe("a command that prints a profile", () => {
  test("it may print any mode but its own", async () => {
    home.profiles({
      mode: "External",
      process_command: printed(JSON.stringify({ mode: "ramrolearn", ...KEYS, ...ROLE })),
    });
    expect(await find("work")).toMatchObject({ accessKeyId: "sts-for-base-id" });
    home.profiles({ mode: "External", process_command: printed('{"mode":"External"}') });
    expect((await failure("work")).tried[0]).toContain("printed a profile that is External again");
  });

  test("what it gave is kept until shortly before its end, by all calls of a wait", async () => {
    const counter = home.write("counter", "");
    const text = JSON.stringify({ mode: "StsToken", ...KEYS, sts_token: "t", expiration: inOneHour() });
    home.profiles({
      mode: "External",
      process_command: `node -e 'require("fs").appendFileSync(process.argv[1],"x");process.stdout.write(process.argv[2])' '${counter}' '${text}'`,
    });
    const source = sharedSource("work");
    await Promise.all([source.current(8000), source.current(8000)]);
    expect(await source.current(8000)).toMatchObject({ securityToken: "t" });
    expect(readFileSync(counter, "utf8")).toBe("x");
  });

  test("while it runs the chain says so, since it may take its time", async () => {
    home.profiles({ mode: "External", process_command: printed(JSON.stringify(KEYS)) });
    const chain = makeChain("work", process.env);
    expect(chain.isCommandRunning?.()).toBe(false);
    const asking = chain.getCredential(new AbortController().signal);
    while (!chain.isCommandRunning?.()) await new Promise((resolve) => setImmediate(resolve));
    expect(await asking).toMatchObject({ accessKeyId: "base-id" });
    expect(chain.isCommandRunning?.()).toBe(false);
  });

  test.each([
    ["/no/such/program", "the program of its process_command is not there"],
    ["node -e 'process.exit(3)'", "its process_command ended with 3"],
    ["node -e 'console.log(`hush-hush`)'", "its process_command did not print a JSON object"],
    ["node 'hush-hush", "its process_command has a quote that is not closed, or ends in a backslash"],
  ])("%s: %s", async (process_command, reason) => {
    home.profiles({ mode: "External", process_command });
    expect((await failure("work")).tried[0]).toBe(`~/.aliyun/config.json, profile work: ${reason}`);
  });

  test.each([
    ["a  b\tc", ["a", "b", "c"]],
    [`a 'b c' "d \\"e\\"" f\\ g`, ["a", "b c", 'd "e"', "f g"]],
    [`a '' ""`, ["a", "", ""]],
    [`'a'"b"c`, ["abc"]],
    ["", []],
  ])("its words are those of a shell: %s", (command, words) => {
    expect(splitCommand(command, false)).toEqual(words);
  });

  test("on Windows a backslash is a part of a path", () => {
    expect(splitCommand('"C:\\Program Files\\t.exe" C:\\x', true)).toEqual([
      "C:\\Program Files\\t.exe",
      "C:\\x",
    ]);
  });
});

describe("keys that are kept", () => {
  const MINUTE = 60_000;
  const at = { time: 0 };
  /** A source over sessions that end at these times, one after another; no time is none known, no number a failure. */
  const keeping = (...ends: (number | undefined | "fails")[]) => {
    let asked = 0;
    const source = kept(
      () => {
        const until = ends[asked++];
        if (until === "fails") return Promise.reject(new Error("down"));
        return Promise.resolve({ accessKeyId: `id-${asked}`, ...(until === undefined ? {} : { until }) });
      },
      () => at.time,
    );
    return async (time: number) => {
      at.time = time;
      return (await source.getCredentials()).accessKeyId;
    };
  };

  test("are renewed three minutes before their end", async () => {
    const idAt = keeping(10 * MINUTE, 20 * MINUTE);
    expect([await idAt(0), await idAt(7 * MINUTE - 1), await idAt(7 * MINUTE)]).toEqual([
      "id-1",
      "id-1",
      "id-2",
    ]);
  });

  test("are renewed after five minutes when nobody says when they end", async () => {
    const idAt = keeping(undefined, undefined);
    expect([await idAt(0), await idAt(5 * MINUTE - 1), await idAt(5 * MINUTE)]).toEqual([
      "id-1",
      "id-1",
      "id-2",
    ]);
  });

  test("hold until their end when they cannot be renewed, and no longer", async () => {
    const idAt = keeping(10 * MINUTE, "fails", "fails");
    expect([await idAt(0), await idAt(10 * MINUTE - 1)]).toEqual(["id-1", "id-1"]);
    await expect(idAt(10 * MINUTE)).rejects.toThrow("down");
  });
});
