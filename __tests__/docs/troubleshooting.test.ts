import { readFileSync } from "node:fs";
import * as path from "node:path";
import { PROBLEMS, type ProblemCode } from "../../lib/protocol/problem";
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

test("every code has a heading of its own, with the meaning that the registry gives, and no other has", () => {
  const [, codes = ""] = /\n## Codes\n([^]*?)\n## /.exec(PAGE) ?? [];
  const said = [...codes.matchAll(/^### `([A-Z_]+)`\n\n([^]*?)(?=\n### |$(?![^]))/gm)].map(
    ([, code, text = ""]) => [code, text.replace(/\s+/g, " ").trim()] as const,
  );
  expect(said.map(([code]) => code)).toEqual(Object.keys(PROBLEMS));
  for (const [code, text] of said) {
    expect([code, text]).toEqual([code, expect.stringMatching(/\. \S/)]);
    expect(text.startsWith(PROBLEMS[code as ProblemCode])).toBe(true);
  }
});

test("nothing stands on the page twice", () => {
  expect(HEADINGS.filter((text, index) => HEADINGS.indexOf(text) !== index)).toEqual([]);
});
