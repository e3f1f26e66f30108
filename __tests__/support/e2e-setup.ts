import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import prepareFolder from "./global-setup";
import { chooseProvider, findTerraform } from "../../lib/testing";

/** What the end-to-end tests run with, handed from here to every test file through the environment. */
export interface EndToEnd {
  readonly terraform: string;
  /** To be added to Terraform's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Finds Terraform and chooses the provider once for all end-to-end tests, and says what was chosen. */
export default async function setup(): Promise<void> {
  prepareFolder();
  try {
    const terraform = findTerraform(process.env);
    const folder = await mkdtemp(path.join(tmpdir(), "provider-"));
    const provider = await chooseProvider({
      environment: { ...process.env, TERRAFORM_BINARY_NAME: terraform.command },
      folder,
    });
    const environment = {
      ...provider.environment,
      TERRAFORM_BINARY_NAME: terraform.command,
      CHECKPOINT_DISABLE: "1",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CDKTF_HOME: path.join(folder, "cdktf-home"),
    };
    process.stderr.write(`\nUsing ${terraform.product} ${terraform.version}. ${provider.sentence}\n`);
    process.env["BDRC_TASK_END_TO_END"] = JSON.stringify({ terraform: terraform.command, environment });
  } catch (error) {
    // The tests say it, one by one: the unit tests of the same run need no Terraform.
    process.env["BDRC_TASK_END_TO_END_PROBLEM"] = error instanceof Error ? error.message : String(error);
  }
}
