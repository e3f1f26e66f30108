import { QUERY_KEYS } from "../../lib/protocol/query";
import * as fc from "fast-check";
import { QueryError } from "../../lib/waiter/query-error";
import { readQuery } from "../../lib/waiter/read-query";

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
      'The waiter got no query.\n\n  Code:     BAD_INPUT\n  Expected: one JSON object of strings on stdin\n  Example:  {"task_id":"t-0004d9ctt1iiabcdefgh","region_id":"cn-shanghai"}',
    ],
    [
      "{",
      "The waiter's query is not JSON.\n\n  Code:     BAD_INPUT\n  Expected: one JSON object of strings on stdin",
    ],
    [
      "[]",
      "The waiter's query is a list.\n\n  Code:     BAD_INPUT\n  Expected: one JSON object of strings on stdin",
    ],
    [
      "null",
      "The waiter's query is null.\n\n  Code:     BAD_INPUT\n  Expected: one JSON object of strings on stdin",
    ],
    [
      '"x"',
      "The waiter's query is a string.\n\n  Code:     BAD_INPUT\n  Expected: one JSON object of strings on stdin",
    ],
    [
      "7",
      "The waiter's query is a number.\n\n  Code:     BAD_INPUT\n  Expected: one JSON object of strings on stdin",
    ],
  ])("%p is told in full", (text, message) => expect(refusal(text)).toBe(message));
});

describe("what is wrong in a query", () => {
  test.each([
    [
      { task_id: ID, region_id: "Shanghai" },
      "region_id",
      '"Shanghai"',
      "lower-case words joined by '-', such as cn-shanghai",
    ],
    [{ ...good, wait: "yes" }, "wait", '"yes"', "true or false"],
    [{ ...good, remembered: "" }, "remembered", '""', "true or false"],
    [{ ...good, wait: true }, "wait", "true", "every value is a string"],
    [{ ...good, timeout_seconds: 5 }, "timeout_seconds", "5", "every value is a string"],
    [{ ...good, timeout_seconds: ["5"] }, "timeout_seconds", "a list", "every value is a string"],
    ...["0", "-1", "86401", "1e3", "", " 5", "5s", "0.0001", "Infinity", "NaN", "0x10", "٣"].map(
      (value) =>
        [
          { ...good, timeout_seconds: value },
          "timeout_seconds",
          JSON.stringify(value),
          "a number of seconds over 0 and up to 86400",
        ] as const,
    ),
    [
      { ...good, max_outage_seconds: "x" },
      "max_outage_seconds",
      '"x"',
      "a number of seconds over 0 and up to 86400",
    ],
    ...["", "0", "11", "005", "5.0001", "1e1", "-1"].map(
      (value) =>
        [
          { task_ids: '["t-1"]', region_id: "cn-shanghai", looks_per_second: value },
          "looks_per_second",
          JSON.stringify(value),
          "a number over 0 and up to 10",
        ] as const,
    ),
    ...["", " a", "a ", "a\tb", "x".repeat(129)].map(
      (value) =>
        [
          { ...good, profile: value },
          "profile",
          undefined,
          "a profile name of 1 to 128 characters, without control characters and spaces at its ends",
        ] as const,
    ),
  ] as const)("%j", (query, key, value, rule) => {
    const text = refusal(query);
    expect(text.split("\n")[0]).toBe(`The waiter's query is wrong in ${key}.`);
    if (value !== undefined) expect(text).toContain(`\n  Value:    ${value}\n`);
    expect(text.split("\n").at(-1)).toBe(`  Expected: ${rule}`);
    expect(text).not.toContain("Problem:");
  });

  test.each([
    [{}, "task_id", "it is missing", "the id of a task, or else task_ids, start or find"],
    [{ ...good, task_id: "" }, "task_id", "it is empty", "an id such as t-0004d9ctt1iiabcdefgh"],
    [
      { ...good, task_id: "t-00******" },
      "task_id",
      "it holds an asterisk, as the masked samples of the documentation do",
      "an id such as t-0004d9ctt1iiabcdefgh",
    ],
    [{ ...good, looks_per_second: "5" }, "looks_per_second", "it goes with task_ids only", "not set"],
    [
      { task_ids: '["t-1","t-1"]', region_id: "cn-shanghai" },
      "task_ids",
      "t-1 stands in it twice",
      "a JSON list of 1 to 200 different task ids",
    ],
    [
      { ...good, task_ids: '["t-1"]' },
      "task_ids",
      "task_id is given, too",
      "only one of task_id, task_ids, start and find",
    ],
    [
      { start: '{"action":"DeleteAll","form":{},"triggers":{}}', receipt: "r" },
      "start",
      'the action "DeleteAll" is none of UpdateResources, CheckRules, PrecheckResourceCount, UpdateCrossAccounts',
      "one of UpdateResources, CheckRules, PrecheckResourceCount, UpdateCrossAccounts, with its own parameters",
    ],
    [
      { start: '{"action":"UpdateResources","form":{},"triggers":{}}' },
      "receipt",
      "it is missing, and start needs it",
      "a name of 1 to 200 letters, digits, '_' and '-'",
    ],
    [{ task_id: ID }, "region_id", "it is missing, and so is endpoint", "either region_id or endpoint"],
    [{ ...good, endpoint: "x.org" }, "endpoint", "region_id is given, too", "either region_id or endpoint"],
    [
      { task_id: ID, endpoint: "http://x.org" },
      "endpoint",
      "plain http is only for a loopback address such as 127.0.0.1",
      "host[:port] or https://host[:port]",
    ],
  ])("what is wrong is no expectation, and has a line of its own: %j", (query, key, problem, expected) => {
    const lines = refusal(query).split("\n");
    expect(lines[0]).toBe(`The waiter's query is wrong in ${key}.`);
    expect(lines.slice(-2)).toEqual([`  Problem:  ${problem}`, `  Expected: ${expected}`]);
  });

  test("a problem that quotes what was given can neither break the layout nor grow without end", () => {
    const action = `a\n\u2028${"b".repeat(999)}`;
    const start = JSON.stringify({ action, form: {}, triggers: {} });
    const lines = refusal({ start, receipt: "r" }).split("\n");
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line.length).toBeLessThan(330);
  });

  test("an unknown key is named, and its value is not shown, since it may be a secret", () => {
    expect(refusal({ ...good, access_key_secret: "hush-hush" })).toBe(
      "The waiter's query is wrong in access_key_secret.\n\n  Code:     BAD_INPUT\n" +
        `  Problem:  this key is not known\n  Expected: one of ${QUERY_KEYS.join(", ")}`,
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
