import { lookup } from "node:dns/promises";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import type { Outside } from "../testing/provider-choice";
import { findTerraform, type TerraformBinary } from "../testing/terraform-binary";

/** What commands ask of the machine they run on, besides the environment. */
export interface Machine {
  /** Such as v20.20.2. */
  readonly nodeVersion: string;
  /** @throws Error with a text for the user when there is no Terraform, or an old one */
  findTerraform(environment: NodeJS.ProcessEnv): TerraformBinary;
  /** How the provider's source is decided; see lib/testing/provider-choice. */
  readonly outside: Outside;
  /** The addresses of a name. @throws Error with Node's code when DNS gives none */
  resolve(name: string): Promise<readonly string[]>;
  /** The process that this one is a child of now; another one once the first has ended. */
  parentId(): number;
}

/** How long a provider registry may take to answer, in milliseconds. */
const REGISTRY_LIMIT = 3000;

/** This machine. */
export const systemMachine: Machine = {
  nodeVersion: process.version,
  findTerraform: (environment) => findTerraform(environment),
  outside: {
    homeFolder: homedir(),
    probe: registryAnswers,
    readText: (file) => readFile(file, "utf8").catch(() => undefined),
    listFolder: (folder) => readdir(folder).catch(() => undefined),
  },
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  parentId: () => process.ppid,
};

async function registryAnswers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REGISTRY_LIMIT) });
    const discovery: unknown = await response.json();
    return response.ok && typeof discovery === "object" && discovery !== null && "providers.v1" in discovery;
  } catch {
    return false;
  }
}
