import * as cdktf from "cdktf";
import type { Command } from "commander";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as ts from "typescript";
import { parse } from "yaml";
import { createProgram } from "../../lib/cli/program";
import type { Terminal } from "../../lib/cli/terminal";
import { readAnswer } from "../../lib/waiter/bdrc/look";
import { problemOf, type ReportFacts } from "../../lib/waiter/report";
import { anchors, codeBlocks, fileLinks, inlineCode, readPage, writtenPages } from "../support/markdown";
import { typeCheck } from "../support/type-check";

const ROOT = path.resolve(__dirname, "..", "..");
const PAGES = writtenPages();
const BLOCKS = codeBlocks(PAGES);
const blocksOf = (language: string) => BLOCKS.filter((block) => block.language === language);
const named = <T extends { readonly place: string }>(blocks: readonly T[]) =>
  blocks.map((block) => [block.place, block] as const);

test("the README has examples in TypeScript, HCL, shell, JSON and YAML, and the real text of a failure", () => {
  const languages = BLOCKS.filter(({ page }) => page === "README.md").map(({ language }) => language);
  expect(new Set(languages)).toEqual(new Set(["text", "sh", "ts", "json", "yaml", "hcl"]));
});

describe("TypeScript", () => {
  test("every block compiles under strict against this package", () => {
    expect(typeCheck(blocksOf("ts"))).toEqual([]);
  });

  test("every example of a doc block compiles within a stack", () => {
    const examples = codeBlocks(["docs/API.md"]).filter(({ language }) => language === "ts");
    expect(examples.length).toBeGreaterThan(1);
    const within = examples.map(({ place, text }) => ({
      place,
      text: `
        import { App, TerraformOutput, TerraformResource, TerraformStack } from "cdktf";
        import { BdrcTask, BdrcTasks } from "cdktf-bdrc-task";
        declare const vault: TerraformResource;
        export class Example extends TerraformStack {
          constructor() {
            super(new App(), "example");
            void [BdrcTask, BdrcTasks, vault];
            ${text}
          }
        }`,
    }));
    expect(typeCheck(within)).toEqual([]);
  });

  const apps = blocksOf("ts").filter(({ text }) => text.includes("new App()"));

  test.each(named(apps))("the app of %s can be synthesized", (_, { text }) => {
    const outdir = mkdtempSync(path.join(tmpdir(), "readme-"));
    const made: cdktf.App[] = [];
    class OwnApp extends cdktf.App {
      constructor() {
        super({ outdir });
        made.push(this);
      }
    }
    const modules: Record<string, unknown> = {
      cdktf: { ...cdktf, App: OwnApp },
      "cdktf-bdrc-task": jest.requireActual("../../lib"),
    };
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- a block of our own page is what is to be run
    const run = new Function("require", "exports", outputText) as (
      need: (name: string) => unknown,
      exports: object,
    ) => void;
    run((name) => modules[name], {});
    made.forEach((app) => app.synth());
    expect(readdirSync(path.join(outdir, "stacks"))).not.toEqual([]);
  });
});

describe("shell", () => {
  test.each(named(blocksOf("sh")))("the lines of %s are valid for a shell", (_, { text }) => {
    expect(spawnSync("bash", ["-n"], { input: text, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  /** Shell lines, and commands in a sentence, with their page. */
  const commands = [
    ...blocksOf("sh").flatMap(({ page, text }) => text.split("\n").map((line) => [page, line] as const)),
    ...PAGES.flatMap((page) => inlineCode(page).map((code) => [page, code] as const)),
  ].map(([page, line]) => [page, line.replace(/\s#.*$/, "")] as const);

  test("every npm script that a page names exists", () => {
    const missing = commands.flatMap(([page, line]) =>
      [...line.matchAll(/\bnpm (?:run )?([\w:-]+)/g)]
        .map(([call, name]) => ({ call, name: name ?? "" }))
        .filter(({ call, name }) => call.startsWith("npm run ") || ["test", "start"].includes(name))
        .filter(({ name }) => !scriptsFor(page).includes(name))
        .map(({ call }) => `${page}: ${call}`),
    );
    expect(missing).toEqual([]);
  });

  test("every subcommand and flag of bdrc-task that a page names exists", () => {
    const calls = commands.flatMap(([page, line]) =>
      [...line.matchAll(/(?:(?:^|[\s($])bdrc-task|npx cdktf-bdrc-task) ([^|;&>)]+)/g)].map(
        ([, rest]) => [page, (rest ?? "").trim().split(/\s+/)] as const,
      ),
    );
    expect(calls.length).toBeGreaterThan(20);
    expect(calls.flatMap(([page, words]) => strangersIn(words).map((word) => `${page}: ${word}`))).toEqual(
      [],
    );
  });
});

describe("data", () => {
  test.each(named(blocksOf("json")))("%s is JSON", (_, { text }) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });

  test.each(named(blocksOf("yaml")))("%s is a workflow whose every step does one thing", (_, { text }) => {
    const workflow = parse(text) as { jobs: Record<string, { steps: { run?: string; uses?: string }[] }> };
    for (const { steps } of Object.values(workflow.jobs)) {
      expect(steps.every((step) => (step.run === undefined) !== (step.uses === undefined))).toBe(true);
    }
  });
});

describe("failures", () => {
  const shown = blocksOf("text").filter(({ page, text }) => page === "README.md" && text.includes("Task t-"));

  test("the README shows a task that failed and one that cannot be read", () => {
    expect(shown).toHaveLength(2);
  });

  test.each(named(shown))("the text of %s is what is really said", (_, { text }) => {
    // Terraform puts a line of its own before it.
    const ours = text.replace(/^Error: Resource precondition failed\n\n/, "");
    expect(realTexts()).toContain(ours);
  });
});

describe("links", () => {
  test.each(PAGES)("every link of %s to a file of this project leads to something", (page) => {
    const broken = fileLinks(page).filter(({ file, anchor }) => {
      if (!existsSync(path.join(ROOT, file))) return true;
      return anchor !== "" && !anchors(file).includes(anchor);
    });
    expect(broken.map(({ written }) => written)).toEqual([]);
  });

  test("every page of docs/ is linked from another page", () => {
    const linked = new Set(PAGES.flatMap((page) => fileLinks(page)).map(({ file }) => file));
    const docs = readdirSync(path.join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
    expect(docs.filter((name) => !linked.has(`docs/${name}`))).toEqual([]);
  });

  test("no page names a folder of the machine that it was written on", () => {
    expect(PAGES.filter((page) => readPage(page).includes(ROOT))).toEqual([]);
  });
});

/** The npm scripts that a page can mean: those of the example that it stands in, and those of this project. */
function scriptsFor(page: string): string[] {
  return [path.join(ROOT, path.dirname(page)), ROOT]
    .map((folder) => path.join(folder, "package.json"))
    .filter((file) => existsSync(file))
    .flatMap((file) => Object.keys((JSON.parse(readFileSync(file, "utf8")) as { scripts: object }).scripts));
}

/** The words of a command line behind `bdrc-task` that are no subcommand or flag of it. */
function strangersIn(words: readonly string[]): string[] {
  const silent = { isTTY: false, columns: 100, rows: 40, write: () => undefined };
  const terminal = { stdout: silent, stderr: silent, environment: {} } as unknown as Terminal;
  let command: Command = createProgram({ terminal, end: () => undefined });
  const strangers: string[] = [];
  for (const word of words) {
    const flag = /^--?[a-z][a-z-]*/i.exec(word)?.[0];
    const below = command.commands.find((candidate) => candidate.name() === word);
    if (below) command = below;
    else if (flag !== undefined) {
      const known = command.options.some(({ long, short }) => flag === long || flag === short);
      if (!known && !["--help", "-h"].includes(flag)) strangers.push(word);
    } else if (command.commands.length > 0 && /^[a-z-]+$/.test(word)) strangers.push(word);
  }
  return strangers;
}

/** What is said of the two failures that the README shows. */
function realTexts(): string[] {
  const taskId = "t-0004d9ctt1iiabcdefgh";
  const facts: ReportFacts = {
    taskId,
    endpoint: "bdrc.cn-shanghai.aliyuncs.com",
    place: "cn-shanghai",
    timeout: 3_600_000,
    by: "terraform",
  };
  const outcome = { fault: undefined, faults: {}, looks: 9, waited: 42_000, silent: 0 };
  const data = {
    TaskId: taskId,
    TaskName: "update-resources",
    TaskType: "UPDATE_RESOURCES",
    TaskStatus: "FAILED",
    Progress: 6200,
    ErrorMessage: "the role has no access to OSS",
  };
  const { task } = readAnswer({ status: 200, headers: {}, body: JSON.stringify({ Data: data }) }, 0, taskId);

  const refusal = {
    Code: "Forbidden.RAM",
    Message: "User not authorized to operate on the specified resource.",
    RequestId: "0F1A5E6C-2B7D-4A43-9C06-6D2F0F0C9D11",
  };
  const { fault } = readAnswer({ status: 403, headers: {}, body: JSON.stringify(refusal) }, 0, taskId);
  const faults = { "refused (Forbidden.RAM)": 1 };
  return [
    problemOf({ ...outcome, ending: "terminal", task }, facts, undefined),
    problemOf(
      { ...outcome, ending: "refused", task: undefined, fault, faults, looks: 1, waited: 200 },
      facts,
      undefined,
    ),
  ].map((problem) => problem?.text ?? "");
}
