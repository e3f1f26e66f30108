import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { nextSecond, type Workspace } from "../support/workspace";
import { rootModule } from "./module-workspace";

const COUNTS = { "ACS::OSS::Bucket": 3, "ACS::NAS::FileSystem": 1 };

let workspace: Workspace;
afterEach(() => workspace?.remove());

describe.each(["at-plan", "at-apply"] as const)("the module %s", (name) => {
  test("waits, gives typed values, keeps them when the task is gone, and is destroyed", async () => {
    const made = await rootModule(name, { tasks: { "t-1": { seconds: 2, counts: COUNTS } } });
    workspace = made.workspace;
    made.write('task_id = "t-1"');
    const applied = await workspace.terraform("root", "apply");
    expect(applied.output).toContain("Apply complete!");
    if (name === "at-apply") expect(applied.output).toMatch(/\(local-exec\): task: t-1 (RUNNING|COMPLETE)/);
    const { result, ...all } = workspace.outputs("root")["all"] as Record<string, unknown>;
    expect(all).toMatchObject({
      status: "COMPLETE",
      succeeded: true,
      problem: "",
      task_id: "t-1",
      total_count: 4,
      resource_counts: COUNTS,
      resource_types: ["ACS::NAS::FileSystem", "ACS::OSS::Bucket"],
      progress: 10_000,
      complete_time: expect.any(Number) as number,
      error_message: "",
    });
    expect(result).toEqual(all);

    workspace.service.removeTask("t-1");
    await nextSecond();
    expect(await workspace.terraform("root", "plan")).toMatchObject({ code: 0 });
    expect(await workspace.terraform("root", "destroy")).toMatchObject({ code: 0 });
  });

  test("another endpoint with the same task id is warned of, keeps the result, and is taken with -replace", async () => {
    const made = await rootModule(name, { tasks: { "t-1": { counts: COUNTS } } });
    workspace = made.workspace;
    made.write('task_id = "t-1"');
    expect((await workspace.terraform("root", "apply")).code).toBe(0);
    await nextSecond();
    made.write('task_id = "t-1"', workspace.service.endpoint.replace("127.0.0.1", "localhost"));
    const planned = await workspace.terraform("root", "plan");
    expect(planned).toMatchObject({ code: 0, output: expect.stringContaining("OTHER_PLACE") as string });
    const replaced = "-replace=module.inventory.terraform_data.snapshot";
    expect(await workspace.terraform("root", "apply", replaced)).toMatchObject({ code: 0 });
    await nextSecond();
    expect((await workspace.terraform("root", "plan")).output).not.toContain("OTHER_PLACE");
  });

  test("a failed task closes the gate with its own text, and opens it where that is exposed", async () => {
    const tasks = { "t-1": { ends: "FAILED", errorMessage: "no such bucket" } };
    const made = await rootModule(name, { tasks });
    workspace = made.workspace;
    made.write('task_id = "t-1"');
    const failed = await workspace.terraform("root", "apply");
    expect(failed).toMatchObject({ code: 1, output: expect.stringContaining("no such bucket") as string });
    expect(failed.output).toContain("Task t-1 ended as FAILED.");
    expect(workspace.resources("root")).not.toContain("terraform_data.behind");

    await nextSecond();
    made.write('task_id = "t-1"\n  expose = ["FAILED"]');
    expect((await workspace.terraform("root", "apply")).output).toContain("Apply complete!");
    expect(workspace.outputs("root")["all"]).toMatchObject({ status: "FAILED", succeeded: false });
    expect(workspace.resources("root")).toContain("terraform_data.behind");
  });

  test("what is required and not found closes the gate, and each of it is named", async () => {
    const made = await rootModule(name, { tasks: { "t-1": { counts: COUNTS } } });
    workspace = made.workspace;
    const require =
      '{ "ACS::OSS::Bucket" = { min = 4 }, "ACS::ECS::Disk" = { min = 1 }, total = { exact = 4 } }';
    made.write(`task_id = "t-1"\n  require = ${require}`);
    const { code, output } = await workspace.terraform("root", "plan");
    expect(code).toBe(1);
    for (const [whose, wanted, found] of [
      ["ACS::OSS::Bucket", 4, 3],
      ["ACS::ECS::Disk", 1, 0],
    ]) {
      const text = `required of ${whose}.\n[^]*Wanted: at least ${wanted}\n[^]*Found:  ${found}\n`;
      expect(output).toMatch(new RegExp(text));
    }
    expect(output).not.toContain("resources in all");
    made.write('task_id = "t-1"\n  require = { "ACS::OSS::Bucket" = { min = 3, max = 3 } }');
    expect((await workspace.terraform("root", "apply")).output).toContain("Apply complete!");
  });

  test("a waiter that is missing or was changed is one text at plan, and nothing is run", async () => {
    const made = await rootModule(name, { tasks: { "t-1": { counts: COUNTS } } });
    workspace = made.workspace;
    made.write('task_id = "t-1"');
    const waiter = path.join(made.folder, "bdrc", "waiter.cjs");
    appendFileSync(waiter, "\n// one line more");
    const changed = await workspace.terraform("root", "plan");
    rmSync(waiter);
    const missing = await workspace.terraform("root", "plan");
    for (const { code, output } of [changed, missing]) {
      expect(code).toBe(1);
      expect(output).toContain("The waiter's file is missing, or is not the one that belongs here.");
      expect(output).toMatch(/File: +bdrc\/waiter\.cjs/);
      expect(output.match(/Error: /g)).toHaveLength(1);
    }
    expect(workspace.service.calls).toEqual([]);
  });

  test("takes another Node.js with arguments, from a folder that nobody may write to", async () => {
    const made = await rootModule(name, { tasks: { "t-1": { counts: COUNTS } } });
    workspace = made.workspace;
    const other = path.join(workspace.folder, "other node");
    writeFileSync(other, `#!/bin/sh\necho "$*" >> "$0.log"\nexec ${JSON.stringify(process.execPath)} "$@"\n`);
    chmodSync(other, 0o755);
    made.write(`task_id = "t-1"\n  program = ${JSON.stringify([other, "--no-warnings"])}`);
    chmodSync(path.join(made.folder, "bdrc"), 0o555);
    expect((await workspace.terraform("root", "apply")).output).toContain("Apply complete!");
    const runs = readFileSync(`${other}.log`, "utf8").trim().split("\n");
    expect(new Set(runs)).toEqual(new Set(["--no-warnings bdrc/waiter.cjs"]));
    // Each look of a wait at apply, and the wait itself, take it.
    expect(runs.length).toBeGreaterThanOrEqual(name === "at-apply" ? 3 : 1);
  });
});

test("neither a region nor an endpoint is said by the waiter, at plan", async () => {
  const made = await rootModule("at-apply", {});
  workspace = made.workspace;
  made.write('task_id = "t-1"');
  const main = path.join(made.folder, "main.tf");
  writeFileSync(main, readFileSync(main, "utf8").replace(/ {2}endpoint = .*\n/, ""));
  expect((await workspace.terraform("root", "plan")).output).toContain("it is missing, and so is endpoint");
});
