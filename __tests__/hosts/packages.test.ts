import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as ts from "typescript";
import { ROOT } from "../support/example-project";
import {
  copyWritten,
  filesOf,
  FRAMEWORKS,
  type Framework,
  installBindings,
  packedProject,
} from "../support/packed-project";

/** Every folder of the examples with an app in it. */
const APPS = filesOf(path.join(ROOT, "examples"))
  .filter((file) => /(^|\/)main\.ts$/.test(file) && !/node_modules|cdktf\.out/.test(file))
  .map((file) => path.dirname(file));

let folder: string;
const of = (framework: Framework, ...parts: string[]) => path.join(folder, framework, ...parts);

/** Runs every app in one process, since loading the framework takes the longest. */
const RUN_ALL = `
  require("tsx/cjs");
  for (const [app, outdir] of JSON.parse(process.env.APPS)) {
    process.chdir(app);
    process.env.CDKTF_OUTDIR = outdir;
    require(app + "/main.ts");
  }`;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "packages-"));
  for (const framework of FRAMEWORKS) {
    mkdirSync(of(framework));
    packedProject(framework, of(framework));
    copyWritten(framework, path.join(ROOT, "examples"), of(framework, "examples"));
    installBindings(framework, of(framework));
    const runs = APPS.map((app) => [of(framework, "examples", app), of(framework, "out", app)]);
    for (const [, outdir = ""] of runs) mkdirSync(outdir, { recursive: true });
    writeFileSync(of(framework, "run-all.cjs"), RUN_ALL);
    execFileSync(process.execPath, ["run-all.cjs"], {
      cwd: of(framework),
      env: {
        PATH: process.env["PATH"],
        APPS: JSON.stringify(runs),
        TSX_DISABLE_CACHE: "1",
        BDRC_TASK_ID: "t-1",
        BDRC_TASK_IDS: "t-1,t-2",
        BDRC_REGION: "cn-shanghai",
        ALICLOUD_REGION: "cn-hangzhou",
      },
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
    });
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What an app has synthesized, file by file, but for the version that the framework writes down. */
function synthesized(framework: Framework, app: string): Record<string, unknown> {
  const out = of(framework, "out", app);
  return Object.fromEntries(
    filesOf(out).map((file) => {
      const text = readFileSync(path.join(out, file), "utf8").replaceAll(of(framework), "/project");
      return [file, withoutVersion(text, file)];
    }),
  );
}

function withoutVersion(text: string, file: string): unknown {
  if (!file.endsWith(".json")) return createHash("sha256").update(text).digest("hex");
  const written = JSON.parse(text) as {
    version?: string;
    "//"?: { metadata: { version?: string } };
  };
  const noted = file === "manifest.json" ? written : written["//"]?.metadata;
  if (noted) {
    expect(noted.version).toMatch(/^\d+\.\d+\.\d+|^stubbed$/);
    delete noted.version;
  }
  return written;
}

test("there is an example to compare for each folder of examples", () => {
  expect(APPS).toEqual(
    expect.arrayContaining(["backup-gate", "many-tasks", "read-from-another-repository/reader"]),
  );
  expect(APPS.length).toBeGreaterThanOrEqual(8);
});

test.each(APPS)("examples/%s synthesizes the same with cdktf and with cdktn, to the last file", (app) => {
  const ours = synthesized("cdktf", app);
  expect(Object.keys(ours).some((file) => file.endsWith("cdk.tf.json"))).toBe(true);
  expect(synthesized("cdktn", app)).toEqual(ours);
});

test("the twin has the same files, and says another name where a framework is named, and nowhere else", () => {
  const [ours, theirs] = FRAMEWORKS.map((framework) =>
    of(framework, "node_modules", `${framework}-bdrc-task`),
  ) as [string, string];
  expect(filesOf(theirs)).toEqual(filesOf(ours));
  const changed = filesOf(ours).filter(
    (file) => !readFileSync(path.join(ours, file)).equals(readFileSync(path.join(theirs, file))),
  );
  // What jsii writes is about the framework's types; it is there after npm run build:jsii.
  expect(changed.filter((file) => !file.endsWith(".md") && file !== ".jsii")).toEqual([
    "dist/framework.d.ts",
    "dist/framework.js",
    "dist/package-name.js",
    "package.json",
  ]);
  for (const file of filesOf(theirs).filter(
    (name) => /\.(js|d\.ts|md)$/.test(name) && name !== "CHANGELOG.md",
  )) {
    expect(readFileSync(path.join(theirs, file), "utf8")).not.toMatch(/(from |require\(|import\()"cdktf"/);
  }
});

test("every example type-checks strictly against the twin", () => {
  const program = ts.createProgram(
    APPS.map((app) => of("cdktn", "examples", app, "main.ts")),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node20,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [of("cdktn", "node_modules", "@types")],
    },
  );
  expect(
    ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) =>
          `${path.relative(folder, file?.fileName ?? "")}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
      ),
  ).toEqual([]);
});
