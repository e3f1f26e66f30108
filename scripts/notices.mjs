// Writes the notices of the packages whose code is in the bundles: who made them, and under which licence.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";

/** Where the whole text of a licence stands that is too long to be written here, and that some packages only name. */
const LONG_LICENCES = { "Apache-2.0": "node_modules/typescript/LICENSE.txt" };

const PERMISSION_OF_ISC = `Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN
AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR
PERFORMANCE OF THIS SOFTWARE.`;

const PERMISSION_OF_MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/**
 * Writes one text for all bundles, in the order of the packages' names; the same packages give the same bytes.
 *
 * @param metafiles the metafiles that esbuild made of the bundles
 * @param root the folder that the paths in them start from
 * @param file where the text goes
 * @throws Error when a package names no licence, or one whose text is not to be had
 */
export async function writeNotices(metafiles, root, file) {
  const packages = [...packageFolders(metafiles)].map((folder) => readPackage(root, folder));
  packages.sort((a, b) => (a.title < b.title ? -1 : 1));
  const head =
    "The files waiter.cjs, cli.cjs and offline-provider.cjs hold code of the packages below, each under its own licence.\n";
  await writeFile(file, [head, ...packages.map(section)].join(`\n${"-".repeat(100)}\n\n`));
}

/** The folder of every package of which some code is left in a bundle. */
function packageFolders(metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
        if (found && bytesInOutput > 0) folders.add(found[1]);
      }
    }
  }
  return folders;
}

function readPackage(root, folder) {
  const about = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8"));
  const texts = readdirSync(path.join(root, folder))
    .filter((name) => /^(licen[sc]e|copying|notice)/i.test(name))
    .sort()
    .map((name) => readFileSync(path.join(root, folder, name), "utf8"));
  const licence = about.license;
  if (typeof licence !== "string") throw new Error(`${folder}/package.json names no licence`);
  const author = typeof about.author === "string" ? about.author : (about.author?.name ?? "");
  return {
    title: `${about.name} ${about.version}`,
    licence,
    place: (about.repository?.url ?? about.repository ?? about.homepage ?? "").replace(/^git\+/, ""),
    text:
      texts.length > 0
        ? texts.join("\n\n")
        : textOf(root, folder, licence, author || "the authors of the package"),
  };
}

/** The text of a licence that a package names without bringing it along. */
function textOf(root, folder, licence, author) {
  const note = `(The package brings no file with its licence; this is the text of ${licence}.)\n\nCopyright (c) ${author}\n\n`;
  if (licence === "MIT") return note + PERMISSION_OF_MIT;
  if (licence === "ISC") return note + PERMISSION_OF_ISC;
  const file = LONG_LICENCES[licence] && path.join(root, LONG_LICENCES[licence]);
  if (!file || !existsSync(file))
    throw new Error(`${folder} has the licence ${licence}, of which the text is missing`);
  return note + readFileSync(file, "utf8");
}

function section({ title, licence, place, text }) {
  const lines = text
    .replace(/\r\n?/g, "\n")
    .replace(/[ \t]+$/gm, "")
    .trim();
  return [title, `Licence: ${licence}`, ...(place ? [`Source: ${place}`] : []), "", lines, ""].join("\n");
}
