import { Duration, type BdrcTaskProps } from "../../lib";
import { GOOD, synthStack } from "../support/synth";
import { BdrcTask } from "../../lib";

/** The text of the error that these props bring. */
function refusal(props: Record<string, unknown>): string {
  try {
    synthStack((scope) => void new BdrcTask(scope, "inventory", { ...GOOD, ...props }));
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("every wrong prop gets one text with path, value and what is allowed", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["an empty task id", { taskId: "" }, 'taskId "" cannot be used: it is empty.'],
    [
      "a task id that is missing",
      { taskId: undefined },
      "taskId is missing and cannot be used: it is not a text.",
    ],
    ["a masked task id", { taskId: "t-0004d9ctt1ii********" }, "it holds an asterisk"],
    ["a task id with a slash", { taskId: "t-1/../2" }, "it may hold only letters, digits, '-' and '_'"],
    ["a task id with a blank", { taskId: " t-1" }, "it may hold only letters, digits, '-' and '_'"],
    [
      "a task id that is far too long",
      { taskId: "t".repeat(129) },
      "it has 129 characters, at most 128 are possible",
    ],
    ["neither region nor endpoint", { regionId: undefined }, "Neither regionId nor endpoint is given."],
    ["both region and endpoint", { endpoint: "127.0.0.1" }, "Both regionId and endpoint are given."],
    ["an empty region", { regionId: "" }, 'regionId "" cannot be used: it is empty.'],
    ["a region in words", { regionId: "China (Shanghai)" }, "a region id is lower-case words joined by '-'"],
    [
      "plain http to another machine",
      { regionId: undefined, endpoint: "http://bdrc.example.com" },
      "plain http is only for a loopback address",
    ],
    [
      "an endpoint with a path",
      { regionId: undefined, endpoint: "https://bdrc.example.com/api" },
      "no user name, path or query",
    ],
    [
      "an endpoint with a user name",
      { regionId: undefined, endpoint: "https://me:secret@bdrc.example.com" },
      "no user name, path or query",
    ],
    [
      "an endpoint of another protocol",
      { regionId: undefined, endpoint: "ftp://bdrc.example.com" },
      "the protocol ftp is not https",
    ],
    ["a timeout of nothing", { timeout: Duration.seconds(0) }, "timeout is 0 seconds."],
    ["a timeout over a day", { timeout: Duration.hours(24.1) }, "timeout is 24.1 hours."],
    [
      "a timeout that is a number",
      { timeout: 3600 },
      "timeout is 3600.\n\n  Code:     BAD_CONFIGURATION\n  Expected: a Duration, since a number has no unit: Duration.seconds(3600)",
    ],
    ["an outage over a day", { maxOutage: Duration.hours(25) }, "maxOutage is 25 hours."],
    ["an empty profile", { profile: " " }, 'profile " " cannot be used: it is empty.'],
    ["an unknown placement", { waitAt: "later" }, 'waitAt is "later".'],
    [
      "a profile with a control character",
      { profile: "ci\n" },
      "begins or ends with a blank, or holds a control character",
    ],
    ["outputs that are neither wanted nor not", { outputs: "no" }, 'outputs is "no".'],
    ["outputs as a list", { outputs: ["status"] }, 'outputs is ["status"].'],
    ["no outputs by null", { outputs: null }, "outputs is null."],
    [
      "an output that there is not",
      { outputs: { counts: true } },
      "outputs names counts, which is no output.",
    ],
    ["an output that is neither wanted nor not", { outputs: { status: 1 } }, "outputs has status: 1."],
    ["a list of requirements", { require: [] }, "require is []."],
    ["no requirements at all", { require: null }, "require is null."],
    [
      "a start that is a word",
      { taskId: undefined, start: "UpdateResources" },
      "start is no task that can be started",
    ],
    [
      "a start of an unknown operation",
      { taskId: undefined, start: { action: "DeleteAll", form: {} } },
      'start is no task that can be started: the action "DeleteAll" is none of',
    ],
    ["a prefix that names no output", { outputPrefix: "a b" }, 'Outputs cannot be named after "a b".'],
  ])("%s", (_, props, text) => {
    const message = refusal(props);
    expect(message).toMatch(/^\[gate\/inventory\] /);
    expect(message).toContain(text);
    expect(message).toMatch(/\n\n {2}Code: +BAD_CONFIGURATION\n {2}Expected: \S/);
  });
});

test("a query with a secret-looking key cannot be expressed, and its value is not repeated", () => {
  const message = refusal({ accessKeySecret: "hunter2hunter2" });
  expect(message).toContain("There is no property accessKeySecret.");
  expect(message).toContain("keys and secrets come from the environment only");
  expect(message).not.toContain("hunter2");
  // @ts-expect-error The compiler says the same.
  const props: BdrcTaskProps = { ...GOOD, accessKeySecret: "x" };
  expect(props).toBeDefined();
});

test("a password in an endpoint is not repeated", () => {
  const message = refusal({ regionId: undefined, endpoint: "https://ak:topsecret@bdrc.example.com" });
  expect(message).toContain('endpoint "(hidden)@bdrc.example.com" cannot be used');
  expect(message).not.toContain("topsecret");
});

test("without properties the text says which are needed", () => {
  const build = () => synthStack((scope) => void new BdrcTask(scope, "inventory", undefined as never));
  expect(build).toThrow(
    /^\[gate\/inventory\] There are no properties\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Expected: an object with taskId/,
  );
});

test("a region in which BDRC is not documented brings a warning, since its name may be misspelt", () => {
  const warnings = (regionId: string): unknown[] => {
    let task: BdrcTask | undefined;
    synthStack((scope) => (task = new BdrcTask(scope, "inventory", { taskId: "t-1", regionId })));
    return task?.node.metadata.map(({ data }) => data as unknown) ?? [];
  };
  expect(warnings("cn-shanghai")).toEqual([]);
  expect(warnings("cn-shangai")).toEqual([
    expect.stringContaining("not documented in the region cn-shangai"),
  ]);
});

describe("a duration", () => {
  test.each([
    [Duration.seconds(90), 90],
    [Duration.minutes(1.5), 90],
    [Duration.hours(2), 7200],
    [Duration.seconds(0.0004), 0],
  ])("%s is %p seconds", (duration, seconds) => expect(duration.toSeconds()).toBe(seconds));

  test.each([-1, NaN, Infinity])("of %p is refused", (amount) => {
    expect(() => Duration.minutes(amount)).toThrow(`Duration.minutes(${amount}) is not possible`);
  });
});
