import { readPage } from "../support/markdown";

/** What a section of docs/languages.md tells a reader to do. */
export interface Section {
  /** The files to write, by the names that stand before their blocks. */
  readonly files: Readonly<Record<string, string>>;
  /** The commands to run, in their order. */
  readonly commands: readonly string[];
}

/** A block, and the name in front of it: a line that begins with it and ends with a colon. */
const NAMED_BLOCK = /(?:^`([^`\n]+)`[^\n]*:\n\n)?```(\w+)\n(.*?)```/gms;

/** A section of a page, as a reader would follow it. */
export function sectionOf(page: string, heading: string): Section {
  const text = readPage(page).split(`\n## ${heading}\n`)[1]?.split("\n## ")[0];
  if (text === undefined) throw new Error(`${page} has no section ${heading}`);
  const files: Record<string, string> = {};
  const commands: string[] = [];
  for (const [, name, language, block = ""] of text.matchAll(NAMED_BLOCK)) {
    if (name !== undefined) files[name] = block;
    else if (language === "sh") commands.push(block);
  }
  return { files, commands };
}
