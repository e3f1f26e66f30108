import { QUERY_KEYS } from "../../lib/protocol/query";
import * as fc from "fast-check";
import { QueryError, readQuery } from "../../lib/waiter/read-query";

const ID = "t-0004d9ctt1iiabcdefgh";
const good = { task_id: ID, region_id: "cn-shanghai" };

/** The whole text that a query gets. */
function refusal(query: unknown): string {
  try {
    readQuery(typeof query === "string" ? query : JSON.stringify(query));
  } catch (error) {
    if (error instanceof QueryError) return error.message;
    throw error;
  }
  throw new Error("the query was accepted");
}

describe("a query that is right", () => {
  test("it needs an id and a place, and has defaults for the rest", () => {
    expect(readQuery(JSON.stringify(good))).toEqual({
      taskId: ID,
      endpoint: { protocol: "https", host: "bdrc.cn-shanghai.aliyuncs.com" },
      wait: true,
      timeoutSeconds: 3600,
      maxOutageSeconds: 300,
      remembered: false,
      profile: undefined,
    });
  });

  test("every key is taken", () => {
    const query = {
      task_id: ID,
      endpoint: "http://127.0.0.1:8080",
      wait: "false",
      timeout_seconds: "86400",
      max_outage_seconds: "0.5",
      remembered: "true",
      profile: "a profile",
    };
    expect(readQuery(JSON.stringify(query))).toEqual({
      taskId: ID,
      endpoint: { protocol: "http", host: "127.0.0.1:8080" },
      wait: false,
      timeoutSeconds: 86_400,
      maxOutageSeconds: 0.5,
      remembered: true,
      profile: "a profile",
    });
  });
});

describe("what is no query", () => {
  test.each([
    [
      "",
      'The waiter got no query.\n\n  Expected: one JSON object of strings on stdin\n  Example:  {"task_id":"t-0004d9ctt1iiabcdefgh","region_id":"cn-shanghai"}',
    ],
    ["{", "The waiter's query is not JSON.\n\n  Expected: one JSON object of strings on stdin"],
    ["[]", "The waiter's query is a list.\n\n  Expected: one JSON object of strings on stdin"],
    ["null", "The waiter's query is null.\n\n  Expected: one JSON object of strings on stdin"],
    ['"x"', "The waiter's query is a string.\n\n  Expected: one JSON object of strings on stdin"],
    ["7", "The waiter's query is a number.\n\n  Expected: one JSON object of strings on stdin"],
  ])("%p is told in full", (text, message) => expect(refusal(text)).toBe(message));
});

describe("what is wrong in a query", () => {
  test.each([
    [{ region_id: "cn-shanghai" }, "task_id", undefined, "the id of the task is required"],
    [{ ...good, task_id: "" }, "task_id", '""', "it is empty; an id looks like t-0004d9ctt1iiabcdefgh"],
    [{ task_id: ID }, "region_id", undefined, "region_id or endpoint is required"],
    [{ ...good, endpoint: "x.org" }, "endpoint", '"x.org"', "give region_id or endpoint, not both"],
    [
      { task_id: ID, region_id: "Shanghai" },
      "region_id",
      '"Shanghai"',
      "a region id is lower-case words joined by '-', such as cn-shanghai",
    ],
    [
      { task_id: ID, endpoint: "http://x.org" },
      "endpoint",
      '"http://x.org"',
      "plain http is only for a loopback address such as 127.0.0.1; expected host[:port] or https://host[:port]",
    ],
    [{ ...good, wait: "yes" }, "wait", '"yes"', "true or false is allowed"],
    [{ ...good, remembered: "" }, "remembered", '""', "true or false is allowed"],
    [{ ...good, wait: true }, "wait", "true", "every value is a string"],
    [{ ...good, timeout_seconds: 5 }, "timeout_seconds", "5", "every value is a string"],
    [{ ...good, timeout_seconds: ["5"] }, "timeout_seconds", "a list", "every value is a string"],
    [{ ...good, timeout_seconds: null }, "timeout_seconds", "null", "every value is a string"],
    ...["0", "-1", "86401", "1e3", "", " 5", "5s", "0.0001", "Infinity", "NaN", "0x10", "٣"].map(
      (value) =>
        [
          { ...good, timeout_seconds: value },
          "timeout_seconds",
          JSON.stringify(value),
          "a number of seconds over 0 and up to 86400 is allowed",
        ] as const,
    ),
    [
      { ...good, max_outage_seconds: "x" },
      "max_outage_seconds",
      '"x"',
      "a number of seconds over 0 and up to 86400 is allowed",
    ],
    ...["", " a", "a ", "a\tb", "x".repeat(129)].map(
      (value) =>
        [
          { ...good, profile: value },
          "profile",
          undefined,
          "a profile name of 1 to 128 characters is allowed",
        ] as const,
    ),
  ] as const)("%j", (query, key, value, rule) => {
    const text = refusal(query);
    expect(text.split("\n")[0]).toBe(`The waiter's query is wrong in ${key}.`);
    if (value !== undefined) expect(text).toContain(`\n  Value:    ${value}\n`);
    expect(text.split("\n").at(-1)).toBe(`  Expected: ${rule}`);
  });

  test("an unknown key is named, and its value is not shown, since it may be a secret", () => {
    expect(refusal({ ...good, access_key_secret: "hush-hush" })).toBe(
      "The waiter's query is wrong in access_key_secret.\n\n" +
        `  Expected: this key is not known; the keys are ${QUERY_KEYS.join(", ")}`,
    );
    expect(refusal('{"__proto__":"x"}')).toContain("wrong in __proto__.");
  });

  test("a password in an endpoint is not shown", () => {
    const text = refusal({ task_id: ID, endpoint: "https://someone:hush@bdrc.example.org" });
    expect(text).not.toMatch(/someone|hush/);
    expect(text).toContain('  Value:    "(hidden)@bdrc.example.org"');
  });

  test("a value nested too deeply for JSON.stringify is refused like any other", () => {
    const text = `{"task_id":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(refusal(text)).toContain("  Value:    a list\n  Expected: every value is a string");
  });
});

test("any text is a query or gets a text of whole lines without control characters", () => {
  const key = fc.oneof(
    fc.constantFrom("task_id", "region_id", "endpoint", "wait", "profile"),
    fc.string({ unit: "binary" }),
  );
  const anyText = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(key, fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue())).map((v) => JSON.stringify(v)),
  );
  fc.assert(
    fc.property(anyText, (text) => {
      try {
        readQuery(text);
      } catch (error) {
        expect(error).toBeInstanceOf(QueryError);
        const [first = "", blank, ...lines] = (error as Error).message.split("\n");
        expect(first).toMatch(/^The waiter.*\.$/);
        expect(blank).toBe("");
        for (const line of lines) expect(line).toMatch(/^ {2}[A-Z]\w+: +\S/);
        expect((error as Error).message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
      }
    }),
  );
});
