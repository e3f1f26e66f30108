// Runs a TypeScript file without compiling it first: node scripts/run-ts.mjs main.ts
// As `tsx main.ts` does, but leaves no cache outside of the project.
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
process.env.TSX_DISABLE_CACHE = "1";
process.env.TSX_TSCONFIG_PATH ??= path.join(root, "tsconfig.json");

const [file, ...rest] = process.argv.slice(2);
if (!file) throw new Error("Name a TypeScript file, such as main.ts.");
const absolute = path.resolve(file);
process.argv = [process.argv[0], absolute, ...rest];
const { register } = await import("tsx/cjs/api");
register();
createRequire(import.meta.url)(absolute);
