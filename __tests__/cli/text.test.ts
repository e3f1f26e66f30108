import type { ProblemCode } from "../../lib/protocol/problem";
import { EXIT, exitOfProblem, worstExit } from "../../lib/cli/exit-code";
import { table, withFacts } from "../../lib/cli/text";
import { printable, printableJson, printableLines } from "../../lib/waiter/printable";
import { dateText, readDuration, relativeText, shortDuration } from "../../lib/cli/time";

describe("durations", () => {
  test.each([
    ["90s", 90_000],
    ["10m", 600_000],
    ["1.5h", 5_400_000],
    ["2 hours", 7_200_000],
    ["1d", 86_400_000],
  ])("%s is %i ms", (text, expected) => {
    expect(readDuration(text, "--timeout", 86_400_000)).toBe(expected);
  });

  test.each(["90", "", "soon", "-5s", "0s", "999ms", "25h", "1y", "5 parsecs", "1e3s"])(
    "%j is refused",
    (text) => {
      expect(() => readDuration(text, "--timeout", 86_400_000)).toThrow("which is not a length of time");
    },
  );

  test.each([
    [0, "0s"],
    [499, "0s"],
    [1500, "2s"],
    [190_000, "3m 10s"],
    [90_061_000, "1d 1h"],
    [-5, "0s"],
  ])("%i ms are said as %s", (milliseconds, expected) => {
    expect(shortDuration(milliseconds)).toBe(expected);
  });
});

describe("dates", () => {
  const seconds = Date.UTC(2026, 2, 30, 6, 3, 12) / 1000;

  test("are of the zone that TZ names", () => {
    expect(dateText(seconds, "Asia/Shanghai")).toBe("2026-03-30 14:03:12 GMT+8");
    expect(dateText(seconds, "UTC")).toMatch(/^2026-03-30 06:03:12 (GMT|UTC)/);
  });

  test("are of this machine's zone when TZ names none that is known, and a nonsense moment is shown as it is", () => {
    expect(dateText(seconds, "Nowhere/Atlantis")).toMatch(/^2026-03-\d\d \d\d:03:12 /);
    expect(dateText(9e15, undefined)).toBe("9000000000000000");
  });

  test("are said against now", () => {
    expect(relativeText(seconds, (seconds - 90) * 1000)).toBe("in 1m 30s");
    expect(relativeText(seconds, (seconds + 90) * 1000)).toBe("1m 30s ago");
  });
});

describe("texts", () => {
  test("of others are put on one line, without what steers a terminal", () => {
    expect(printable("a\u001b[31mb\u001b[0m\r\nc\u202ed\u0007")).toBe("ab c d");
  });

  test("hold facts whose values stand below each other", () => {
    expect(withFacts("What.", [["A", "1"], ["Long", "2"]])).toBe("What.\n\n  A:    1\n  Long: 2"); // prettier-ignore
  });

  test("in tables line up by what is seen, wide characters included", () => {
    expect(table([{ head: "NAME" }, { head: "N", align: "right" }], [["库存", "1"], ["ab", "22"]])).toBe(
      "NAME   N\n库存   1\nab    22",
    ); // prettier-ignore
  });
});

describe("exit codes", () => {
  test.each<[number, (ProblemCode | "")[]]>([
    [EXIT.ok, ["", "NOT_ENDED"]],
    [EXIT.failed, ["TASK_FAILED", "TASK_EXPIRED", "TASK_CANCELED", "BAD_RESULT"]],
    [EXIT.usage, ["BAD_INPUT"]],
    [EXIT.deadline, ["DEADLINE"]],
    [EXIT.notFound, ["NOT_FOUND", "GONE"]],
    [EXIT.refused, ["NO_CREDENTIALS", "BAD_CREDENTIALS", "NO_PERMISSION", "CLOCK", "CERTIFICATE", "REFUSED"]],
    [EXIT.noAnswer, ["OUTAGE", "UNKNOWN_HOST", "OTHER_TASK", "BAD_ANSWER", "START_UNCLEAR"]],
  ])("are told by the problem: %i for %j", (exit, codes) => {
    expect(codes.map(exitOfProblem)).toEqual(codes.map(() => exit));
  });

  test("of several are the highest", () => {
    expect(worstExit([])).toBe(0);
    expect(worstExit([0, 3, 1])).toBe(3);
  });
});

test.each([
  ["an Arabic letter mark", "\u061c"],
  ["a space without width", "\u200b"],
  ["a joiner", "\u200d"],
  ["a byte-order mark", "\ufeff"],
  ["a soft hyphen", "\u00ad"],
  ["a tag", "\u{e0041}"],
  ["an override of the direction", "\u202e"],
  ["DEL", "\u007f"],
  ["a control of the second kind", "\u009b"],
  ["half a character", "\ud800"],
])("%s is kept off a terminal, and stands as an escape in JSON", (_, sign) => {
  expect(printable(`a${sign}b`)).toBe("a b");
  expect(printableLines(`  a${sign}b\n  c`)).toBe("  a b\n  c");
  const json = printableJson(JSON.stringify({ text: `a${sign}b` }));
  expect(json).toMatch(/^[ -~]*$/);
  expect(JSON.parse(json)).toEqual({ text: `a${sign}b` });
});
