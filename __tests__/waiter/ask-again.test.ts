import { during, Elsewhere, failure, find, Home, pauses } from "./credential-home";
import { answerAll, KEYS, METADATA, MODES, writeMode } from "./credential-modes";

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

describe("a source is asked again before its failure is believed", () => {
  /** Answers with these first, then as before. */
  const first = (host: string, ...answers: (readonly [number, unknown] | string)[]): void => {
    const then = elsewhere.hosts.get(host);
    elsewhere.hosts.set(host, (asked) => answers.shift() ?? then?.(asked) ?? "ECONNREFUSED");
  };

  test.each([
    ["RamRoleArn", "sts.aliyuncs.com"],
    ["OIDC", "sts.aliyuncs.com"],
    ["CredentialsURI", "uri.test"],
    ["CloudSSO", "sso.test"],
    ["OAuth", "oauth.aliyun.com"],
  ])("%s: a busy service, then a lost connection", async (mode, host) => {
    writeMode(home, mode);
    first(host, [503, "busy"], "ECONNRESET");
    expect(await find("work")).toMatchObject({ accessKeyId: MODES[mode]?.[1] });
    expect(pauses).toEqual([200, 800]);
  });

  test("a command that fails when another one runs", async () => {
    const lock = home.write("lock", "");
    home.profiles({
      mode: "External",
      process_command: `node -e 'const fs=require("fs"),[f,t]=process.argv.slice(1);if(fs.existsSync(f)){fs.unlinkSync(f);process.exit(1)}process.stdout.write(t)' '${lock}' '${JSON.stringify(KEYS)}'`,
    });
    expect(await find("work")).toMatchObject({ accessKeyId: "base-id" });
    expect(pauses).toEqual([200]);
  });

  test("a file that another program is writing", async () => {
    home.write(home.cli, '{"current":"work","profi');
    during.pause = () => home.profiles({ mode: "AK", ...KEYS });
    expect(await find("work")).toMatchObject({ accessKeyId: "base-id" });
    expect(pauses).toEqual([200]);
  });

  test("what only its owner can mend is believed at once", async () => {
    for (const profile of [
      { mode: "AK" },
      { mode: "hush" },
      { mode: "External", process_command: "/no/such" },
    ]) {
      home.profiles(profile);
      await failure("work");
      expect(pauses).toEqual([]);
    }
  });

  test("an instance that nothing names is a guess, so that a machine elsewhere loses no time", async () => {
    elsewhere.hosts.delete(METADATA);
    expect((await failure()).tried.at(-2)).toBe("ECS instance metadata: could not be reached (ECONNREFUSED)");
    expect(pauses).toEqual([]);
    process.env["ALICLOUD_ECS_ROLE_NAME"] = "my-role";
    await failure();
    expect(pauses).toEqual([200, 800]);
  });

  test("what never passes ends with its reason, and quotes no answer", async () => {
    writeMode(home, "CredentialsURI");
    elsewhere.hosts.set("uri.test", () => [500, "hush-hush"]);
    expect((await failure("work")).tried[0]).toBe(
      "~/.aliyun/config.json, profile work: the service answered with HTTP 500",
    );
    expect(pauses).toEqual([200, 800]);
  });
});
