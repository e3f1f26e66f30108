import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "..", "..");

/** Synthesizes this project's own app with these variables, in a folder of its own. */
function synthesize(environment: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "app-"));
  execFileSync(process.execPath, [path.join(ROOT, "scripts", "run-ts.mjs"), path.join(ROOT, "main.ts")], {
    cwd: folder,
    env: { PATH: process.env["PATH"], BDRC_TASK_ID: "t-1", BDRC_REGION: "cn-shanghai", ...environment },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return path.join(folder, "cdktf.out", "stacks");
}

test("without a region of alicloud the app has no alicloud stack, and needs no alicloud provider", () => {
  const stacks = synthesize({});
  expect(readdirSync(stacks).sort()).toEqual(["behind", "gate"]);
});

test.each(["ALICLOUD_REGION", "ALIBABA_CLOUD_REGION"])("%s adds the stack of real resources", (name) => {
  const stacks = synthesize({ [name]: "cn-shanghai" });
  expect(readdirSync(stacks).sort()).toEqual(["backup", "behind", "gate"]);
  const backup = JSON.parse(readFileSync(path.join(stacks, "backup", "cdk.tf.json"), "utf8")) as {
    terraform: { required_providers: Record<string, unknown> };
    resource: Record<string, unknown>;
  };
  expect(backup.terraform.required_providers["alicloud"]).toEqual({
    source: "aliyun/alicloud",
    version: "~> 1.289",
  });
  expect(Object.keys(backup.resource)).toEqual(expect.arrayContaining(["alicloud_hbr_vault"]));
});
