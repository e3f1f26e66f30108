import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { anchors, fileLinks } from "../support/markdown";
import { Workspace } from "../support/workspace";

const ROOT = path.resolve(__dirname, "..", "..");

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let workspace: Workspace;
beforeEach(async () => {
  workspace = await Workspace.create({ tasks: { "t-1": { counts: { "ACS::OSS::Bucket": 4 } } } });
});
afterEach(() => workspace?.remove());

const store = mkdtempSync(path.join(tmpdir(), "packed-"));
afterAll(() => rmSync(store, { recursive: true }));
let packed: Packed | undefined;

/** What the last build made, packed once; npm test builds first. */
function pack(): Packed {
  if (packed) return packed;
  const printed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", store], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const parsed = JSON.parse(printed) as Packed[] | Record<string, Packed>;
  return (packed = Object.values(parsed)[0] as Packed);
}

/** Packs into a folder what somebody gets who installs the package. */
function unpack(folder: string): string {
  const { filename } = pack();
  mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", path.join(store, filename), "--strip-components=1"], {
    cwd: folder,
  });
  return folder;
}

test("the package holds what users need and nothing else, and depends on nothing but its peers", () => {
  const names = pack().files.map((file) => file.path);
  expect(names).toEqual(expect.arrayContaining(["README.md", "LICENSE", "CHANGELOG.md", "package.json"]));
  expect(names).toEqual(expect.arrayContaining(["dist/index.js", "dist/index.d.ts", "dist/waiter.cjs"]));
  expect(names).toEqual(expect.arrayContaining(["dist/testing/index.js", "dist/THIRD_PARTY_NOTICES.txt"]));
  for (const module of ["at-plan", "at-apply"]) {
    const files = [
      "main.tf",
      "variables.tf",
      "outputs.tf",
      "versions.tf",
      "README.md",
      "waiter.cjs",
      "waiter.sha256",
    ];
    expect(names).toEqual(expect.arrayContaining(files.map((file) => `modules/${module}/${file}`)));
  }
  const strangers = names.filter(
    (name) =>
      !/^modules\/at-(plan|apply)\/(tests\/\w+\.tftest\.hcl|\w+\.(tf|md|cjs|sha256|txt))$/.test(name) &&
      // What other languages need, for jsii alone; npm run build:jsii makes it.
      name !== ".jsii" &&
      !/^dist\/[\w/.-]+\.(js|d\.ts|cjs|txt)$/.test(name) &&
      !/^(README|LICENSE|CHANGELOG|CONTRIBUTING|package|docs\/scenario\.schema)(\.\w+)?$/.test(name) &&
      !/^docs\/[\w-]+\.(md|svg)$/.test(name),
  );
  expect(strangers).toEqual([]);
  const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Record<
    string,
    unknown
  >;
  expect(manifest["dependencies"]).toBeUndefined();
  expect(Object.keys(manifest["peerDependencies"] as object)).toEqual(["cdktf", "constructs"]);
});

test("every link of a page that is packed leads to something that is packed", () => {
  const folder = unpack(path.join(workspace.folder, "unpacked"));
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".md"),
  );
  expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/API.md", "docs/troubleshooting.md"]));
  const links = pages.flatMap((page) => fileLinks(page, folder));
  expect(links.length).toBeGreaterThan(40);
  const dead = links.filter(({ file, anchor }) => {
    if (!existsSync(path.join(folder, file))) return true;
    return (
      anchor !== "" &&
      !anchors(file, folder).some((place) => [anchor, anchor.replace(/-\d+$/, "")].includes(place))
    );
  });
  expect(dead.map(({ page, written }) => `${page}: ${written}`)).toEqual([]);
  // A picture that no page shows is of no use to whoever installs the package.
  const pictures = readdirSync(path.join(folder, "docs")).filter((file) => file.endsWith(".svg"));
  const shown = new Set(links.map(({ file }) => file));
  expect(pictures.filter((file) => !shown.has(`docs/${file}`))).toEqual([]);
});

test("the waiter is one small file that names no folder of the machine that built it", () => {
  const bundle = path.join(ROOT, "dist", "waiter.cjs");
  const { size } = statSync(bundle);
  console.log(`dist/waiter.cjs has ${size} bytes; its start cost is measured by npm run bench:start.`);
  expect(size).toBeLessThanOrEqual(180_000);
  expect(readFileSync(bundle, "utf8")).not.toContain(ROOT);
});

test("a project that installs the package synthesizes with it, and Terraform applies it", async () => {
  const project = path.join(workspace.folder, "project");
  const modules = path.join(project, "node_modules");
  unpack(path.join(modules, "cdktf-bdrc-task"));
  for (const peer of ["cdktf", "constructs"]) {
    symlinkSync(path.join(ROOT, "node_modules", peer), path.join(modules, peer));
  }
  writeFileSync(
    path.join(project, "main.js"),
    `const { App, LocalBackend, TerraformStack } = require("cdktf");
     const { BdrcTask, Duration } = require("cdktf-bdrc-task");
     const { startFakeBdrc } = require("cdktf-bdrc-task/testing");
     if (typeof startFakeBdrc !== "function") throw new Error("the testing module is missing");
     const app = new App({ outdir: process.argv[2] });
     const stack = new TerraformStack(app, "gate");
     new LocalBackend(stack, { path: process.argv[4] });
     new BdrcTask(stack, "inventory", { taskId: "t-1", endpoint: process.argv[3], timeout: Duration.minutes(1) });
     app.synth();`,
  );
  const outdir = path.join(workspace.folder, "cdktf.out");
  const state = path.join(workspace.folder, "gate.tfstate");
  // Links are kept as they are, so that the package finds its peers where npm puts them.
  const node = [
    process.execPath,
    "--preserve-symlinks",
    "main.js",
    outdir,
    workspace.service.endpoint,
    state,
  ];
  execFileSync(node[0] as string, node.slice(1), { cwd: project, stdio: ["ignore", "ignore", "inherit"] });

  expect((await workspace.terraform("gate", "apply")).output).toContain("Apply complete!");
  expect(workspace.outputs("gate")).toMatchObject({ inventory_total_count: 4 });
});
