import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";

const SCRIPT = pathToFileURL(path.resolve(__dirname, "../../scripts/notices.mjs")).href;

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "notices-"));
  addPackage("b", { license: "MIT", author: "Ms B" }, { LICENSE: "MIT of B\r\n\r\n  text   \r\n" });
  addPackage("@a/a", { license: "ISC", author: { name: "Mr A" } });
});
afterEach(() => rmSync(root, { recursive: true }));

function addPackage(name: string, about: object, files: Record<string, string> = {}): void {
  const folder = path.join(root, "node_modules", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name, version: "1.0.0", ...about }));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
}

/** The command that writes the notices of bundles that hold these files. */
function command(inputs: Record<string, number>): string[] {
  const metafile = {
    outputs: {
      "x.cjs": {
        inputs: Object.fromEntries(
          Object.entries(inputs).map(([name, bytesInOutput]) => [name, { bytesInOutput }]),
        ),
      },
    },
  };
  const code = `const { writeNotices } = await import(${JSON.stringify(SCRIPT)});
    await writeNotices([${JSON.stringify(metafile)}], ${JSON.stringify(root)}, ${JSON.stringify(path.join(root, "out.txt"))});`;
  return ["--input-type=module", "-e", code];
}

const INPUTS = {
  "node_modules/b/x.js": 5,
  "node_modules/@a/a/y.js": 5,
  "node_modules/b/z.js": 1,
  "lib/own.ts": 9,
};

test("each package of which code is left has one section, in the order of the names", () => {
  execFileSync(process.execPath, command(INPUTS));
  const text = readFileSync(path.join(root, "out.txt"), "utf8");
  expect(text.match(/^(@a\/a|b) 1\.0\.0$/gm)).toEqual(["@a/a 1.0.0", "b 1.0.0"]);
  expect(text).toContain("b 1.0.0\nLicence: MIT\n\nMIT of B\n\n  text\n");
  expect(text).toContain("the text of ISC.)\n\nCopyright (c) Mr A\n\nPermission to use");
});

test("a package of which nothing is left in the bundle has none", () => {
  execFileSync(process.execPath, command({ ...INPUTS, "node_modules/b/x.js": 0, "node_modules/b/z.js": 0 }));
  expect(readFileSync(path.join(root, "out.txt"), "utf8")).not.toContain("b 1.0.0");
});

test.each([
  [{}, "node_modules/c/package.json names no licence"],
  [{ license: "WTFPL" }, "node_modules/c has the licence WTFPL, of which the text is missing"],
])("a package whose licence cannot be given fails the build: %j", (about, message) => {
  addPackage("c", about);
  const { status, stderr } = spawnSync(process.execPath, command({ "node_modules/c/x.js": 1 }), {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain(message);
});
