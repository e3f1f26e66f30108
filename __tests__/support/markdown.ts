import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

/** The folder of this project. */
const ROOT = path.resolve(__dirname, "..", "..");

/** A fenced block of a page. */
export interface CodeBlock {
  /** Where it stands, such as `README.md:40`. */
  readonly place: string;
  /** The page, from the folder of this project. */
  readonly page: string;
  /** `ts`, `sh`, `json`, `yaml`, `text`, …; empty when none is named. */
  readonly language: string;
  readonly text: string;
}

/** Pages that tools write; what stands in them is checked where it is made. */
const GENERATED = [
  "API.md",
  "API-testing.md",
  "bench.md",
  "bench-start.md",
  "bench-many.md",
  "faults.md",
  "versions.md",
];

/** Every page that a person wrote: those of the project, of docs/ and of the examples. */
export function writtenPages(): string[] {
  const docs = readdirSync(path.join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md") && !GENERATED.includes(name))
    .map((name) => `docs/${name}`);
  const examples = readdirSync(path.join(ROOT, "examples"))
    .map((name) => `examples/${name}/README.md`)
    .filter((page) => existsSync(path.join(ROOT, page)));
  return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...docs, ...examples];
}

/** The text of a page, named from the folder of this project or of where it is installed. */
export function readPage(page: string, root = ROOT): string {
  return readFileSync(path.join(root, page), "utf8");
}

/** The fenced blocks of pages, in their order. */
export function codeBlocks(pages: readonly string[]): CodeBlock[] {
  return pages.flatMap((page) => {
    const blocks: CodeBlock[] = [];
    let open: { line: number; indent: string; language: string; lines: string[] } | undefined;
    readPage(page)
      .split("\n")
      .forEach((line, index) => {
        const [, indent = "", language = ""] = /^(\s*)```(\w*)\s*$/.exec(line) ?? [];
        const isFence = /^\s*```\w*\s*$/.test(line);
        if (!isFence) open?.lines.push(line.slice(open.indent.length));
        else if (open === undefined) open = { line: index + 1, indent, language, lines: [] };
        else {
          blocks.push({
            place: `${page}:${open.line}`,
            page,
            language: open.language,
            text: open.lines.join("\n"),
          });
          open = undefined;
        }
      });
    if (open !== undefined) throw new Error(`${page} has a block that is never closed`);
    return blocks;
  });
}

/** The first block of a page in a language that holds a text. @throws Error when there is none */
export function blockWith(page: string, language: string, text: string): CodeBlock {
  const found = codeBlocks([page]).find((block) => block.language === language && block.text.includes(text));
  if (!found) throw new Error(`${page} has no ${language} block with ${text}.`);
  return found;
}

/** What stands between single backticks in a page, outside of its blocks. */
export function inlineCode(page: string): string[] {
  return [...withoutBlocks(page).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? "");
}

/** A link of a page to a file of this project, or to a place in one. */
export interface Link {
  readonly page: string;
  /** As it is written. */
  readonly written: string;
  /** The file, from the folder of this project. */
  readonly file: string;
  /** The place in it, without the `#`; empty when there is none. */
  readonly anchor: string;
}

/** The links of a page that lead to files of this project, or of the folder where it is installed. */
export function fileLinks(page: string, root = ROOT): Link[] {
  return [...withoutBlocks(page, root).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, written]) => written ?? "")
    .filter((written) => !/^[a-z]+:/.test(written))
    .map((written) => {
      const [file = "", anchor = ""] = written.split("#");
      const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
      return { page, written, file: target, anchor };
    });
}

/** The places of a page that a link can lead to: its headings as GitHub names them, and anchors of its own. */
export function anchors(page: string, root = ROOT): string[] {
  const text = withoutBlocks(page, root);
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id ?? "")];
}

function withoutBlocks(page: string, root = ROOT): string {
  return readPage(page, root).replace(/^\s*```[\s\S]*?^\s*```\s*$/gm, "");
}
