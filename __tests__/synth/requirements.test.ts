import { TerraformVariable } from "cdktf";
import { requirementConditions } from "../../lib/graph/requirements";
import { synthStack, task } from "../support/synth";

function refusal(require: unknown): string {
  try {
    synthStack((scope) => void task(scope, { require: require as Record<string, { min: number }> }));
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

const BUCKET = "ACS::OSS::Bucket";

describe("an impossible requirement gets one text with the path, the value and what is allowed", () => {
  test.each<[string, unknown, string]>([
    [
      "a type that is none",
      { "OSS buckets": { min: 1 } },
      'require names "OSS buckets", which is no resource type.',
    ],
    ["an empty type", { "": { min: 1 } }, 'require names "", which is no resource type.'],
    ["a type of one word", { Total: { min: 1 } }, 'require names "Total", which is no resource type.'],
    ["min over max", { [BUCKET]: { min: 5, max: 4 } }, `require of ${BUCKET} has min 5 over max 4.`],
    ["a count below 0", { [BUCKET]: { min: -1 } }, `require of ${BUCKET} has min: -1.`],
    ["half a resource", { total: { max: 0.5 } }, "require of total has max: 0.5."],
    ["a count that is a text", { total: { exact: "3" } }, 'require of total has exact: "3".'],
    ["a count that is nothing", { total: { min: undefined } }, "require of total has min: nothing."],
    ["a word that is none", { [BUCKET]: { atLeast: 1 } }, `require of ${BUCKET} has atLeast: 1.`],
    ["exact and more", { [BUCKET]: { exact: 1, max: 2 } }, `require of ${BUCKET} has exact and more.`],
    ["nothing at all", { [BUCKET]: {} }, `require of ${BUCKET} asks for nothing.`],
    ["a number instead of a range", { [BUCKET]: 3 }, `require of ${BUCKET} asks for nothing.`],
  ])("%s", (_, require, text) => {
    const message = refusal(require);
    expect(message).toMatch(/^\[gate\/inventory\] /);
    expect(message).toContain(text);
    expect(message).toMatch(/\n\n {2}Code: +BAD_CONFIGURATION\n {2}Expected: \S/);
  });

  test("a token, which is known only to the plan, is called one", () => {
    let message = "";
    synthStack((scope) => {
      const min = new TerraformVariable(scope, "least", { type: "number" }).numberValue;
      try {
        task(scope, { require: { total: { min } } });
      } catch (error) {
        message = (error as Error).message;
      }
    });
    expect(message).toContain("require of total has min: a token.");
  });
});

describe("a requirement", () => {
  const conditionsOf = (require: Parameters<typeof requirementConditions>[1]) => {
    let found: ReturnType<ReturnType<typeof requirementConditions>> = [];
    synthStack((scope) => void (found = requirementConditions(scope, require)("self.input")));
    return found;
  };

  test("is one condition for each bound, so that the text names the one that is not met", () => {
    const all = conditionsOf({ [BUCKET]: { min: 1, max: 9 }, total: { exact: 4 } });
    expect(all.map(({ errorMessage }) => /Wanted: +(.*)/.exec(errorMessage)?.[1])).toEqual([
      "at least 1",
      "at most 9",
      "exactly 4",
    ]);
  });

  test("counts a type that is absent as 0, and the total as a number", () => {
    const [first, second] = conditionsOf({ [BUCKET]: { min: 1 }, total: { max: 9 } });
    expect(first?.condition).toBe(
      'lookup(self.input, "problem", "?") != "" || try(lookup(jsondecode(self.input.resource_counts), "ACS::OSS::Bucket", 0) >= 1, false)',
    );
    expect(second?.condition).toMatch(/ \|\| try\(tonumber\(self\.input\.total_count\) <= 9, false\)$/);
  });

  test("says what was wanted, what was found, and where it stands", () => {
    const [first] = conditionsOf({ [BUCKET]: { min: 1 } });
    expect(first?.errorMessage).toBe(
      "The result does not meet what is required of ACS::OSS::Bucket.\n\n" +
        "  Code:   REQUIREMENT\n  Wanted: at least 1\n" +
        '  Found:  ${try(lookup(jsondecode(self.input.resource_counts), "ACS::OSS::Bucket", 0), "nothing")}\n' +
        "  Next:   see `require` of gate",
    );
  });

  test("of 0 is one as well", () => {
    expect(conditionsOf({ total: { exact: 0 } })).toHaveLength(1);
    expect(conditionsOf({ total: { max: 0 } })[0]?.condition).toContain("<= 0");
  });
});
