import { readFileSync } from "node:fs";
import * as path from "node:path";
import { PROBLEMS } from "../../lib/protocol/problem";
import { withCodes } from "../../scripts/docs-codes";
import { productTexts } from "../support/product-texts";

const ROOT = path.resolve(__dirname, "..", "..");
const PAGE = readFileSync(path.join(ROOT, "docs", "troubleshooting.md"), "utf8");
const HEADINGS = [...PAGE.matchAll(/^### `(.*)`/gm)].map(([, text]) => text);

/** Not for users of the package: made by a defect of our own, or by whoever writes a scenario in code. */
const INTERNAL = ["late", "a part of the SDK was called that the bundle leaves out"];

test("every text that a user of the package can meet stands on the page, by its first line", () => {
  const folders = ["lib", "lib/cli"].map((folder) => path.join(ROOT, folder));
  const said = productTexts(folders)
    .filter(
      ({ file, firstLine }) =>
        !file.includes(`${path.sep}testing${path.sep}`) && !INTERNAL.includes(firstLine),
    )
    .map(({ firstLine }) => firstLine);
  expect(said.length).toBeGreaterThan(40);
  expect(said.filter((text) => !HEADINGS.includes(text))).toEqual([]);
});

test("the codes on the page are what the registry says", () => {
  if (withCodes(PAGE) === PAGE) return;
  throw new Error(
    "docs/troubleshooting.md is stale.\n\n  Next: run npm run docs:codes and commit what it changes",
  );
});

test("a page that says something else of a code is written anew, and one without markers is refused", () => {
  const meaning = "The task ended as FAILED.";
  expect(withCodes(PAGE.replace(meaning, "Nobody knows."))).toBe(PAGE);
  expect(() => withCodes("# Troubleshooting\n")).toThrow("The page has no markers for the codes.");
});

test.each(Object.entries(PROBLEMS))(
  "%s has a heading, one sentence on what it means, and what to do",
  (code, problem) => {
    expect(HEADINGS.filter((heading) => heading === code)).toHaveLength(1);
    expect(problem.means).toMatch(/^[A-Z][^.]+\.$/);
    expect(problem.next).toMatch(/\w+.*\.$/);
  },
);

test("every link to a place on the page has a place to go to", () => {
  const places = [...PAGE.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
  const links = [...PAGE.matchAll(/\]\(#([^)]+)\)/g)].map(([, to = ""]) => to);
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((to) => !places.includes(to))).toEqual([]);
});

test("nothing stands on the page twice", () => {
  expect(HEADINGS.filter((text, index) => HEADINGS.indexOf(text) !== index)).toEqual([]);
});
