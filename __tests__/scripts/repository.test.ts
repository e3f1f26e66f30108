import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = path.resolve(__dirname, "..", "..");
const SCRIPT = pathToFileURL(path.join(ROOT, "scripts", "repository.mjs")).href;

/** What a line of code gives that uses the script's exports. */
function run(expression: string): unknown {
  const code = `import { REPOSITORY, linksOf, withLinks } from ${JSON.stringify(SCRIPT)};
    const answer = () => { try { return ${expression} } catch (error) { return error.message } };
    console.log(JSON.stringify(answer()));`;
  const node = ["--input-type=module", "--eval", code];
  return JSON.parse(execFileSync(process.execPath, node, { encoding: "utf8" }));
}

test("the npm page gets its links from one constant, and package.json has exactly those", () => {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as object;
  expect(run(`withLinks(${JSON.stringify(manifest)}, REPOSITORY)`)).toEqual(manifest);
});

test("all three come from the address of the repository, and old ones go", () => {
  const before = { name: "x", license: "MIT", homepage: "https://old.test", version: "1" };
  const after = run(`withLinks(${JSON.stringify(before)}, "https://example.test/owner/name")`);
  expect(JSON.stringify(after)).toBe(
    JSON.stringify({
      name: "x",
      license: "MIT",
      repository: { type: "git", url: "git+https://example.test/owner/name.git" },
      homepage: "https://example.test/owner/name#readme",
      bugs: { url: "https://example.test/owner/name/issues" },
      version: "1",
    }),
  );
  expect(run(`withLinks(${JSON.stringify(before)}, "")`)).toEqual({
    name: "x",
    license: "MIT",
    version: "1",
  });
});

test.each([
  "http://example.test/a/b",
  "https://example.test/a/b.git",
  "https://example.test/a/b/",
  "owner/name",
])("%s is refused, with what an address has to be", (repository) => {
  expect(run(`linksOf(${JSON.stringify(repository)})`)).toBe(
    `REPOSITORY is ${JSON.stringify(repository)}.\n\n  Expected: https://<host>/<owner>/<name>, without .git or a slash at the end`,
  );
});
