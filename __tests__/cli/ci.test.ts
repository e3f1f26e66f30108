import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { openReports } from "../../lib/cli/ci";
import {
  githubAnnotation,
  githubOutputs,
  githubSummary,
  gitlabReport,
  type TaskReport,
} from "../../lib/cli/ci-texts";
import { bdrcTask, FakeTerminal } from "./fake-terminal";

const GOOD: TaskReport = { taskId: "t-1", status: "COMPLETE", problem: "", counts: '{"ACS::OSS::Bucket":3}' };
const BAD: TaskReport = {
  taskId: "t-2",
  status: "FAILED",
  problem: "Task t-2 ended as FAILED.\n\n  Message: 50 %",
  counts: "{}",
};

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "ci-"))));

describe("step outputs", () => {
  test("are those of one task", () => {
    expect(githubOutputs([GOOD])).toBe(
      'task_id=t-1\nstatus=COMPLETE\ntotal_count=3\ncounts={"ACS::OSS::Bucket":3}\n',
    );
  });

  test("of several tasks are one: ids joined, counts added, the first status that is not good", () => {
    const more = { ...GOOD, taskId: "t-3", counts: '{"ACS::OSS::Bucket":9007199254740991,"A::B":1}' };
    expect(githubOutputs([GOOD, BAD, more])).toBe(
      "task_id=t-1 t-2 t-3\nstatus=FAILED\ntotal_count=9007199254740995\n" +
        'counts={"A::B":1,"ACS::OSS::Bucket":9007199254740994}\n',
    );
  });

  test("stay one line each, whatever a server or a file of events says", () => {
    const evil = { ...GOOD, taskId: "t\nstatus=COMPLETE", status: "a\r\nb=c", counts: "no json" };
    expect(githubOutputs([evil]).split("\n")).toEqual([
      "task_id=t status=COMPLETE",
      "status=a b=c",
      "total_count=0",
      "counts={}",
      "",
    ]);
  });
});

test("an annotation is one line with the whole text, and nothing in it is taken for another command", () => {
  expect(githubAnnotation(BAD)).toBe(
    "::error title=BDRC task t-2 FAILED::Task t-2 ended as FAILED.%0A%0A  Message: 50 %25",
  );
  const evil = { ...BAD, status: "x::y,z%", problem: "\r\n::add-mask::x" };
  expect(githubAnnotation(evil)).toBe("::error title=BDRC task t-2 x  y z ::%0D%0A::add-mask::x");
});

test("a summary has the state of each task and a table of the counts, in which nothing becomes a mark", () => {
  expect(githubSummary([GOOD, BAD])).toBe(
    [
      "### BDRC tasks",
      "",
      "- t-1: **COMPLETE**",
      "- t-2: **FAILED** – Task t-2 ended as FAILED.",
      "",
      "| Resource type    | Count |",
      "| :--------------- | ----: |",
      "| ACS::OSS::Bucket |     3 |",
      "| **Total**        | **3** |",
      "",
      "",
    ].join("\n"),
  );
  const evil = { ...GOOD, counts: '{"<img>|x":1}', status: "a`b" };
  expect(githubSummary([evil])).not.toMatch(/<img>|\|x|a`b/);
  expect(githubSummary([])).toContain("No task was waited for.");
});

test("a report for GitLab leaves the counts out when it would be larger than GitLab takes", () => {
  expect(gitlabReport([GOOD])).toBe(
    "BDRC_TASK_ID=t-1\nBDRC_TASK_STATUS=COMPLETE\nBDRC_TASK_TOTAL_COUNT=3\n" +
      'BDRC_TASK_COUNTS={"ACS::OSS::Bucket":3}\n',
  );
  const counts = JSON.stringify(
    Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`ACS::X::T${i}`, 1])),
  );
  expect(gitlabReport([{ ...GOOD, counts }])).toBe(
    "BDRC_TASK_ID=t-1\nBDRC_TASK_STATUS=COMPLETE\nBDRC_TASK_TOTAL_COUNT=400\n",
  );
});

describe("the files", () => {
  test("are looked at before anything is asked: 2 when one is not named or cannot be written", async () => {
    const unnamed = await bdrcTask("wait t-1 --github --region cn-shanghai", { folder });
    expect([unnamed.code, unnamed.out]).toEqual([2, ""]);
    expect(unnamed.err).toMatch(
      /^--github was given, and GITHUB_OUTPUT is not set\.\n\n {2}Code: {5}BAD_INPUT\n {2}Expected: /,
    );
    const GITHUB_OUTPUT = path.join(folder, "no", "such");
    const closed = await bdrcTask("start update-resources --github --region cn-shanghai", {
      folder,
      environment: { GITHUB_OUTPUT },
    });
    expect(closed.code).toBe(2);
    expect(closed.err).toContain(
      `The file of GITHUB_OUTPUT cannot be written (ENOENT).\n\n  Code:     BAD_INPUT\n  File:     ${GITHUB_OUTPUT}`,
    );
    mkdirSync(path.join(folder, "bdrc-task.env"));
    const taken = await bdrcTask("wait t-1 --gitlab --region cn-shanghai", { folder });
    expect(taken.code).toBe(2);
    expect(taken.err).toContain("The file of --gitlab cannot be written (EISDIR).");
  });

  test("that get lost meanwhile are told of, and the others are written", () => {
    const terminal = new FakeTerminal({
      folder,
      environment: { GITHUB_OUTPUT: path.join(mkdtempSync(path.join(folder, "gone-")), "output") },
    });
    const reports = openReports({ github: true, gitlab: true }, terminal);
    const output = terminal.environment["GITHUB_OUTPUT"] ?? "";
    // Somebody has put a folder in its place.
    rmSync(output);
    mkdirSync(output);
    expect(reports.write([GOOD])).toBe(false);
    expect(terminal.err).toMatch(/^A report was not written: .*EISDIR: .*\.\n$/);
    expect(readFileSync(path.join(folder, "bdrc-task.env"), "utf8")).toBe(gitlabReport([GOOD]));
  });

  test("are not touched when nothing was asked for", () => {
    const terminal = new FakeTerminal({
      folder,
      environment: { GITHUB_OUTPUT: path.join(folder, "output") },
    });
    expect(openReports({}, terminal).write([BAD])).toBe(true);
    expect(existsSync(path.join(folder, "output"))).toBe(false);
    expect(terminal.err).toBe("");
  });
});
