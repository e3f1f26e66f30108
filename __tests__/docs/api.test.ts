import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { GATE_PROPS } from "../../lib/construct/gate-props";

const ROOT = path.resolve(__dirname, "..", "..");
const PAGES = ["API.md", "API-testing.md"];

let fresh: string;
beforeAll(() => {
  fresh = mkdtempSync(path.join(tmpdir(), "api-"));
  // Ends otherwise when an export has no doc block, or a doc block links to nothing.
  execFileSync(process.execPath, [path.join(ROOT, "scripts", "docs-api.mjs"), fresh], { encoding: "utf8" });
});

const committed = (page: string): string => readFileSync(path.join(ROOT, "docs", page), "utf8");

test.each(PAGES)("docs/%s says what the doc blocks say", (page) => {
  if (committed(page) === readFileSync(path.join(fresh, page), "utf8")) return;
  throw new Error(`docs/${page} is stale.\n\n  Next: run npm run docs:api and commit what it changes`);
});

test.each(PAGES)("docs/%s names no folder and no line of the machine that wrote it", (page) => {
  expect(committed(page)).not.toContain(ROOT);
  expect(committed(page)).not.toMatch(/Defined in|\.ts:\d+/);
});

test.each(PAGES)("every link within docs/%s has a place to go to", (page) => {
  const text = committed(page);
  const places = new Set(
    [...text.matchAll(/<a id="([^"]+)">|^#{2,6} (.+)$/gm)].map(
      ([, id, heading]) => id ?? slug(heading ?? ""),
    ),
  );
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, to]) => to ?? "");
  expect(links.filter((to) => !places.has(to.replace(/-\d+$/, "")) && !places.has(to))).toEqual([]);
});

describe("the props of a construct", () => {
  const props = (name: string): [name: string, description: string][] => {
    const section = committed("API.md").split(`\n### ${name}\n`)[1]?.split("\n### ")[0] ?? "";
    return [...section.matchAll(/^\| <a id="[^"]+"><\/a> `(\w+)\??` \|.*\| (.*) \|$/gm)].map(
      ([, prop = "", description = ""]) => [prop, description],
    );
  };
  const own = { BdrcTaskProps: ["taskId", "start", "find"], BdrcTasksProps: ["taskIds"] };

  test.each(Object.entries(own))("stand in one table, the required ones first: %s", (name, tasks) => {
    const table = props(name);
    const required = table.filter(([, description]) => description.startsWith("Required"));
    expect(required.map(([prop]) => prop)).toEqual([...tasks, "regionId", "endpoint"]);
    expect(table.slice(0, required.length)).toEqual(required);
    expect(table.map(([prop]) => prop)).toEqual(expect.arrayContaining(Object.keys(GATE_PROPS)));
  });
});

/** The anchor that a heading gets. */
function slug(heading: string): string {
  return heading
    .replace(/[`\\()]/g, "")
    .trim()
    .toLowerCase()
    .replaceAll(" ", "-");
}
