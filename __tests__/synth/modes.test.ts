import { Testing, TerraformStack, Token } from "cdktf";
import { BdrcTask, Duration, ExposedFailure, FailureMode, type BdrcTaskProps, WaitAt } from "../../lib";
import { GOOD, only, synthStack, type SynthesizedStack, task } from "../support/synth";

function refusal(props: Record<string, unknown>): string {
  try {
    synthStack((scope) => void new BdrcTask(scope, "inventory", { ...GOOD, ...props }));
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

const synth = (props: Partial<BdrcTaskProps>): SynthesizedStack =>
  synthStack((scope) => void task(scope, props));

/** The block of a part of the gate, such as `snapshot`. */
function part(stack: SynthesizedStack, name: string): Record<string, unknown> {
  const all = { ...stack.resource?.["terraform_data"], ...stack.data?.["external"] };
  const found = Object.entries(all).filter(([key]) => key.startsWith(`inventory_${name}_`));
  return only(Object.fromEntries(found));
}

const parts = (stack: SynthesizedStack): string[] =>
  Object.keys({ ...stack.resource?.["terraform_data"], ...stack.data?.["external"] })
    .map((key) => /^inventory_([a-z]+)_/.exec(key)?.[1] ?? key)
    .sort();

describe("modes that do not exist, or do not go together, get one text with the path", () => {
  test.each<[string, Record<string, unknown>, string, RegExp]>([
    [
      "an unknown placement",
      { waitAt: "later" },
      'waitAt is "later".',
      /Expected: WaitAt\.PLAN or WaitAt\.APPLY/,
    ],
    [
      "an unknown failure mode",
      { onFailure: "ignore" },
      'onFailure is "ignore".',
      /Expected: FailureMode\.FAIL or FailureMode\.EXPOSE/,
    ],
    ["remember that is no boolean", { remember: "no" }, 'remember is "no".', /Expected: true or false/],
    [
      "an apply that remembers nothing",
      { waitAt: WaitAt.APPLY, remember: false },
      "remember: false does not go with WaitAt.APPLY.",
      /Reason: .*\n {2}Next: /,
    ],
    [
      "exposed failures without EXPOSE",
      { exposeAlso: [ExposedFailure.DEADLINE] },
      "exposeAlso names DEADLINE, but onFailure is not FailureMode.EXPOSE.",
      /Next: /,
    ],
    [
      "an unknown exposed failure",
      { onFailure: FailureMode.EXPOSE, exposeAlso: ["FAILED"] },
      'exposeAlso is "FAILED".',
      /Expected: ExposedFailure\.NOT_FOUND or ExposedFailure\.UNREADABLE or ExposedFailure\.DEADLINE/,
    ],
    [
      "exposed failures that are no list",
      { onFailure: FailureMode.EXPOSE, exposeAlso: { deadline: true } },
      'exposeAlso is {"deadline":true}.',
      /Expected: /,
    ],
  ])("%s", (_, props, text, more) => {
    const message = refusal(props);
    expect(message).toMatch(/^\[gate\/inventory\] /);
    expect(message).toContain(text);
    expect(message).toMatch(more);
  });
});

describe("each placement has its parts", () => {
  test("at plan: a stamp, a read that waits, a snapshot", () => {
    const stack = synth({});
    expect(parts(stack)).toEqual(["read", "snapshot", "stamp"]);
    expect(part(stack, "read")["query"]).not.toHaveProperty("wait");
  });

  test("at plan without memory: no stamp, and nothing is kept", () => {
    const stack = synth({ remember: false });
    expect(parts(stack)).toEqual(["read", "snapshot"]);
    expect(part(stack, "read")["query"]).not.toHaveProperty("remembered");
    expect(part(stack, "snapshot")["lifecycle"]).not.toHaveProperty("ignore_changes");
  });

  test("at apply: a peek, a wait that runs the waiter by node, a read after it, a snapshot", () => {
    const stack = synth({ waitAt: WaitAt.APPLY });
    expect(parts(stack)).toEqual(["peek", "read", "snapshot", "stamp", "wait"]);
    for (const name of ["peek", "read"]) expect(part(stack, name)["query"]).toMatchObject({ wait: "false" });
    const [{ "local-exec": run }] = part(stack, "wait")["provisioner"] as [
      { "local-exec": Record<string, unknown> },
    ];
    expect(run).toMatchObject({
      interpreter: ["node"],
      command: expect.stringMatching(
        /^\$\{path\.module\}\/assets\/bdrc-task-waiter\/[0-9A-F]{32}\/waiter\.cjs$/,
      ) as string,
      environment: {
        BDRC_TASK_LABEL: "inventory",
        BDRC_TASK_ACCEPT: "",
        BDRC_TASK_QUERY: expect.stringMatching(/^\$\{jsonencode\(local\.inventory_query_\w+\)\}$/) as string,
      },
    });
    expect(Object.values(stack.locals ?? {})).toContainEqual({
      task_id: GOOD.taskId,
      region_id: "cn-shanghai",
      timeout_seconds: "3600",
      max_outage_seconds: "300",
    });
  });
});

describe("what opens the gate stands in its conditions", () => {
  const condition = (props: Partial<BdrcTaskProps>): string => {
    const lifecycle = part(synth(props), "snapshot")["lifecycle"] as {
      postcondition: { condition: string }[];
    };
    return lifecycle.postcondition[0]?.condition ?? "";
  };

  test("success alone, by default", () => {
    expect(condition({})).toBe('${lookup(self.input, "problem", "?") == ""}');
  });

  test("every end of a task, when failures are exposed", () => {
    expect(condition({ onFailure: FailureMode.EXPOSE })).toBe(
      '${lookup(self.input, "problem", "?") == "" || ' +
        'contains(["COMPLETE", "FAILED", "EXPIRED", "CANCELED"], lookup(self.input, "status", "?"))}',
    );
  });

  test("what is named besides", () => {
    const named = (failure: ExposedFailure): string =>
      condition({ onFailure: FailureMode.EXPOSE, exposeAlso: [failure] });
    expect(named(ExposedFailure.NOT_FOUND)).toContain('"CANCELED", "NOT_FOUND"]');
    expect(named(ExposedFailure.UNREADABLE)).toContain('"CANCELED", "UNREADABLE"]');
    expect(named(ExposedFailure.DEADLINE)).toMatch(/ \|\| !contains\(\["COMPLETE", .*"UNREADABLE", "\?"\], /);
  });

  test("and the wait at apply ends well with the same", () => {
    const stack = synth({
      waitAt: WaitAt.APPLY,
      onFailure: FailureMode.EXPOSE,
      exposeAlso: [ExposedFailure.DEADLINE, ExposedFailure.NOT_FOUND],
    });
    const [{ "local-exec": run }] = part(stack, "wait")["provisioner"] as [
      { "local-exec": { environment: Record<string, string> } },
    ];
    expect(run.environment["BDRC_TASK_ACCEPT"]).toBe("COMPLETE,FAILED,EXPIRED,CANCELED,NOT_FOUND,DEADLINE");
  });
});

test("a deadline that is exposed is waited for once: later plans only look", () => {
  const exposed = {
    onFailure: FailureMode.EXPOSE,
    exposeAlso: [ExposedFailure.DEADLINE],
    timeout: Duration.minutes(1),
  };
  expect(part(synth(exposed), "read")["query"]).toMatchObject({
    wait: expect.stringMatching(/^\$\{tostring\(local\.inventory_remembered_\w+ == "false"\)\}$/) as string,
  });
});

describe("a task that BDRC does not know", () => {
  const refuses = (props: Partial<BdrcTaskProps>): boolean =>
    "postcondition" in (part(synth({ waitAt: WaitAt.APPLY, ...props }), "wait")["lifecycle"] as object);

  test("is refused at plan when its id is known at synth, so that a wrong id does not wait for the apply", () => {
    expect(refuses({})).toBe(true);
  });

  test("is given time to appear during the wait when its id is a token, since it may just have been started", () => {
    expect(refuses({ taskId: Token.asString({ id: 1 }) })).toBe(false);
  });

  test("is not refused when that is exposed", () => {
    expect(refuses({ onFailure: FailureMode.EXPOSE, exposeAlso: [ExposedFailure.NOT_FOUND] })).toBe(false);
  });
});

test("a result that is bad at apply closes the gate before the snapshot of the task before is touched", () => {
  const stack = synth({ waitAt: WaitAt.APPLY, require: { total: { min: 1 } } });
  const { postcondition } = part(stack, "read")["lifecycle"] as { postcondition: { condition: string }[] };
  expect(postcondition).toHaveLength(2);
  for (const { condition } of postcondition)
    expect(condition).toMatch(/ \|\| local\.inventory_earlier_\w+\}$/);
  expect(part(stack, "snapshot")["lifecycle"]).toMatchObject({ create_before_destroy: true });
  expect(part(stack, "snapshot")["lifecycle"]).not.toHaveProperty("precondition");
});

test("a query that holds quotes is made by Terraform, since cdktf does not escape them in a call", () => {
  const app = Testing.app();
  const stack = new TerraformStack(app, "gate");
  task(stack, { waitAt: WaitAt.APPLY, profile: 'my "own"' });
  const text = Testing.synth(stack, true);
  expect(Object.values((JSON.parse(text) as SynthesizedStack).locals ?? {})).toContainEqual(
    expect.objectContaining({ profile: 'my "own"' }),
  );
  expect(text).not.toMatch(/jsonencode\(\{/);
});
