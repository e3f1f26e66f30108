// Makes the bindings of the alicloud provider from scripts/alicloud/schema.json, with cdktf's own generator and
// without network, in the shape of a published package of bindings: JavaScript and its types.
//
//   node scripts/get.mjs [<project directory>]     writes <project directory>/.gen/providers/alicloud
//
// Quick when there is nothing to do. Bindings that `cdktf get` has made are left alone.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const HERE = path.dirname(fileURLToPath(import.meta.url));
const SCHEMA = path.join(HERE, "alicloud", "schema.json");
const STAMP = "made-from";

/** The constraint of the provider, as cdktf.json names it. */
async function constraintOf(project) {
  const file = path.join(project, "cdktf.json");
  const named = JSON.parse(await readFile(file, "utf8")).terraformProviders ?? [];
  const found = named.find((one) => typeof one === "string" && /^aliyun\/alicloud(@|$)/.test(one));
  if (found !== undefined) return found;
  throw new Error(
    `${file} does not name the alicloud provider.\n\n` +
      `  Found:    ${named.length === 0 ? "no providers" : JSON.stringify(named)}\n` +
      '  Expected: "aliyun/alicloud@~> 1.289" in terraformProviders',
  );
}

/** A text that changes whenever the bindings would. */
async function fingerprint(constraint, schema) {
  const hash = createHash("sha256").update(constraint).update(schema);
  hash.update(await readFile(fileURLToPath(import.meta.url)));
  hash.update(require("@cdktf/provider-generator/package.json").version);
  hash.update(require("typescript/package.json").version);
  return hash.digest("hex");
}

async function isMadeFrom(stamp, wanted) {
  return existsSync(stamp) && (await readFile(stamp, "utf8")) === wanted;
}

/** Writes the generator's TypeScript into a directory. */
async function generate(constraint, schema, directory) {
  // The generator asks Terraform for its version while it loads, for a report that we do not need; a CLI
  // configuration that Terraform complains about would be the only thing ever seen of it.
  delete process.env.TF_CLI_CONFIG_FILE;
  const {
    CodeMaker,
    TerraformProviderConstraint,
    TerraformProviderGenerator,
  } = require("@cdktf/provider-generator");
  const { ConstructsMakerProviderTarget, Language } = require("@cdktf/commons");
  const target = new ConstructsMakerProviderTarget(
    new TerraformProviderConstraint(constraint),
    Language.TYPESCRIPT,
  );
  const generator = new TerraformProviderGenerator(new CodeMaker(), JSON.parse(schema));
  generator.generate(target);
  await generator.save(directory);
}

/** Compiles the generator's TypeScript, strictly checked, so that no flag of an importing project matters to it. */
function compile(from, to) {
  const ts = require("typescript");
  const program = ts.createProgram([path.join(from, "index.ts")], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    strict: true,
    skipLibCheck: true,
    declaration: true,
    rootDir: from,
    outDir: to,
    // cdktf comes from this project, wherever the bindings go.
    baseUrl: path.join(HERE, "..", "node_modules"),
    types: [],
  });
  const { diagnostics } = program.emit();
  const faults = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (faults.length === 0) return;
  const host = {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => from,
    getNewLine: () => "\n",
  };
  throw new Error(
    `The generated bindings do not compile.\n\n${ts.formatDiagnostics(faults.slice(0, 5), host)}`,
  );
}

async function main(project) {
  const bindings = path.join(project, ".gen", "providers", "alicloud");
  const stamp = path.join(bindings, STAMP);
  if (existsSync(path.join(bindings, "index.ts")) && !existsSync(stamp)) {
    console.log(
      "The alicloud bindings come from cdktf get and stay as they are; remove .gen to have the small ones.",
    );
    return;
  }
  const constraint = await constraintOf(project);
  const schema = await readFile(SCHEMA, "utf8");
  const wanted = await fingerprint(constraint, schema);
  if (await isMadeFrom(stamp, wanted)) return;

  // Made aside and moved into place whole: another run may be at it, and a test may be reading.
  const aside = path.join(project, ".gen", `next-${process.pid}`);
  try {
    await generate(constraint, schema, path.join(aside, "source"));
    compile(path.join(aside, "source", "providers", "alicloud"), path.join(aside, "made"));
    await writeFile(path.join(aside, "made", STAMP), wanted);
    await mkdir(path.dirname(bindings), { recursive: true });
    await rm(bindings, { recursive: true, force: true });
    await rename(path.join(aside, "made"), bindings).catch(async (error) => {
      // Another run has just put the same there.
      if (!(await isMadeFrom(stamp, wanted))) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  console.log(`Made the bindings of ${constraint} in ${path.relative(process.cwd(), bindings)}`);
}

await main(path.resolve(process.argv[2] ?? path.join(HERE, ".."))).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
