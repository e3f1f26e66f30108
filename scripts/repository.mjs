// Where the source of this package stands, for the npm page and for `npm bugs`.
//   node scripts/repository.mjs          writes the links into package.json
//   node scripts/repository.mjs --check  ends with 1 when there are none to publish with
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The one place to fill in: the address of the repository, such as https://github.com/<owner>/<name>. */
export const REPOSITORY = "";

/**
 * The links of a package.json; none as long as nobody has said where the repository is.
 *
 * @param {string} repository
 */
export function linksOf(repository) {
  if (repository === "") return {};
  if (!/^https:\/\/[^/\s]+\/\S+[^/\s]$/.test(repository) || repository.endsWith(".git")) {
    throw new Error(
      `REPOSITORY is ${JSON.stringify(repository)}.\n\n  Expected: https://<host>/<owner>/<name>, without .git or a slash at the end`,
    );
  }
  return {
    repository: { type: "git", url: `git+${repository}.git` },
    homepage: `${repository}#readme`,
    bugs: { url: `${repository}/issues` },
  };
}

/** A package.json with these links, and no others, after its licence. */
export function withLinks(manifest, repository) {
  const { repository: _, homepage: __, bugs: ___, ...others } = manifest;
  return Object.fromEntries(
    Object.entries(others).flatMap(([name, value]) =>
      name === "license" ? [[name, value], ...Object.entries(linksOf(repository))] : [[name, value]],
    ),
  );
}

if (path.resolve(process.argv[1] ?? "") === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--check")) {
    if (REPOSITORY === "") {
      console.error(
        "The package does not say where its source is.\n\n" +
          "  Next: fill in REPOSITORY in scripts/repository.mjs and run npm run links",
      );
      process.exitCode = 1;
    }
  } else {
    const file = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "package.json");
    const manifest = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, `${JSON.stringify(withLinks(manifest, REPOSITORY), null, 2)}\n`);
  }
}
