// Makes the packages of the other languages from what scripts/jsii/build.mjs has compiled.
//   node scripts/jsii/pack.mjs [python|java|go|dotnet …]
// They stand in .jsii-build/artifacts/<package>. What a language needs to be compiled and this machine does not have is said in
// one line; its source is made all the same.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { at, BUILD, run } from "./common.mjs";
import { HOSTS } from "./targets.mjs";

/** Go is source only; the others are compiled where their tool is there. */
const LANGUAGES = {
  python: { tool: "python3" },
  java: { tool: "mvn" },
  go: { isSource: true },
  dotnet: { tool: "dotnet" },
};

/** Examples of doc blocks stay in TypeScript; docs/languages.md has the first one in every language. */
const VERBATIM = ["--rosetta-unknown-snippets", "verbatim", "--no-npmignore"];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(LANGUAGES, name));
if (unknown.length > 0) {
  console.error(
    `${unknown[0]} is none of the languages.\n\n  Expected: ${Object.keys(LANGUAGES).join(", ")}`,
  );
  process.exit(2);
}

for (const [framework, { npm, frameworkJar }] of Object.entries(HOSTS)) {
  const folder = path.join(BUILD, npm);
  if (!existsSync(path.join(folder, ".jsii"))) continue;
  for (const language of asked.length > 0 ? asked : Object.keys(LANGUAGES)) {
    const outdir = path.join(BUILD, "artifacts", npm);
    await rm(path.join(outdir, language), { recursive: true, force: true });
    const { tool, isSource = false } = LANGUAGES[language];
    const whole = isSource || has(tool, "--version");
    const flags = ["--target", language, "--outdir", outdir, ...VERBATIM];
    if (isSource || !whole) flags.push("--code-only");
    // Where Maven Central does not have the framework, its jar is made here, too, from the npm package that Central's is
    // made from.
    const needsFramework = language === "java" && whole && !isOnCentral(frameworkJar);
    run("jsii-pacmak", [
      ...flags,
      folder,
      ...(needsFramework ? [path.join(folder, "node_modules", framework)] : []),
    ]);
    const place = path.relative(at(), path.join(outdir, language));
    console.log(
      `${language}: ${place}${whole ? "" : `, its source only, since there is no ${tool} on this machine`}`,
    );
  }
}

function has(command, ...args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function isOnCentral(jar) {
  return has("mvn", "-q", "-B", "dependency:get", `-Dartifact=${jar}`, "-Dtransitive=false");
}
