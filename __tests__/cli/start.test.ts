import { PacedClient } from "../../lib/cli/connection";
import type { FakeBdrc, FakeBdrcOptions } from "../../lib/testing";
import { bdrcTask, rehearsal, type Ran } from "./fake-terminal";

const COUNTS = { "ACS::OSS::Bucket": 3, "ACS::ECS::Instance": 12 };
const ANY_ID = /^t-[0-9a-z]{20}$/;

let service: FakeBdrc | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function start(line: string, options: FakeBdrcOptions = {}): Promise<Ran> {
  await service?.close();
  const made = await rehearsal({ newTask: { seconds: 30, counts: COUNTS }, ...options });
  service = made.service;
  return bdrcTask(`start ${line}`, made.terminal);
}

describe("each kind", () => {
  test.each([
    ["update-resources", "UpdateResources"],
    ["update-resources --resource-type ACS::OSS::Bucket", "UpdateResources"],
    ["check-rules --resource-arn acs:ecs:cn-hangzhou:1:instance/i-1", "CheckRules"],
    ["check-rules --resource-arn acs:ecs:cn-hangzhou:1:instance/i-1 --rule-id r-1", "CheckRules"],
    ["precheck-count --tag env=prod", "PrecheckResourceCount"],
    ["precheck-count --tag a=b --tag c!=d --tag e --resource-type ACS::OSS::Bucket", "PrecheckResourceCount"],
  ])("%s calls %s and says which task it started", async (line, operation) => {
    const { code, out } = await start(line);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Started task t-[0-9a-z]{20} with ${operation}\\.\n$`));
    expect(service?.calls.map((call) => call.operation)).toEqual([operation]);
  });

  test("--resource-type narrows what is counted", async () => {
    const { out } = await start("update-resources --resource-type ACS::OSS::Bucket --wait");
    expect(out).toBe("RESOURCE TYPE     COUNT\nACS::OSS::Bucket      3\nTotal                 3\n");
  });
});

describe("what is printed", () => {
  test("--quiet prints the id alone, for a pipeline", async () => {
    const { code, out, err } = await start("update-resources --quiet");
    expect(code).toBe(0);
    expect(out.trimEnd()).toMatch(ANY_ID);
    expect(err).toBe("");
  });

  test("--json prints an object with the id", async () => {
    const { terminal } = await start("update-resources --json");
    expect(terminal.json).toEqual({ task_id: expect.stringMatching(ANY_ID) });
  });

  test("--wait goes on into wait, with its table and its exit code", async () => {
    const { code, out, err } = await start("update-resources --wait");
    expect(code).toBe(0);
    expect(err).toMatch(/^Started task t-\w{20} with UpdateResources\.\n/);
    expect(err).toContain("COMPLETE");
    expect(out).toContain("Total                  15");
    const failed = await start("update-resources --wait", { newTask: { ends: "FAILED" } });
    expect(failed.code).toBe(1);
  });

  test("--wait --json prints what wait prints", async () => {
    const { terminal } = await start("update-resources --wait --json");
    expect(terminal.json).toMatchObject({ tasks: [{ status: "COMPLETE", total_count: 15 }] });
  });

  test("--wait --quiet prints the id alone and has the exit code of the wait", async () => {
    const { code, out } = await start("update-resources --wait --quiet", { newTask: { ends: "CANCELED" } });
    expect(code).toBe(1);
    expect(out.trimEnd()).toMatch(ANY_ID);
  });

  test("--timeout bounds the wait", async () => {
    const { code } = await start("update-resources --wait --timeout 5s");
    expect(code).toBe(3);
  });

  test("--max-outage bounds it, too", async () => {
    const { code } = await start("update-resources --wait --max-outage 5s", {
      newTask: { seconds: 600, faults: [{ kind: "reset" }] },
    });
    expect(code).toBe(6);
  });
});

describe("a start that fails", () => {
  test("is made again when it was throttled, since then nothing was started", async () => {
    const { code } = await start("update-resources", {
      outages: [{ toSeconds: 2, fault: { kind: "throttle", retryAfterMs: 500 } }],
    });
    expect(code).toBe(0);
  });

  test.each(["cut", "reset", "internal-error"] as const)(
    "is not made again after %s, and the text says that it is unclear",
    async (kind) => {
      const { code, err } = await start("update-resources", { outages: [{ fault: { kind } }] });
      expect(code).toBe(6);
      expect(service?.calls).toHaveLength(1);
      expect(err).toContain("the task may have been started all the same: look with bdrc-task list");
    },
  );

  test("for want of a permission ends with 5 and names it", async () => {
    const { code, err } = await start("update-resources", { outages: [{ fault: { kind: "forbidden" } }] });
    expect(code).toBe(5);
    expect(err).toContain("UpdateResources started no task: HTTP 403 Forbidden.RAM.");
    expect(err).toContain("grant bdrc:UpdateResources on *");
  });

  test("for a wrong parameter ends with 5 and shows what the API says", async () => {
    const { code, err } = await start("check-rules --resource-arn i-1");
    expect(code).toBe(5);
    expect(err).toContain('The parameter ResourceArn is "i-1"');
    expect(err).toContain("correct what the message names");
  });

  test("with what BDRC does not know ends with 4", async () => {
    const { code } = await start("update-resources", { outages: [{ fault: { kind: "not-found" } }] });
    expect(code).toBe(4);
  });

  test("without a task id in the answer ends with 6", async () => {
    const { code, err } = await start("update-resources", { outages: [{ fault: { kind: "no-data" } }] });
    expect(code).toBe(6);
    expect(err).toContain("UpdateResources was answered without a task id.");
  });

  test("for want of credentials ends with 5 and says how to give them", async () => {
    const { code, err } = await bdrcTask(
      "start update-resources --profile nobody --endpoint http://127.0.0.1:9",
    );
    expect(code).toBe(5);
    expect(err).toContain("UpdateResources started no task: there is no profile nobody.");
    expect(err).toContain("name a profile that there is, or make it");
  });
});

describe("a change of accounts", () => {
  /** What was sent, with the JSON texts in it read. */
  async function form(line: string): Promise<object> {
    const call = jest.spyOn(PacedClient.prototype, "call");
    await start(line);
    const [operation] = call.mock.calls[0] ?? [];
    call.mockRestore();
    const sent = Object.entries(operation?.form ?? {});
    return Object.fromEntries(sent.map(([name, text]) => [name, JSON.parse(String(text)) as unknown]));
  }

  test("is asked for with PATCH, and names each account with its type", async () => {
    const sent = await form("update-cross-accounts --create 1 --create 2:FOLDER --delete 3");
    expect(service?.calls).toMatchObject([
      { operation: "UpdateCrossAccounts", method: "PATCH", status: 200 },
    ]);
    expect(sent).toEqual({
      CreateTargets: [
        { TargetId: "1", TargetType: "ACCOUNT" },
        { TargetId: "2", TargetType: "FOLDER" },
      ],
      DeleteTargets: [{ TargetId: "3", TargetType: "ACCOUNT" }],
    });
  });

  test("prints the id of its task", async () => {
    const { code, out } = await start("update-cross-accounts --create 1");
    expect(code).toBe(0);
    expect(out).toMatch(/^Started task t-\w{20} with UpdateCrossAccounts\.\n$/);
  });

  test("leaves out the list that is not given", async () => {
    expect(await form("update-cross-accounts --delete 3")).toEqual({
      DeleteTargets: [{ TargetId: "3", TargetType: "ACCOUNT" }],
    });
  });

  test("is waited for to its end, although nobody says what it gives: no table, and 0", async () => {
    const { code, out, err } = await start("update-cross-accounts --create 1 --wait");
    expect([code, out]).toEqual([0, ""]);
    expect(err).toContain("COMPLETE");
    const failed = await start("update-cross-accounts --create 1 --wait", { newTask: { ends: "FAILED" } });
    expect(failed.code).toBe(1);
  });

  test("says first that it changes the organisation", async () => {
    const { out } = await bdrcTask("start update-cross-accounts --help");
    expect(out).toMatch(/\n\nCHANGES THE ORGANISATION: /);
  });

  test("that names no account is none: 2, and nothing is asked", async () => {
    const { code, err } = await start("update-cross-accounts");
    expect(code).toBe(2);
    expect(err).toBe(
      "No account is named, so nothing would change.\n\n  Code:     BAD_INPUT\n" +
        "  Expected: --create or --delete, each with the id of an account\n",
    );
    expect(service?.calls).toEqual([]);
  });
});

test.each([
  ["start update-cross-accounts --create 1:2:3", "Expected the id of an account, or id:type."],
  ["start update-cross-accounts --delete :FOLDER", "Expected the id of an account, or id:type."],
  ["start", "Usage: bdrc-task start"],
  ["start nothing", "unknown command 'nothing'"],
  ["start check-rules", "required option '--resource-arn <arn>' not specified"],
  ["start precheck-count", "required option '--tag <matcher>' not specified"],
  ["start precheck-count --tag =x", "Expected key=value, key!=value or key."],
  ["start precheck-count --tag a!b", "Expected key=value, key!=value or key."],
  ["start update-resources --quiet --json", "--json and --quiet contradict each other."],
  ["start update-resources --timeout soon", '--timeout is "soon"'],
])("%s is wrong and ends with 2", async (line, text) => {
  const { code, out, err } = await bdrcTask(line);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toContain(text);
});
