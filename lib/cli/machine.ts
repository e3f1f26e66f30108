import { type Outside, thisMachine } from "../testing/provider-choice";
import { findTerraform, type TerraformBinary } from "../testing/terraform-binary";
import { addressesOf } from "../waiter/bdrc/resolve";

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

/** This machine. */
export const systemMachine: Machine = {
  nodeVersion: process.version,
  findTerraform: (environment) => findTerraform(environment),
  outside: thisMachine(),
  resolve: async (name) => (await addressesOf(name)).map(({ address }) => address),
  parentId: () => process.ppid,
};
