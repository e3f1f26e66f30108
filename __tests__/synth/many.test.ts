import { DataResource, TerraformOutput, Token } from "cdktf";
import { BdrcTasks, type BdrcTasksProps, WaitAt } from "../../lib";
import { only, synthStack, type SynthesizedStack } from "../support/synth";

const GOOD: BdrcTasksProps = { taskIds: ["t-1", "t-2"], regionId: "cn-shanghai" };
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `t-${index}`);

function refusal(props: Record<string, unknown>): string {
  try {
    synthStack((scope) => void new BdrcTasks(scope, "all", { ...GOOD, ...props }));
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

const queryOf = (stack: SynthesizedStack): Record<string, string> =>
  only(stack.data?.["external"])["query"] as Record<string, string>;

describe("a list that cannot be waited for gets one text with the path, why, and what is allowed", () => {
  test.each<[string, unknown, string]>([
    ["an empty list", [], "taskIds cannot be used: it is empty."],
    ["no list", "t-1", "taskIds cannot be used: it is not a list."],
    ["a list that is missing", undefined, "taskIds cannot be used: it is not a list."],
    ["more than 200 ids", numbered(201), "taskIds cannot be used: it has 201 ids, at most 200 are possible."],
    [
      "an id that stands in it twice",
      ["t-1", "t-2", "t-1"],
      "taskIds cannot be used: t-1 stands in it twice.",
    ],
    ["an id that cannot be one", ["t-1", "a b"], 'taskIds cannot be used: entry 1 ("a b") cannot be an id:'],
    [
      "an id that is no text",
      ["t-1", 7],
      "taskIds cannot be used: entry 1 (7) cannot be an id: it is not a text.",
    ],
  ])("%s", (_, taskIds, text) => {
    const message = refusal({ taskIds });
    expect(message).toMatch(/^\[gate\/all\] /);
    expect(message).toContain(text);
    expect(message).toMatch(
      /\n\n {2}Code: +BAD_CONFIGURATION\n {2}Expected: a list of 1 to 200 different ids/,
    );
  });

  test.each([0, -1, 11, NaN, "5"])("looksPerSecond of %p is refused", (looksPerSecond) => {
    expect(refusal({ looksPerSecond })).toMatch(
      /looksPerSecond is .*\n\n {2}Code: +BAD_CONFIGURATION\n {2}Expected: a number over 0 and up to 10/,
    );
  });

  test("the props of a single task are not those of many", () => {
    expect(refusal({ taskId: "t-1" })).toContain("There is no property taskId.");
  });
});

describe("the ids", () => {
  test("200 of them are one read, and the list is what makes a new wait, in whatever order", () => {
    const taskIds = numbered(200);
    const stack = synthStack((scope) => void new BdrcTasks(scope, "all", { ...GOOD, taskIds }));
    expect(JSON.parse(queryOf(stack)["task_ids"] ?? "")).toEqual(taskIds);
    for (const data of Object.values(stack.resource?.["terraform_data"] ?? {})) {
      expect(data["triggers_replace"]).toEqual([[...taskIds].sort()]);
    }
  });

  test("may be a token, as a list or one by one; what is known of them is checked", () => {
    const withSource = (taskIds: (source: DataResource) => string[]) =>
      synthStack((scope) => {
        const source = new DataResource(scope, "source", { input: {} });
        new BdrcTasks(scope, "all", { ...GOOD, taskIds: taskIds(source) });
      });
    const list = withSource((source) => Token.asList(source.output.lookup("ids")));
    expect(queryOf(list)["task_ids"]).toMatch(/^\$\{jsonencode\(terraform_data\.source\.output/);
    const mixed = withSource((source) => ["t-1", source.output.lookup("id") as string]);
    expect(queryOf(mixed)["task_ids"]).toMatch(/^\$\{jsonencode\(\["t-1", terraform_data\.source\.output/);
    expect(() => withSource((source) => ["t-1", source.output.lookup("id") as string, "t-1"])).toThrow(
      "t-1 stands in it twice",
    );
  });
});

describe("the result of one of them", () => {
  const taskOf = (taskId: string, props: Partial<BdrcTasksProps> = {}) =>
    synthStack((scope) => {
      const all = new BdrcTasks(scope, "all", { ...GOOD, ...props });
      const value = all.task(taskId).count("ACS::OSS::Bucket");
      new TerraformOutput(scope, "buckets", { value, staticId: true });
    });

  test("is read from the one snapshot of all, typed as that of a single task", () => {
    expect(taskOf("t-2").output?.["buckets"]?.value).toMatch(
      /^\$\{lookup\(local\.all_value_\w+\.tasks\["t-2"\]\.resource_counts, "ACS::OSS::Bucket", 0\)\}$/,
    );
  });

  test("can be asked for twice", () => {
    expect(() =>
      synthStack((scope) => {
        const all = new BdrcTasks(scope, "all", GOOD);
        expect(all.task("t-1")).toBe(all.task("t-1"));
      }),
    ).not.toThrow();
  });

  test("of a task whose id is the name of a part of the gate is its own", () => {
    for (const id of ["read", "snapshot", "value"]) expect(() => taskOf(id, { taskIds: [id] })).not.toThrow();
  });

  test("of a task that is none of them is refused, as far as synth knows them", () => {
    expect(() => taskOf("t-3")).toThrow(
      /"t-3" is none of the tasks\.\n\n {2}Code: +BAD_CONFIGURATION\n {2}Expected: t-1, t-2/,
    );
    expect(() => taskOf("a b", { taskIds: Token.asList({ ids: 1 }) })).toThrow('"a b" is none of the tasks.');
    expect(() => taskOf("t-3", { taskIds: Token.asList({ ids: 1 }) })).not.toThrow();
  });
});

test("many tasks cannot wait for one of themselves", () => {
  expect(() =>
    synthStack((scope) => {
      const all = new BdrcTasks(scope, "all", GOOD);
      all.gate(all.task("t-1") as unknown as DataResource);
    }),
  ).toThrow(/cannot wait for a task that is part of it/);
});

test("the gate of many asks each of them", () => {
  const stack = synthStack((scope) => void new BdrcTasks(scope, "all", { ...GOOD, waitAt: WaitAt.APPLY }));
  const snapshot = Object.entries(stack.resource?.["terraform_data"] ?? {}).find(([key]) =>
    key.includes("snapshot"),
  );
  expect(snapshot?.[1]["lifecycle"]).toMatchObject({
    postcondition: [
      {
        condition:
          '${try(jsonencode(distinct([for task in values(jsondecode(lookup(self.input, "tasks", "?"))) : lookup(task, "problem", "?") == ""])) == "[true]", false)}',
      },
    ],
  });
});
