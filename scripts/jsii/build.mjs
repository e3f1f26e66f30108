// Compiles what the package exports with jsii, once for each framework, and ends with 1 when jsii refuses it.
//   node scripts/jsii/build.mjs [cdktf|cdktn …]
// What comes out stands in .jsii-build/<package>, for scripts/jsii/pack.mjs. The assembly of cdktf also goes to the root
// of this project, so that the npm package carries it.
import { copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { at, BUILD, run } from "./common.mjs";
import { HOSTS } from "./targets.mjs";
import { NAMING, twinOfCode } from "../twin.cjs";

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const own = JSON.parse(await readFile(at("package.json"), "utf8"));
const versionOf = async (name) =>
  JSON.parse(await readFile(at("node_modules", name, "package.json"), "utf8")).version;

/** The synth side; what runs later is one bundled file. */
const SOURCES = [
  "construct",
  "graph",
  "protocol",
  "api.ts",
  "framework.ts",
  "package-file.ts",
  "package-name.ts",
];

/** As this project's own, but for where jsii puts what it makes. */
const TSCONFIG = {
  compilerOptions: {
    outDir: "dist",
    rootDir: "lib",
    target: "ES2022",
    lib: ["ES2022"],
    module: "commonjs",
    strict: true,
    noImplicitOverride: true,
    esModuleInterop: true,
    skipLibCheck: true,
    stripInternal: true,
    declaration: true,
    noEmitOnError: true,
    types: ["node"],
  },
  include: ["lib"],
};

const asked = process.argv.slice(2);
for (const [framework, host] of Object.entries(HOSTS)) {
  if (asked.length === 0 || asked.includes(framework)) await build(framework, host);
}

async function build(framework, host) {
  const folder = path.join(BUILD, host.npm);
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, "lib"), { recursive: true });
  for (const name of SOURCES) await cp(at("lib", name), path.join(folder, "lib", name), { recursive: true });
  for (const name of framework === "cdktn" ? NAMING : []) {
    const file = path.join(folder, "lib", `${name}.ts`);
    await writeFile(file, twinOfCode(await readFile(file, "utf8")));
  }

  // Against the lowest constructs that we work with: bindings made from a newer one name types that it does not have.
  // Copies and no links, so that framework and package see the same one.
  await cp(at("node_modules", framework), path.join(folder, "node_modules", framework), { recursive: true });
  await cp(at("node_modules", host.constructs), path.join(folder, "node_modules", "constructs"), {
    recursive: true,
  });

  await writeFile(path.join(folder, "package.json"), json(await manifest(framework, host)));
  await writeFile(path.join(folder, "tsconfig.json"), json(TSCONFIG));
  await writeFile(
    path.join(folder, "README.md"),
    `# ${host.npm}\n\nA BDRC task of Alibaba Cloud as a Terraform value. The documentation is that of the npm package ${host.npm}.\n`,
  );
  await copyFile(at("LICENSE"), path.join(folder, "LICENSE"));

  // reserved-word: "operator" is one in C#, where the property is written Operator.
  const flags = [
    "--tsconfig",
    "tsconfig.json",
    "--validate-tsconfig",
    "minimal",
    "--silence-warnings",
    "reserved-word",
  ];
  run("jsii", [...flags, "--fail-on-warnings"], folder);
  await copyFile(at("dist", "waiter.cjs"), path.join(folder, "dist", "waiter.cjs"));
  await copyFile(at("dist", "THIRD_PARTY_NOTICES.txt"), path.join(folder, "dist", "THIRD_PARTY_NOTICES.txt"));
  if (framework === "cdktf") await copyFile(path.join(folder, ".jsii"), at(".jsii"));
  console.log(`${host.npm}: compiled with jsii against ${framework} ${await versionOf(framework)}`);
}

async function manifest(framework, { npm, peer, constructs, targets }) {
  return {
    name: npm,
    version: own.version,
    description: own.description,
    license: own.license,
    author: own.author ?? { name: `The authors of ${npm}`, organization: true },
    repository: own.repository ?? { type: "git", url: `https://github.com/cdktfbdrctask/${own.name}.git` },
    stability: "experimental",
    main: "dist/api.js",
    types: "dist/api.d.ts",
    files: [".jsii", "dist", "!dist/*.tsbuildinfo", "README.md", "LICENSE"],
    engines: own.engines,
    jsii: { outdir: "../artifacts", versionFormat: "full", targets },
    peerDependencies: { [framework]: peer, constructs: `^${await versionOf(constructs)}` },
    devDependencies: { [framework]: await versionOf(framework), constructs: await versionOf(constructs) },
  };
}
