import { appendFileSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as fc from "fast-check";
import * as path from "node:path";
import { run } from "../../lib/cli/program";
import type { WaitEvent } from "../../lib/protocol/event";
import { codeOfStatus, type ProblemCode } from "../../lib/protocol/problem";
import { bdrcTask, FakeTerminal, JumpingClock, type FakeTerminalOptions, type Ran } from "./fake-terminal";

const ID = "t-0004d9ctt1iiabcdefgh";
const BEGIN = Date.UTC(2026, 2, 30, 6, 3, 12);

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cli-watch-"));
  file = path.join(folder, "events.ndjson");
});

/** The part of an event that all have, at a second of a wait that began at the clock's start. */
const at = (second: number, taskId = ID): Pick<WaitEvent, "at" | "task_id" | "waited_seconds"> => ({
  at: new Date(BEGIN + second * 1000).toISOString(),
  task_id: taskId,
  waited_seconds: second,
});
const started = (taskId = ID): WaitEvent => ({
  ...at(0, taskId),
  type: "start",
  endpoint: "bdrc",
  timeout_seconds: 3600,
  wait: true,
});
const look = (second: number, progress: number, taskId = ID): WaitEvent => ({
  ...at(second, taskId),
  type: "look",
  look: second + 1,
  status: "RUNNING",
  progress,
  next_look_seconds: 10,
});
const fault = (second: number, kind: string): WaitEvent => ({
  ...at(second),
  type: "fault",
  look: second + 1,
  fault: kind,
  problem_code: kind === "refused" ? "REFUSED" : "OUTAGE",
  message: `HTTP 400 ${kind}`,
  next_look_seconds: null,
});
const ended = (
  second: number,
  status: string,
  problem = "",
  taskId = ID,
  code: ProblemCode = codeOfStatus(status),
): WaitEvent => ({
  ...at(second, taskId),
  type: "end",
  status,
  problem,
  problem_code: problem === "" ? "" : code,
  looks: 4,
});

const withoutCode = (event: WaitEvent): WaitEvent => ({ ...event, problem_code: undefined }) as never;

const lines = (...events: readonly WaitEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");

async function replay(events: readonly WaitEvent[], more: FakeTerminalOptions = {}): Promise<Ran> {
  writeFileSync(file, lines(...events));
  return bdrcTask(`watch ${file} --replay`, { folder, ...more });
}

/** Watches while events come, each batch once the clock has come to its second. */
async function follow(
  batches: Readonly<Record<number, string>>,
  flags = "",
  options: FakeTerminalOptions = {},
): Promise<Ran> {
  const clock = new JumpingClock(BEGIN);
  const left = Object.entries(batches).map(([second, text]) => ({ at: Number(second) * 1000, text }));
  clock.onJump = () => {
    while (left[0] && left[0].at <= clock.time) appendFileSync(file, left.shift()?.text ?? "");
  };
  return bdrcTask(`watch ${file} ${flags}`, { folder, clock, ...options });
}

describe("following", () => {
  test("begins with what is under way, goes on as it comes, and ends when all is over", async () => {
    writeFileSync(file, lines(started(), look(0, 0)));
    const { code, out, err } = await follow({
      2: lines(look(2, 1000), started("t-2")),
      4: lines(look(4, 2000), look(4, 100, "t-2")),
      6: lines(ended(6, "COMPLETE")),
      7: lines(ended(7, "COMPLETE", "", "t-2")),
    });
    expect(code).toBe(0);
    expect(out).toBe("");
    expect(err.split("\n")).toEqual([
      "Following events.ndjson.",
      `${ID} RUNNING 10 % · 2s`,
      expect.stringMatching(`^${ID} RUNNING 20 % · 4s`),
      "t-2 RUNNING 1 % · 4s",
      `${ID} COMPLETE · 6s`,
      "t-2 COMPLETE · 7s",
      "",
    ]);
  });

  test("waits for the next wait when those in the file have ended", async () => {
    writeFileSync(file, lines(started("t-old"), ended(0, "FAILED", "it failed", "t-old")));
    const { code, err } = await follow({ 3: lines(started(), look(3, 0)), 5: lines(ended(5, "COMPLETE")) });
    expect(code).toBe(0);
    expect(err).toContain(
      "No wait is under way in events.ndjson; waiting for the next one. (--replay shows what was.)",
    );
    expect(err).not.toContain("t-old");
  });

  test("waits for a file that is not there yet", async () => {
    const { code, err } = await follow({ 1: lines(started()), 2: lines(ended(2, "COMPLETE")) });
    expect(code).toBe(0);
    expect(err).toMatch(
      /^events\.ndjson does not exist yet, a waiter makes it; waiting for the next one\.\nFollowing events\.ndjson\.\n/,
    );
  });

  test("finds a relative name that comes in a stack's folder meanwhile, as Terraform runs there", async () => {
    const clock = new JumpingClock(BEGIN);
    const stack = path.join(folder, "cdktf.out", "stacks", "gate");
    clock.onJump = () => {
      if (clock.time < 3000) return;
      mkdirSync(stack, { recursive: true });
      writeFileSync(path.join(stack, "seen.log"), lines(started(), ended(3, "COMPLETE")));
    };
    const { code, err } = await bdrcTask("watch seen.log", { folder, clock });
    expect(code).toBe(0);
    expect(err).toContain("seen.log does not exist yet");
    expect(err).toContain(`Following ${path.join("cdktf.out", "stacks", "gate", "seen.log")}.`);
    expect(err).toContain("COMPLETE · 3s");
  });

  test("takes lines that come in pieces, and passes over what is no event", async () => {
    const whole = lines(ended(2, "COMPLETE"));
    const { code, err } = await follow({
      1: lines(started()) + 'no json\n{"type":"other"}\n[]\n' + whole.slice(0, 30),
      2: whole.slice(30),
    });
    expect(code).toBe(0);
    expect(err).toContain(`${ID} COMPLETE · 2s`);
  });

  test("goes on when the file is emptied and begins anew", async () => {
    writeFileSync(file, lines(started(), look(0, 0), look(1, 1000)));
    const clock = new JumpingClock(BEGIN);
    let emptied = false;
    clock.onJump = () => {
      if (!emptied && clock.time >= 1000) {
        emptied = true;
        writeFileSync(file, lines(ended(2, "COMPLETE")));
      }
    };
    const { code } = await bdrcTask(`watch ${file}`, { folder, clock });
    expect(code).toBe(0);
  });

  test("ends with 6 when a waiter gives no sign for a minute after its next look was due", async () => {
    writeFileSync(file, lines(started(), look(0, 0)));
    const { code, err } = await follow({});
    expect(code).toBe(6);
    expect(err).toContain(`The waiter of ${ID} gives no more sign of life.`);
  });

  test("follows a waiter that stands in a line for minutes, as long as it says so", async () => {
    writeFileSync(file, lines(started(), look(0, 0)));
    const queue = (second: number): WaitEvent => ({ ...at(second), type: "queue" });
    const { code, err } = await follow({
      40: lines(queue(40)),
      70: lines(queue(70)),
      100: lines(queue(100)),
      130: lines(queue(130)),
      140: lines(look(140, 9000)),
      150: lines(ended(150, "COMPLETE")),
    });
    expect(code).toBe(0);
    expect(err).not.toContain("no more sign of life");
  });

  test("--forever goes on after the end, until Ctrl-C", async () => {
    writeFileSync(file, lines(started(), look(0, 0)));
    const clock = new JumpingClock(BEGIN);
    const terminal = new FakeTerminal({ folder, clock });
    clock.onJump = () => {
      if (clock.time === 1000) appendFileSync(file, lines(ended(1, "COMPLETE")));
      if (clock.time >= 30_000) terminal.pressControlC();
    };
    expect(await run(["watch", file, "--forever"], terminal)).toBe(130);
    expect(terminal.err).toContain("COMPLETE · 1s");
  });

  test("shows bars on a terminal", async () => {
    writeFileSync(file, lines(started(), look(0, 0)));
    const { code, err } = await follow({ 1: lines(look(1, 5000)), 2: lines(ended(2, "COMPLETE")) }, "", {
      tty: true,
    });
    expect(code).toBe(0);
    expect(err).toContain(`${ID} ████████░░░░░░░░  50 % COMPLETE ended after 2s · 4 looks`);
  });

  test("--json prints the events that come, one line each", async () => {
    const { code, out, err } = await follow({ 1: lines(started(), ended(1, "COMPLETE")) }, "--json");
    expect(code).toBe(0);
    expect(err).toBe("");
    expect(out).toBe(lines(started(), ended(1, "COMPLETE")));
  });
});

describe("the exit code", () => {
  test.each<[number, string, readonly WaitEvent[]]>([
    [0, "a complete task", [ended(9, "COMPLETE")]],
    [1, "a complete task whose result cannot be used", [ended(9, "COMPLETE", "no result")]],
    [1, "a failed task", [ended(9, "FAILED", "failed")]],
    [1, "an expired task", [ended(9, "EXPIRED", "expired")]],
    [1, "a canceled task", [ended(9, "CANCELED", "canceled")]],
    [3, "a deadline", [ended(9, "RUNNING", "did not end")]],
    [4, "a missing task", [ended(9, "NOT_FOUND", "missing")]],
    [5, "a refusal", [fault(8, "refused"), ended(9, "UNREADABLE", "refused", ID, "NO_PERMISSION")]],
    [6, "an outage, of a version without codes", [withoutCode(ended(9, "UNREADABLE", "x"))]],
    [4, "a missing task, of such a version", [withoutCode(ended(9, "NOT_FOUND", "x"))]],
    [6, "an outage", [fault(8, "transient"), ended(9, "UNREADABLE", "no answer", ID, "OUTAGE")]],
    [6, "a waiter that was killed", [look(1, 0)]],
  ])("is %i for %s", async (code, _, events) => {
    expect((await replay([started(), ...events])).code).toBe(code);
  });

  test("is 0 for a waiter that was to look only once, and saw a task that runs", async () => {
    const once: WaitEvent = { ...at(0), type: "start", endpoint: "bdrc", timeout_seconds: 3600, wait: false };
    expect((await replay([once, ended(1, "RUNNING", "has not ended", ID, "NOT_ENDED")])).code).toBe(0);
  });

  test("is the highest of several waits", async () => {
    const other = [started("t-2"), ended(2, "NOT_FOUND", "missing", "t-2")];
    const { code, err } = await replay([started(), ended(1, "FAILED", "it failed"), ...other]);
    expect(code).toBe(4);
    expect(err).toContain("it failed\nmissing\n");
  });
});

describe("the file", () => {
  const events = lines(started(), ended(1, "COMPLETE"));
  const replayed = (line: string, environment: Record<string, string> = {}): Promise<Ran> =>
    bdrcTask(`watch ${line} --replay`, { folder, environment });
  const stack = (name: string): string => {
    const place = path.join(folder, "cdktf.out", "stacks", name);
    mkdirSync(place, { recursive: true });
    return place;
  };

  test("is the one that is named, from the current folder on", async () => {
    writeFileSync(path.join(folder, "mine"), events);
    expect((await replayed("mine")).code).toBe(0);
  });

  test("may be tampered with: what steers a terminal is not shown, and what makes no sense is skipped", async () => {
    const evil = {
      ...started(),
      task_id: "t\u001b[2J",
      type: "look",
      look: 1,
      status: "a\u009bb",
      progress: null,
      next_look_seconds: 1,
    };
    const odd = [1e308, -1, null, "5"].map((waited_seconds) => ({ ...evil, waited_seconds }));
    writeFileSync(path.join(folder, "mine"), lines(...([evil, ...odd] as never[]), ended(1, "COMPLETE", "")));
    const { code, out, err } = await replayed("mine");
    // One of the two waits has not ended.
    expect([code, out]).toEqual([6, ""]);
    expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    const json = await replayed("mine --json");
    expect(json.out).toMatch(/^[ -~\n]*$/);
    expect(json.out.trim().split("\n")).toHaveLength(2);
  });

  test("is looked for in the folders of stacks when its name is relative and nothing is here", async () => {
    writeFileSync(path.join(stack("gate"), "mine"), lines(started(), ended(1, "FAILED", "it failed")));
    expect((await replayed("mine")).err).toContain("it failed");
    writeFileSync(path.join(folder, "mine"), events);
    expect((await replayed("mine")).code).toBe(0);
  });

  test.each<[string, string, Record<string, string>]>([
    ["the argument", "absent.ndjson", {}],
    ["BDRC_TASK_EVENTS", "", { BDRC_TASK_EVENTS: "absent.ndjson" }],
  ])("that %s names and that does not exist cannot be replayed: 2", async (_, line, environment) => {
    const { code, out, err } = await replayed(`${line} --json`, environment);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(
      /^absent\.ndjson does not exist\.\n\n {2}Code: {6}BAD_INPUT\n {2}Looked at: [^]*\n {2}Next: {6}name a file/,
    );
  });

  test("that is elsewhere is called by its whole path, one below this folder by the way to it", async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), "elsewhere-"));
    const there = path.join(elsewhere, "events.ndjson");
    expect((await replayed(there)).err).toMatch(new RegExp(`^${there} does not exist\\.\n`));
    rmSync(elsewhere, { recursive: true });
    const below = path.join(folder, "events", "seen.ndjson");
    expect((await replayed(below)).err).toMatch(/^events\/seen\.ndjson does not exist\.\n/);
  });

  test("else the one that BDRC_TASK_EVENTS names", async () => {
    writeFileSync(file, events);
    expect((await replayed("", { BDRC_TASK_EVENTS: file })).err).toContain("COMPLETE");
  });

  test("is looked for in the folders of stacks when the variable is relative, as Terraform runs there", async () => {
    writeFileSync(path.join(stack("gate"), "seen.log"), events);
    expect((await replayed("", { BDRC_TASK_EVENTS: "seen.log" })).err).toContain("COMPLETE");
  });

  test("else the newest file of events here or in a stack's folder", async () => {
    writeFileSync(file, lines(started(), ended(1, "FAILED", "old")));
    utimesSync(file, 1, 1);
    writeFileSync(path.join(folder, "other.ndjson"), '{"no":"event"}\n');
    writeFileSync(path.join(stack("gate"), "wait.jsonl"), events);
    const { code, err } = await replayed("");
    expect(code).toBe(0);
    expect(err).not.toContain("old");
  });

  test("is asked for with 2 when there is nothing to replay", async () => {
    const { code, err } = await replayed("");
    expect(code).toBe(2);
    expect(err).toBe(
      "There is nothing to replay: no event was found in the waits of this user on this machine.\n\n" +
        "  Code: BAD_INPUT\n  Next: name a file or a folder that a waiter has written\n",
    );
  });

  test("that cannot be read ends it with 2", async () => {
    mkdirSync(path.join(stack("gate"), "mine", "below"), { recursive: true });
    const { code, err } = await replayed("mine");
    expect(code).toBe(2);
    expect(err).toContain(`${path.join(stack("gate"), "mine")} cannot be read (EISDIR).`);
  });
});

describe("the waits of this user", () => {
  const machine = () => ({ privateFolder: () => folder });
  const place = (name: string): string => path.join(folder, name);

  test("are found without a variable, those under a run as well, and each ends by itself", async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), "elsewhere-"));
    mkdirSync(place("1774850592000-run-abc"));
    writeFileSync(place("1774850592000-1.ndjson"), lines(started(), look(0, 0)));
    const clock = new JumpingClock(BEGIN);
    clock.onJump = () => {
      if (clock.time === 1000) {
        const run = path.join("1774850592000-run-abc", "1774850592001-2.ndjson");
        writeFileSync(place(run), lines(started("t-2"), look(0, 100, "t-2")));
        appendFileSync(place("1774850592000-1.ndjson"), lines(ended(1, "COMPLETE")));
      }
      if (clock.time === 3000)
        writeFileSync(place("1774850592003-3.ndjson"), lines(ended(3, "FAILED", "it failed", "t-2")));
    };
    const { code, err } = await bdrcTask("watch", { folder: elsewhere, clock, machine: machine() });
    expect(code).toBe(1);
    expect(err.split("\n")).toEqual([
      "Following the waits of this user on this machine.",
      "t-2 RUNNING 1 % · 0ms",
      `${ID} COMPLETE · 1s`,
      "t-2 FAILED · 3s",
      "it failed",
      "",
    ]);
  });

  test("are waited for when there is none", async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), "elsewhere-"));
    const clock = new JumpingClock(BEGIN);
    clock.onJump = () => {
      if (clock.time === 1000) writeFileSync(place("1.ndjson"), lines(started(), ended(1, "COMPLETE")));
    };
    const { code, err } = await bdrcTask("watch", { folder: elsewhere, clock, machine: machine() });
    expect(code).toBe(0);
    expect(err).toMatch(/^No wait is under way in the waits of this user on this machine; waiting/);
  });

  test("are not read from a folder that somebody else could write to: 2", async () => {
    const privateFolder = (): string => {
      throw new Error("/tmp/bdrc-task-1 is open to others");
    };
    const { code, err } = await bdrcTask("watch", { folder, machine: { privateFolder } });
    expect(code).toBe(2);
    expect(err).toMatch(
      /^The folder in which waiters and commands meet cannot be used: \/tmp\/bdrc-task-1 is open to others\.\n\n {2}Code: {5}BAD_INPUT\n {2}Expected: /,
    );
  });

  test("are where a folder that BDRC_TASK_EVENTS names says", async () => {
    writeFileSync(place("1.ndjson"), lines(started(), ended(1, "FAILED", "it failed")));
    writeFileSync(place("2.ndjson"), lines(started("t-2"), ended(2, "COMPLETE", "", "t-2")));
    const environment = { BDRC_TASK_EVENTS: folder };
    const { code, err } = await bdrcTask("watch --replay", { folder: "/nowhere", environment });
    expect(code).toBe(1);
    expect(err).toContain("t-2 COMPLETE · 2s");
  });
});

test("no value in a file of events is a defect of the command", async () => {
  const number = fc.constantFrom(1e308, -1, 1e15, -0.5, 2 ** 53, 0, 3.7, 86_400);
  const anything = fc.oneof(number, fc.jsonValue(), fc.constantFrom(null, true, "", "x", ID));
  const moment = fc.constantFrom("+275760-09-13T00:00:00.000Z", "-271821-04-20T00:00:00.000Z", at(3).at);
  const samples: readonly WaitEvent[] = [started(), look(1, 10), fault(2, "transient"), ended(9, "COMPLETE")];
  const event = fc
    .record({
      event: fc.constantFrom(...samples),
      key: fc.constantFrom(...new Set(samples.flatMap((sample) => Object.keys(sample)))),
      value: anything,
      when: fc.option(moment),
    })
    .map(({ event: sample, key, value, when }) => ({
      ...sample,
      [key]: value,
      ...(when === null ? {} : { at: when }),
    }));
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 6 }), fc.boolean(), async (events, json) => {
      writeFileSync(file, events.map((one) => `${JSON.stringify(one)}\n`).join(""));
      // A defect would be thrown.
      await bdrcTask(`watch ${file} --replay${json ? " --json" : ""}`, { folder });
    }),
    { numRuns: 300 },
  );
});

test("an event with a time that no wait has is none", async () => {
  const { code } = await replay([
    started(),
    look(1, 10),
    { ...look(2, 20), waited_seconds: 1e308 },
    ended(3, "COMPLETE"),
  ]);
  expect(code).toBe(0);
});
