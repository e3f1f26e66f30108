import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { WaitAt } from "../../lib";
import { document } from "./gate-behaviour/document";
import type { Row } from "./gate-behaviour/row";
import { DONE } from "./gate-behaviour/scene";
import { type Scenario, SECTIONS } from "./gate-behaviour/sections";
import { anotherRepository, READ_ELSEWHERE, stackBehindAGate } from "./gate-behaviour/stacks";

const PAGE = path.resolve(__dirname, "../../docs/gate-behaviour.md");
/** So many Terraforms at once; most of the time they wait. */
const AT_ONCE = 5;

let played: readonly (readonly (readonly Row[])[])[] = [];
let elsewhere: Awaited<ReturnType<typeof anotherRepository>>;
beforeAll(async () => {
  const queue = new Queue(AT_ONCE);
  const others = queue.run(anotherRepository);
  const scenarios = SECTIONS.map(({ scenarios }) =>
    Promise.all(scenarios.map((scenario) => queue.run(scenario.play))),
  );
  played = await Promise.all(scenarios);
  elsewhere = await others;
}, 600_000);

/** All rows of a section, with their placements. */
function rowsOf(title: string): { row: Row; waitAt: WaitAt }[] {
  const section = SECTIONS.findIndex((candidate) => candidate.title === title);
  const rowsAt = ({ waitAt }: Scenario, index: number) =>
    (played[section]?.[index] ?? []).map((row) => ({ row, waitAt }));
  return SECTIONS[section]?.scenarios.flatMap(rowsAt) ?? [];
}

/** All rows of the page, with their sections and placements. */
const all = () => SECTIONS.flatMap(({ title }) => rowsOf(title).map((found) => ({ ...found, title })));

const rowsWhere = (title: string, what: string | RegExp): Row[] => {
  const found = rowsOf(title)
    .map(({ row }) => row)
    .filter((row) => (typeof what === "string" ? row.what === what : what.test(row.what)));
  expect(found.length).toBeGreaterThan(0);
  return found;
};

const summary = (row: Row): string =>
  `${row.what}: ${row.command} → ${row.code}, waits ${row.block}, ${row.state}`;

describe("where it waits", () => {
  test("a gate at plan waits during the plan, unless the id is unknown then", () => {
    const waits = all().filter(({ row, waitAt }) => waitAt === WaitAt.PLAN && row.block === "apply");
    expect(new Set(waits.map(({ title }) => title))).toEqual(
      new Set(["A task id that is unknown at plan", "The first wait of an unknown id fails"]),
    );
  });

  test("a gate at apply never waits during a plan", () => {
    const waits = all().filter(({ row, waitAt }) => waitAt === WaitAt.APPLY && row.block === "plan");
    expect(waits.map(({ row }) => summary(row))).toEqual([]);
  });

  test("a task that has been waited for is not waited for again", () => {
    const later = /second plan|without a change|without refresh|back to|gone|down|saved plan|credentials/;
    const waits = all().filter(
      ({ row, title }) =>
        later.test(row.what) &&
        row.block !== "nowhere" &&
        row.command !== "apply saved.plan" &&
        title !== "remember: false",
    );
    expect(waits.map(({ row }) => summary(row))).toEqual([]);
  });
});

describe("what is kept", () => {
  test("a kept result needs neither the task nor BDRC nor credentials: plans are clean", () => {
    const life = "The life of a gate";
    for (const what of ["second plan", "the task is gone", "BDRC is down", "the credentials are gone"]) {
      for (const row of rowsWhere(life, what)) expect(summary(row)).toMatch(/plan → 0, waits nowhere/);
    }
  });

  test("an apply that went well is followed by a clean plan", () => {
    const unclean = all().filter(({ row }) => row.command.startsWith("apply") && row.clean === false);
    expect(unclean.map(({ row }) => summary(row))).toEqual([]);
  });

  test("a new id whose task fails leaves the result of the one before, and the way back to it", () => {
    for (const row of rowsWhere("The life of a gate", "a new id whose task fails")) {
      expect(row).toMatchObject({ code: 1, value: "COMPLETE, 5" });
      expect(row.state).toMatch(/snapshot, /);
    }
    for (const row of rowsWhere("The life of a gate", "back to the id before")) {
      expect(row).toMatchObject({ code: 0, clean: true, value: "COMPLETE, 5" });
    }
  });

  test("no run that fails in the middle leaves a bad snapshot: the next good one goes through", () => {
    for (const [title, what] of [
      ["Runs that fail in the middle", /^then a new id$/],
      ["A look that is refused after a wait that went well", /^BDRC answers again/],
      ["The first wait of an unknown id fails", /^BDRC answers again/],
    ] as const) {
      for (const row of rowsWhere(title, what)) expect(row).toMatchObject({ code: 0, clean: true });
    }
  });

  test("a look that is refused after an exposed deadline is not kept in its place", () => {
    const [row] = rowsWhere("A look that is refused after a wait that went well", /^DEADLINE is exposed/);
    expect(row).toMatchObject({ code: 1, value: "–", state: "stamp, wait, free" });
  });

  test("a task that BDRC finds only a while after its id is waited for, in both placements", () => {
    const rows = rowsWhere("The first wait of an unknown id fails", /finds the task only after/);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row).toMatchObject({ code: 0, clean: true, value: "COMPLETE, 5" });
  });
});

describe("destroy", () => {
  test("never waits, never fails because of a task, looks once for each read at the most, and leaves nothing", () => {
    const destroys = all().filter(
      ({ row, title }) => row.command.startsWith("destroy") && !title.startsWith("A count on a result"),
    );
    expect(destroys.length).toBeGreaterThan(15);
    for (const { row, waitAt } of destroys) {
      expect(summary(row)).toMatch(/destroy → 0, waits nowhere, nothing$/);
      expect(Number(row.calls)).toBeLessThanOrEqual(waitAt === WaitAt.PLAN ? 1 : 2);
    }
  });

  test("fails with a count on the result of a wait at apply whose new task runs, and works without refresh", () => {
    const title = "A count on a result that is waited for at apply";
    expect(rowsWhere(title, "destroy with a new id that runs")[0]).toMatchObject({ code: 1 });
    expect(rowsWhere(title, "destroy without refresh")[0]).toMatchObject({ code: 0, state: "nothing" });
  });
});

describe("what closes the gate", () => {
  test("is told with a text of ours, and what is behind it is not made", () => {
    const closed = all().filter(({ row }) => row.code === 1 && !/^(destroy|Ctrl-C)/.test(row.what));
    expect(closed.length).toBeGreaterThan(20);
    for (const { row } of closed) {
      if (row.text !== "Error: Invalid count argument")
        expect(row.text).toMatch(/(Task t-\d |The result does not meet)/);
      // What was there before stays; from nothing there is nothing.
      if (row.value === "–") expect(row.state).not.toMatch(/gated|behind|sized/);
    }
  });

  test("a failure that is exposed opens it, with what was found until then", () => {
    const opened = rowsWhere("onFailure: EXPOSE", /fails during|EXPIRED|CANCELED/);
    expect(opened.map(({ value, code }) => [code, value])).toEqual([
      ...[WaitAt.PLAN, WaitAt.APPLY].flatMap(() => [
        [0, "FAILED, 1"],
        [0, "EXPIRED, 1"],
        [0, "CANCELED, 1"],
      ]),
    ]);
    for (const row of rowsWhere("onFailure: EXPOSE", /NOT_FOUND|UNREADABLE|deadline/))
      expect(row.code).toBe(1);
  });

  test("a deadline, a missing and an unreadable task open it when they are named, and taint nothing", () => {
    for (const { row } of rowsOf("exposeAlso")) {
      expect(row.code).toBe(0);
      expect(row.state).not.toContain("tainted");
    }
    expect(rowsWhere("exposeAlso", /^DEADLINE/).map(({ value }) => value)).toEqual([
      "RUNNING, 0",
      "RUNNING, 0",
    ]);
  });

  test("what is required is told by type, wanted and found, wherever it is found out", () => {
    const unmet = rowsWhere("require", /tightened|not met|next plan/).filter(
      ({ command }) => command !== "destroy",
    );
    expect(unmet).toHaveLength(8);
    for (const row of unmet) {
      expect(row.code).toBe(1);
      expect(row.output).toMatch(
        /The result does not meet what is required of ACS::OSS::Bucket\.[^]*Wanted: at least 4\n\W*Found: +3\n/,
      );
      expect(row.value).toBe("COMPLETE, 5");
    }
  });

  test("remember: false closes it again when the task is gone", () => {
    const [row] = rowsWhere("remember: false", "the task is gone");
    expect(row?.code).toBe(1);
    expect(row?.text).toContain("Task t-1 was not found");
  });

  test("BDRC_TASK_WAIT=never looks once and does not open it for a task that runs", () => {
    const title = "Ways to run Terraform";
    for (const row of rowsWhere(title, /^BDRC_TASK_WAIT=never, the task runs/)) {
      expect(row).toMatchObject({ code: 1, block: "nowhere" });
      expect(row.text).toContain("Task t-1 has not ended: it is RUNNING.");
    }
  });
});

describe("other stacks", () => {
  test("another repository reads every value from the state, numbers as numbers, and can count on them", () => {
    expect(elsewhere.outputs).toMatchObject(READ_ELSEWHERE);
    expect(elsewhere.outputs["completeTime"]).toEqual(expect.any(Number));
    expect(JSON.parse(String(elsewhere.outputs["taskDetail"]))).toBeDefined();
    expect(elsewhere.rows[0]).toMatchObject({ code: 0, calls: "0", clean: true, state: "sized × 3" });
  });

  test("gateStack deploys another stack after the task's, and not at all when the task failed", async () => {
    const failed = await stackBehindAGate();
    expect(failed.output).toContain("Task t-1 ended as FAILED.");
    expect(failed).toMatchObject({ code: 1, behind: [] });
    const good = await stackBehindAGate(DONE);
    expect(good).toMatchObject({ code: 0, behind: ["terraform_data.thing"] });
  });
});

test("docs/gate-behaviour.md says what was seen; UPDATE_DOCS=1 renews it", () => {
  const page = document(played);
  expect(page).not.toMatch(/127\.0\.0\.1:\d|_[0-9A-F]{8}\b|\d{4}-\d\d-\d\d/);
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, "utf8")).toBe(page);
});

/** Runs so many at once; the others wait their turn. */
class Queue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  constructor(private readonly most: number) {}

  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.running >= this.most) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await job();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
