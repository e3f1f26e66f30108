/**
 * Runs the packed package with every set of versions that it promises, and writes docs/versions.md when each row went well:
 *
 *   npm run test:matrix                 every row, with the oldest Terraform, the one on PATH, and OpenTofu
 *   npm run test:matrix -- --quick      three rows with the one on PATH; writes no page
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { nodeOf } from "../../__tests__/support/installed";
import { pack } from "../../__tests__/support/packed-project";
import type { TerraformBinary } from "../../lib/testing";
import { stopCommands } from "../demo/run-command";
import { allBinaries, pathBinary } from "./binaries";
import { lineOf, nameOf, pageOf, type Ran, type Run } from "./page";
import { install, run } from "./project";
import { quickRowsOf, rowsOf, type Framework, type Manifest, type Row } from "./rows";

const ROOT = path.resolve(__dirname, "..", "..");

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { twinOfManifest } = require("../twin.cjs") as {
  readonly twinOfManifest: (manifest: object) => Manifest;
};

/** What rows have in common. */
interface Shared {
  readonly folder: string;
  readonly tsx: string;
  readonly binaries: readonly TerraformBinary[];
  /** The packed packages, made when they are first needed. */
  readonly packed: Map<Framework, string>;
}

async function ranRow(row: Row, shared: Shared): Promise<Ran> {
  const begun = Date.now();
  const { folder, packed } = shared;
  const file = packed.get(row.framework) ?? pack(row.framework, folder);
  packed.set(row.framework, file);
  const project = await mkdtemp(path.join(folder, "project-"));
  const constructs = await install(row, file, shared.tsx, project);
  const node = nodeOf(row.node);
  // Together: most of their time is waiting.
  const runs = await Promise.all(
    shared.binaries.map(async (binary, index): Promise<Run> => {
      const problem = await run(node, binary, path.join(project, `run-${index}`)).then(
        () => undefined,
        textOf,
      );
      return { binary, problem };
    }),
  );
  await rm(project, { recursive: true, force: true });
  return { row, constructs, runs, seconds: Math.round((Date.now() - begun) / 1000) };
}

/** @returns whether every row went well */
async function matrix(quick: boolean, folder: string): Promise<boolean> {
  const own = JSON.parse(await readFile(path.join(ROOT, "package.json"), "utf8")) as Manifest & {
    readonly devDependencies: { readonly tsx: string };
  };
  const all = rowsOf({ cdktf: own, cdktn: twinOfManifest(own) });
  const { found: binaries, missing } = quick ? pathBinary() : allBinaries();
  missing.forEach((binary) => console.log(`Not run, as it is not there: ${nameOf(binary)}.`));
  const shared = { folder, tsx: own.devDependencies.tsx, binaries, packed: new Map<Framework, string>() };

  const done: Ran[] = [];
  for (const row of quick ? quickRowsOf(all) : all) {
    const ran = await ranRow(row, shared);
    done.push(ran);
    console.log(lineOf(ran));
    for (const { problem } of ran.runs) if (problem !== undefined) console.log(`\n${problem}\n`);
  }
  const good = done.every(
    ({ runs }) => runs.length > 0 && runs.every(({ problem }) => problem === undefined),
  );
  if (good && !quick) {
    const machine = `${process.platform} ${process.arch}`;
    await writeFile(path.join(ROOT, "docs", "versions.md"), pageOf(done, missing, machine));
    console.log("Wrote docs/versions.md.");
  }
  return good;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), "matrix-"));
  const cleanUp = async (): Promise<void> => {
    await stopCommands();
    await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void cleanUp().then(() => process.exit(130)));
  }
  try {
    const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
    return (await matrix(values.quick, folder)) ? 0 : 1;
  } catch (error) {
    console.error(textOf(error));
    return 1;
  } finally {
    await cleanUp();
  }
}

void main().then((code) => (process.exitCode = code));
