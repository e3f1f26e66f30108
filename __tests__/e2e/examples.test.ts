import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import type { FakeBdrcScenario, TaskScript } from "../../lib/testing";
import { installExamples, ROOT } from "../support/example-project";
import { codeBlocks } from "../support/markdown";
import { endToEnd, nextSecond, Workspace } from "../support/workspace";

/** What stands in an example: its apps, the stacks of each in the order of a deploy, and the outputs they must have. */
interface Example {
  readonly apps: Readonly<Record<string, readonly string[]>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const ONE_APP = (...stacks: string[]) => ({ ".": stacks });

const EXAMPLES: Readonly<Record<string, Example>> = {
  "size-by-counts": {
    apps: ONE_APP("gate", "backup"),
    outputs: { inventory_total_count: 233, plans: 3, shards: 3, vaults: 1 },
  },
  "gate-a-module": {
    apps: ONE_APP("gate"),
    outputs: { inventory_status: "COMPLETE", headline: "Weekly report is published" },
  },
  "fail-softly": {
    apps: ONE_APP("gate"),
    outputs: {
      inventory_status: "FAILED",
      alarms: 1,
      reports: 0,
      why: expect.stringContaining("Message: the role has no access to OSS") as unknown,
    },
  },
  "many-tasks": {
    apps: ONE_APP("gate", "behind"),
    outputs: { buckets: 7, buckets_of_the_first: 3, all_total_count: 12, all_failed_task_ids: [] },
  },
  "start-and-wait": {
    apps: ONE_APP("gate"),
    outputs: { buckets: 3, inventory_status: "COMPLETE", inventory_task_id: expect.stringMatching(/^t-/) },
  },
  "read-from-another-repository": {
    apps: { gate: ["gate"], reader: ["reader"] },
    outputs: { inventory_total_count: 5, buckets: 3, to_protect: 5, status: "COMPLETE" },
  },
};

/** What an example did. */
interface Tried {
  readonly outputs: Record<string, unknown>;
  /** What each apply printed. */
  readonly applies: readonly string[];
  /** The exit code of a second plan of each stack; 0 when there is nothing to do. */
  readonly plans: readonly number[];
}

let folder: string;
const tries = new Map<string, Promise<Tried>>();

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "examples-"));
  installExamples(folder, Object.keys(EXAMPLES));
  // Two at a time: an example mostly waits.
  const lanes = [Promise.resolve(), Promise.resolve()];
  Object.entries(EXAMPLES).forEach(([name, example], index) => {
    const tried = (lanes[index % 2] as Promise<void>).then(() => tryOut(name, example));
    tries.set(name, tried);
    lanes[index % 2] = tried.then(
      () => undefined,
      () => undefined,
    );
  });
});
afterAll(async () => {
  await Promise.allSettled(tries.values());
  rmSync(folder, { recursive: true, force: true });
});

/** Deploys an example for real, as far as it stands in its own files, and plans it again. */
async function tryOut(name: string, { apps }: Example): Promise<Tried> {
  const scenario = scenarioOf(name);
  const ids = Object.keys(scenario.tasks ?? {});
  const workspace = await Workspace.create(scenario);
  try {
    workspace.setEnvironment({
      BDRC_ENDPOINT: workspace.service.endpoint,
      BDRC_TASK_ID: ids[0] ?? "",
      BDRC_TASK_IDS: ids.join(","),
      CDKTF_OUTDIR: path.join(workspace.folder, "cdktf.out"),
    });
    const tried = { outputs: {}, applies: [] as string[], plans: [] as number[] };
    for (const [app, stacks] of Object.entries(apps)) {
      const project = path.join(folder, "examples", name, app);
      const tsx = path.join(folder, "node_modules", ".bin", "tsx");
      await promisify(execFile)(tsx, ["main.ts"], { cwd: project, env: workspace.environment() });
      for (const stack of stacks) {
        tried.applies.push((await workspace.terraform(stack, "apply")).output);
        Object.assign(tried.outputs, outputsOf(project, stack));
      }
    }
    await nextSecond();
    for (const stack of Object.values(apps).flat()) {
      tried.plans.push((await workspace.terraform(stack, "plan")).code);
    }
    return tried;
  } finally {
    await workspace.remove();
  }
}

/** The outputs in a stack's state, which stands in the folder of the app or in the one above. */
function outputsOf(project: string, stack: string): Record<string, unknown> {
  const file = [project, path.dirname(project)]
    .map((place) => path.join(place, `terraform.${stack}.tfstate`))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) return {};
  const { outputs } = JSON.parse(readFileSync(file, "utf8")) as {
    outputs: Record<string, { value: unknown }>;
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

/** The example's scenario with tasks of a second. */
function scenarioOf(example: string): FakeBdrcScenario {
  const text = readFileSync(path.join(folder, "examples", example, "scenario.json"), "utf8");
  const scenario = JSON.parse(text) as FakeBdrcScenario;
  const short = (task: TaskScript): TaskScript => ({ ...task, seconds: 1, startsAtFirstLook: true });
  const tasks = Object.entries(scenario.tasks ?? {}).map(([id, task]) => [id, short(task)] as const);
  return { ...scenario, tasks: Object.fromEntries(tasks), newTask: { ...scenario.newTask, seconds: 1 } };
}

test.each(Object.entries(EXAMPLES))(
  "examples/%s is applied as it stands, gives its outputs, and a second plan is clean",
  async (name, { outputs }) => {
    const tried = (await tries.get(name)) as Tried;
    for (const apply of tried.applies) expect(apply).toContain("Apply complete!");
    expect(tried.outputs).toMatchObject(outputs);
    expect(new Set(tried.plans)).toEqual(new Set([0]));
  },
);

test.each(Object.keys(EXAMPLES))(
  "the README of examples/%s shows outputs that it really has",
  async (name) => {
    const shown = codeBlocks([`examples/${name}/README.md`])
      .filter(({ language }) => language === "text")
      .flatMap(({ text }) => [...text.matchAll(/^ {2}(\w+) = (.+)$/gm)]);
    const { outputs } = (await tries.get(name)) as Tried;
    for (const [, output = "", value] of shown) {
      expect(`${output} = ${String(outputs[output]).split("\n")[0]}`).toBe(`${output} = ${value}`);
    }
  },
);

test("npm start of an example runs the real cdktf deploy against the fake service, and leaves nothing behind", async () => {
  // Only its environment is used: the rehearsal brings a service of its own.
  const workspace = await Workspace.create();
  const project = path.join(folder, "examples", "gate-a-module");
  const before = readdirSync(project);
  const { terraform, environment } = endToEnd();
  const { stdout } = await promisify(execFile)("npm", ["start"], {
    cwd: project,
    env: {
      ...workspace.environment(environment),
      TERRAFORM_BINARY_NAME: terraform,
      TMPDIR: workspace.folder,
      REHEARSAL_SECONDS: "1",
    },
  });
  expect(stdout).toContain("A fake BDRC service listens at http://127.0.0.1:");
  expect(stdout).toContain("headline = Weekly report is published");
  expect(readdirSync(project)).toEqual(before);
  expect(readdirSync(workspace.folder).filter((name) => name.startsWith("rehearsal-"))).toEqual([]);
  await workspace.remove();
});

test("every example names the versions that this project is built on, and starts with one command", () => {
  const read = (...parts: string[]) =>
    JSON.parse(readFileSync(path.join(ROOT, ...parts, "package.json"), "utf8")) as {
      version: string;
      private?: boolean;
      scripts: Record<string, string>;
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
  const own = read();
  for (const name of Object.keys(EXAMPLES)) {
    const manifest = read("examples", name);
    expect(manifest).toMatchObject({ name, private: true });
    expect(manifest.scripts["start"]).toMatch(/^node \.\.\/rehearse\.mjs/);
    const { "cdktf-bdrc-task": library, ...others } = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
    };
    expect(library).toBe(`file:./cdktf-bdrc-task-${own.version}.tgz`);
    for (const [peer, version] of Object.entries(others)) expect(version).toBe(own.devDependencies[peer]);
  }
});

test("examples/ holds no example that is not tried", () => {
  const folders = readdirSync(path.join(ROOT, "examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  // backup-gate and its stacks have a test of their own.
  const tried = [...Object.keys(EXAMPLES), "backup-gate", "stacks"];
  expect(folders.filter((name) => !tried.includes(name))).toEqual([]);
});
