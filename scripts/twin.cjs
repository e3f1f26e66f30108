/*
 * What is different in the twin package: cdktn-bdrc-task is cdktf-bdrc-task with the name of the framework changed
 * where it stands. Everything else is the same file in both, so that a move from one to the other changes no stack.
 */

/** The files of lib that name the framework, without their endings. */
const NAMING = ["framework", "package-name"];

/** The versions of its peers that the twin works with. */
const PEERS = { cdktn: ">=0.24.0 <1.0.0", constructs: ">=10.6.0 <11.0.0" };

/** A file of {@link NAMING}, as source or compiled, for the twin; it names the framework once at the most. */
function twinOfCode(text) {
  const parts = text.split('"cdktf"');
  if (parts.length > 2) throw new Error(`The framework is named ${parts.length - 1} times:\n\n${text}`);
  return parts.join('"cdktn"');
}

/** What stands between these is about both packages and the same in both. */
const ABOUT_BOTH = /(<!-- both packages -->[^]*?<!-- \/both packages -->)/;

/** A page of the twin: its imports, its commands and its name. Sentences about cdktf stay what they are. */
function twinOfPage(text) {
  return text
    .split(ABOUT_BOTH)
    .map((part) => (ABOUT_BOTH.test(part) ? part : twinOfPart(part)))
    .join("");
}

function twinOfPart(text) {
  return (
    text
      .replaceAll("cdktf-bdrc-task", "cdktn-bdrc-task")
      .replace(/\b(from |require\(|import\()(["'])cdktf\2/g, "$1$2cdktn$2")
      .replace(/\bcdktf (?=(deploy|synth|diff|destroy|output|get|init|watch|list)\b)/g, "cdktn ")
      .replace(/\bcdktf-cli\b(?! 0\.21)/g, "cdktn-cli")
      // Which constructs it takes depends on the minor, and npm finds it out by itself.
      .replace(/\b((?:npm install|npm i|pnpm add|yarn add)\b.*? )cdktf( constructs)?(?= |$)/gm, "$1cdktn")
  );
}

/** The twin's package.json, with nothing in it that only the repository needs. */
function twinOfManifest(manifest) {
  const { scripts, devDependencies, overrides, peerDependencies, bin, ...kept } = manifest;
  const missing = Object.keys(peerDependencies).filter((name) => name !== "cdktf" && !(name in PEERS));
  if (missing.length > 0) throw new Error(`scripts/twin.cjs has no versions of ${missing.join(", ")}.`);
  return {
    ...kept,
    name: twinOfPart(manifest.name),
    keywords: manifest.keywords.map((word) => (word === "cdktf" ? "cdktn" : word)),
    bin: Object.fromEntries(Object.entries(bin).map(([name, file]) => [twinOfPart(name), file])),
    peerDependencies: PEERS,
  };
}

/** One file of the twin, from the package's own. */
function twinOfFile(name, content) {
  if (name === "package.json") {
    return `${JSON.stringify(twinOfManifest(JSON.parse(content.toString())), null, 2)}\n`;
  }
  if (NAMING.some((base) => new RegExp(`^dist/${base}\\.(d\\.ts|js)$`).test(name))) {
    return twinOfCode(content.toString());
  }
  return name.endsWith(".md") && name !== "CHANGELOG.md" ? twinOfPage(content.toString()) : content;
}

module.exports = { NAMING, twinOfCode, twinOfFile, twinOfManifest, twinOfPage };
