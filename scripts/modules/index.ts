// Writes what of modules/ is made from the graph: npm run modules
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { filesOf } from "./files";
import { MODULES } from "./graph";

const ROOT = path.resolve(__dirname, "..", "..");

for (const name of MODULES) {
  const folder = path.join(ROOT, "modules", name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(filesOf(name))) writeFileSync(path.join(folder, file), text);
  console.log(`Wrote modules/${name}`);
}
