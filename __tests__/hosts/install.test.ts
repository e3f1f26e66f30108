import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { type Framework, FRAMEWORKS, pack } from "../support/packed-project";

let folder: string;
const packed = new Map<Framework, string>();
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "install-"));
  FRAMEWORKS.forEach((framework) => packed.set(framework, pack(framework, folder)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm install` of a package and others would put into an empty folder, by name; it downloads none of it. */
function resolved(framework: Framework, others: readonly string[]): Record<string, string> {
  const project = mkdtempSync(path.join(folder, "project-"));
  writeFileSync(path.join(project, "package.json"), "{}");
  copyFileSync(packed.get(framework) as string, path.join(project, "package.tgz"));
  const args = ["install", "--package-lock-only", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", [...args, "./package.tgz", ...others], {
    cwd: project,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const { packages } = JSON.parse(readFileSync(path.join(project, "package-lock.json"), "utf8")) as {
    readonly packages: Record<string, { readonly version: string; readonly name?: string }>;
  };
  return Object.fromEntries(
    Object.entries(packages).map(([place, { name, version }]) => [
      place.replace(/^node_modules\//, ""),
      name === undefined ? version : `${name}@${version}`,
    ]),
  );
}

test.each<[string, Framework, readonly string[], Record<string, unknown>]>([
  [
    "the newest cdktf",
    "cdktf",
    ["cdktf", "constructs"],
    { cdktf: "0.21.0", constructs: expect.stringMatching(/^10\./) as unknown },
  ],
  ["an older cdktf", "cdktf", ["cdktf@0.20.12"], { cdktf: "0.20.12" }],
  ["cdktn under the name of cdktf", "cdktf", ["cdktf@npm:cdktn@0.24"], { cdktf: "cdktn@0.24.0" }],
  // Which constructs it takes is found out from its own range, which has a cap in 0.24.
  [
    "cdktn",
    "cdktn",
    ["cdktn@0.24"],
    { cdktn: "0.24.0", constructs: expect.stringMatching(/^10\.7\./) as unknown },
  ],
])("with %s npm installs the package for %s without a conflict", (_, framework, others, expected) => {
  expect(resolved(framework, others)).toMatchObject({ [`${framework}-bdrc-task`]: "0.1.0", ...expected });
});

test("each package brings its own framework when none is named", () => {
  expect(Object.keys(resolved("cdktn", []))).toEqual(
    expect.arrayContaining(["cdktn", "cdktn-bdrc-task", "constructs"]),
  );
  expect(Object.keys(resolved("cdktn", []))).not.toContain("cdktf");
});
