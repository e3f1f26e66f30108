import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { scenarioOfFlags, throttledLooks } from "../../lib/cli/fake-scenario";
import { run } from "../../lib/cli/program";
import { callLine } from "../../lib/cli/commands/fake";
import { scenarioSchema } from "../../lib/testing";
import { systemClock } from "../../lib/waiter/clock";
import { bdrcTask, FakeTerminal, JumpingClock } from "./fake-terminal";

const folder = mkdtempSync(path.join(tmpdir(), "cli-fake-"));

/** Runs `fake`, does something while it runs, and presses Ctrl-C. */
async function whileItRuns(
  flags: string,
  act: (environment: Record<string, string>, terminal: FakeTerminal) => Promise<void>,
): Promise<FakeTerminal> {
  const terminal = new FakeTerminal({ clock: systemClock, folder });
  const running = run(["fake", ...flags.split(" ").filter((word) => word !== "")], terminal);
  while (terminal.out === "") await new Promise((resolve) => setTimeout(resolve, 5));
  try {
    await act(environmentOf(terminal), terminal);
  } finally {
    terminal.pressControlC();
    expect(await running).toBe(0);
  }
  return terminal;
}

function environmentOf(terminal: FakeTerminal): Record<string, string> {
  if (terminal.out.startsWith("{")) return terminal.json["environment"] as Record<string, string>;
  const lines = terminal.out.trimEnd().split("\n");
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", value = ""] = /^export (\w+)=(.*)$/.exec(line) ?? [];
      return [name, value === "''" ? "" : value];
    }),
  );
}

describe("what it prints", () => {
  test("is the environment to export, as lines that a shell reads", async () => {
    await whileItRuns("", (environment, { out, err }) => {
      expect(Object.keys(environment)).toEqual([
        "BDRC_ENDPOINT",
        "BDRC_TASK_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALIBABA_CLOUD_SECURITY_TOKEN",
      ]);
      expect(out).toMatch(
        /^export BDRC_ENDPOINT=http:\/\/127\.0\.0\.1:\d+\nexport BDRC_TASK_ID=t-0000rehearsal0000000\n/,
      );
      expect(err).toContain("with t-0000rehearsal0000000. Ctrl-C ends it.");
      return Promise.resolve();
    });
  });

  test("makes the other commands work, and each call is told of", async () => {
    const terminal = await whileItRuns(
      "--seconds 0 --count ACS::OSS::Bucket=7",
      async (environment, { err }) => {
        const { code, out } = await bdrcTask("show t-0000rehearsal0000000", {
          environment,
          clock: systemClock,
        });
        expect(code).toBe(0);
        expect(out).toContain("ACS::OSS::Bucket      7");
        expect(err).not.toContain("DescribeTask");
        await new Promise((resolve) => setTimeout(resolve, 250));
      },
    );
    expect(terminal.err).toMatch(/\n +\d\.\ds {2}DescribeTask t-0000rehearsal0000000 look 1: 200\n/);
  });

  test("is one object with --json, and nothing else", async () => {
    const { err } = await whileItRuns("--json", (environment, { json }) => {
      expect(json).toEqual({
        endpoint: environment["BDRC_ENDPOINT"],
        environment,
        task_ids: ["t-0000rehearsal0000000"],
      });
      return Promise.resolve();
    });
    expect(err).toBe("");
  });

  test("says nothing of calls with --quiet", async () => {
    const { err } = await whileItRuns("--quiet", async (environment) => {
      await bdrcTask("list", { environment, clock: systemClock });
      await new Promise((resolve) => setTimeout(resolve, 250));
    });
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  test("names an unknown call by its path, and says which fault was met", () => {
    const base = {
      at: 61_234,
      taskId: undefined,
      look: undefined,
      accessKeyId: undefined,
      userAgent: undefined,
    };
    const call = { ...base, operation: undefined, method: "GET", path: "/x\u001b[2J", headers: {} };
    expect(callLine({ ...call, status: undefined, code: undefined, fault: "hang" })).toBe(
      "  61.2s  GET /x: no answer (hang)",
    );
    expect(callLine({ ...call, status: 404, code: "InvalidApi.NotFound", fault: undefined })).toBe(
      "  61.2s  GET /x: 404 (InvalidApi.NotFound)",
    );
  });
});

describe("the end of the process that started it", () => {
  /** Runs it for a while during which its parent ends, and says how it ended. */
  async function orphaned(environment: Record<string, string>, firstParent: number): Promise<string> {
    const clock = new JumpingClock();
    const parentId = (): number => (clock.time < 1000 ? firstParent : 1);
    const terminal = new FakeTerminal({ folder, clock, environment, machine: { parentId } });
    let end = "ended by itself";
    clock.onJump = () => {
      if (clock.time < 60_000) return;
      end = "ran on";
      terminal.pressControlC();
    };
    expect(await run(["fake"], terminal)).toBe(0);
    return end;
  }

  test.each(["npx", "rehearse"])("ends it when that was the runner of %s", async (script) => {
    expect(await orphaned({ npm_lifecycle_event: script }, 4711)).toBe("ended by itself");
  });

  test("does not end it when that was a shell: a step of a build may end before the service", async () => {
    expect(await orphaned({}, 4711)).toBe("ran on");
  });

  test("is not seen where process 1 started it, as in a container", async () => {
    expect(await orphaned({ npm_lifecycle_event: "npx" }, 1)).toBe("ran on");
  });
});

describe("the task of the flags", () => {
  const flags = { taskId: "t-1", seconds: 60, ends: "FAILED", progress: "steps", throttle: 0 };

  test("does what they say, and so does a task that is started", () => {
    expect(scenarioOfFlags({ ...flags, count: { "ACS::OSS::Bucket": 2 } })).toEqual({
      tasks: {
        "t-1": {
          startsAtFirstLook: true,
          seconds: 60,
          ends: "FAILED",
          progress: "steps",
          counts: { "ACS::OSS::Bucket": 2 },
        },
      },
      newTask: expect.objectContaining({ ends: "FAILED", startsAtFirstLook: false }),
    });
  });

  test.each([
    [0, []],
    [0.2, [5, 10, 15]],
    [0.1, [10]],
    [0.5, [2, 4, 6, 8, 10, 12, 14]],
    [1, Array.from({ length: 15 }, (_, index) => index + 1)],
  ])("is throttled evenly for a share of %d", (share, looks) => {
    expect(throttledLooks(share).filter((look) => look <= 15)).toEqual(looks);
  });

  test.each([
    ["--task-id t-mine", "t-mine", {}],
    ["--ends canceled", "t-0000rehearsal0000000", { status: "RUNNING" }],
    ["--seconds 0 --ends canceled", "t-0000rehearsal0000000", { status: "CANCELED" }],
    ["--progress full", "t-0000rehearsal0000000", { progress: 10_000 }],
  ])("%s is heard", async (line, id, expected) => {
    await whileItRuns(line, async (environment) => {
      const { terminal } = await bdrcTask(`show ${id} --json`, { environment, clock: systemClock });
      expect(terminal.json).toMatchObject({ task_id: id, ...expected });
    });
  });

  test("a misspelt end is refused with 2 and the list of those that there are", async () => {
    const { code, err } = await bdrcTask("fake --ends completed");
    expect(code).toBe(2);
    expect(err).toContain('--ends is "COMPLETED", which is no status that ends a task.');
    expect(err).toContain("Expected: COMPLETE, FAILED, EXPIRED, CANCELED, NEVER\n");
    expect(err).toContain("add --undocumented");
  });

  test("--undocumented lets it end as any word, and what a wait makes of it is said", async () => {
    await whileItRuns("--seconds 0 --ends done --undocumented", async (environment, { err }) => {
      const { terminal } = await bdrcTask("show t-0000rehearsal0000000 --json", { environment });
      expect(terminal.json).toMatchObject({ status: "DONE" });
      expect(err).toContain("t-0000rehearsal0000000 ends as DONE, which BDRC does not document: a wait");
    });
  });

  test("--throttle 1 throttles every look", async () => {
    await whileItRuns("--throttle 1", async (environment) => {
      const { code } = await bdrcTask("show t-0000rehearsal0000000", { environment });
      expect(code).toBe(6);
    });
  });
});

describe("a scenario file", () => {
  const file = (name: string, content: unknown): string => {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(path.join(folder, name), text);
    return name;
  };

  test("is played, and may name its schema", async () => {
    const name = file("good.json", {
      $schema: "x",
      accessKeyId: "Key'Id",
      tasks: { "t-a": { ends: "EXPIRED" }, "t-b": {} },
    });
    await whileItRuns(`--scenario ${name}`, async (environment, { out, err }) => {
      expect(environment["BDRC_TASK_ID"]).toBe("t-a");
      expect(out).toContain("export ALIBABA_CLOUD_ACCESS_KEY_ID='Key'\\''Id'\n");
      expect(err).toContain("with t-a, t-b.");
      const shown = await bdrcTask("show t-a --json", {
        environment: { ...environment, ALIBABA_CLOUD_ACCESS_KEY_ID: "Key'Id" },
        clock: systemClock,
      });
      expect(shown.terminal.json["status"]).toBe("EXPIRED");
    });
  });

  test("without tasks exports no task id", async () => {
    await whileItRuns(`--scenario ${file("none.json", {})}`, (environment, { err }) => {
      expect(environment).not.toHaveProperty("BDRC_TASK_ID");
      expect(err).toContain("with no tasks.");
      return Promise.resolve();
    });
  });

  test.each([
    ["absent.json", undefined, "The scenario absent.json cannot be read (ENOENT)."],
    ["text.json", "{ not json", "The scenario text.json is not JSON."],
    ["list.json", [], "The scenario list.json cannot be played."],
    [
      "wrong.json",
      { tasks: { t: { seconds: "5" } } },
      'tasks.t.seconds is "5"; expected a number of seconds',
    ],
  ])("%s is refused with 2", async (name, content, text) => {
    if (content !== undefined) file(name, content);
    const { code, err } = await bdrcTask(`fake --scenario ${name}`, { folder });
    expect(code).toBe(2);
    expect(err).toContain(text);
    expect(err).toContain("bdrc-task fake --schema prints the JSON schema of a scenario");
  });
});

describe("the schema of a scenario", () => {
  test("is printed by --schema", async () => {
    const { code, terminal } = await bdrcTask("fake --schema");
    expect(code).toBe(0);
    expect(terminal.json).toEqual(scenarioSchema());
  });

  test("in docs is the one that holds: bdrc-task fake --schema > docs/scenario.schema.json renews it", () => {
    const text = readFileSync(path.join(__dirname, "..", "..", "docs", "scenario.schema.json"), "utf8");
    expect(JSON.parse(text)).toEqual(scenarioSchema());
  });
});

test("a port that is taken ends it with 2", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const { code, err } = await bdrcTask(`fake --port ${port}`);
  server.close();
  expect(code).toBe(2);
  expect(err).toContain(`Port ${port} cannot be listened on (EADDRINUSE).`);
});

test.each([
  ["fake --port 70000", "Allowed: a whole number, 0 to 65535."],
  ["fake --seconds -1", "Allowed: 0 to 86400 seconds."],
  ["fake --throttle 20%", "Allowed: 0 to 1."],
  ["fake --progress fast", "Allowed choices are linear, slow-start, steps"],
  ["fake --count 3", "Expected a type and a whole number, such as ACS::OSS::Bucket=3."],
  ["fake --task-id a/b", '"a/b" is no task id'],
  ["fake --scenario a.json --seconds 3", "cannot be used with option '--seconds <number>'"],
])("%s is wrong and ends with 2", async (line, text) => {
  const { code, err } = await bdrcTask(line);
  expect(code).toBe(2);
  expect(err).toContain(text);
});
