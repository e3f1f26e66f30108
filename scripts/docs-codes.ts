// Writes the codes of problems, what they mean and what to do, into docs/troubleshooting.md: npm run docs:codes
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { PROBLEMS } from "../lib/protocol/problem";

const PAGE = path.resolve(__dirname, "..", "docs", "troubleshooting.md");
const BEGIN = "<!-- codes: written by npm run docs:codes from lib/protocol/problem.ts -->\n";
const END = "<!-- /codes -->\n";

/** The page with the part between its markers written anew. @throws Error when a marker is not there */
export function withCodes(page: string): string {
  const [head, rest] = page.split(BEGIN);
  const [, tail] = rest?.split(END) ?? [];
  if (head === undefined || tail === undefined) throw new Error("The page has no markers for the codes.");
  const sections = Object.entries(PROBLEMS).map(
    ([code, { means, next }]) => `\n### \`${code}\`\n\n${means} ${next}\n`,
  );
  return `${head}${BEGIN}${sections.join("")}\n${END}${tail}`;
}

if (process.argv[1] === __filename) writeFileSync(PAGE, withCodes(readFileSync(PAGE, "utf8")));
