import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createOfflineMirror, OFFLINE_PROVIDER_VERSION } from "../../lib/testing/offline-mirror";

const folder = mkdtempSync(path.join(tmpdir(), "offline-mirror-"));
const providerFile = path.join(folder, "provider.cjs");
writeFileSync(providerFile, "#!/usr/bin/env node\n");
afterAll(() => rmSync(folder, { recursive: true }));

const mirrorIn = (name: string): string => path.join(folder, name);

test("the provider lies under both registries' hosts, executable", async () => {
  await createOfflineMirror(mirrorIn("both"), { providerFile, target: "linux_amd64" });
  for (const host of ["registry.terraform.io", "registry.opentofu.org"]) {
    const version = mirrorIn(`both/${host}/hashicorp/external/${OFFLINE_PROVIDER_VERSION}`);
    const file = `${version}/linux_amd64/terraform-provider-external_v${OFFLINE_PROVIDER_VERSION}`;
    expect(readFileSync(file, "utf8")).toBe("#!/usr/bin/env node\n");
    expect(statSync(file).mode & 0o777).toBe(0o755);
    expect(readdirSync(version)).toEqual(["linux_amd64"]);
  }
});

test("the provider runs within a project of ES modules, too", async () => {
  const project = mirrorIn("modules");
  mkdirSync(project);
  writeFileSync(path.join(project, "package.json"), '{ "type": "module" }');
  const script = path.join(folder, "script.cjs");
  writeFileSync(script, "#!/usr/bin/env node\nconsole.log(typeof require);\n");
  await createOfflineMirror(path.join(project, "mirror"), { providerFile: script, target: "linux_amd64" });
  const file = `linux_amd64/terraform-provider-external_v${OFFLINE_PROVIDER_VERSION}`;
  const version = `mirror/registry.terraform.io/hashicorp/external/${OFFLINE_PROVIDER_VERSION}`;
  expect(execFileSync(path.join(project, version, file), { encoding: "utf8" })).toBe("function\n");
});

test("the CLI configuration takes this one provider from the mirror and all others from their registries", async () => {
  const mirror = await createOfflineMirror(mirrorIn('a "quoted" folder'), { providerFile });
  const list = '["registry.terraform.io/hashicorp/external", "registry.opentofu.org/hashicorp/external"]';
  expect(readFileSync(mirror.cliConfigFile, "utf8")).toBe(
    `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirrorIn('a "quoted" folder'))}
    include = ${list}
  }
  direct {
    exclude = ${list}
  }
}
`,
  );
});

test("the environment names the configuration and keeps the stand-in out of every cache", async () => {
  const mirror = await createOfflineMirror(mirrorIn("environment"), { providerFile });
  expect(path.isAbsolute(mirror.cliConfigFile)).toBe(true);
  expect(mirror.environment).toEqual({
    TF_CLI_CONFIG_FILE: mirror.cliConfigFile,
    CHECKPOINT_DISABLE: "1",
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    TF_PLUGIN_CACHE_DIR: "",
  });
});

test("it can be laid again into the same folder", async () => {
  await createOfflineMirror(mirrorIn("again"), { providerFile });
  await expect(createOfflineMirror(mirrorIn("again"), { providerFile })).resolves.toBeDefined();
});

test("another version can be named, for a configuration that asks for exactly that one", async () => {
  await createOfflineMirror(mirrorIn("version"), { providerFile, version: "2.3.5" });
  expect(readdirSync(mirrorIn("version/registry.terraform.io/hashicorp/external"))).toEqual(["2.3.5"]);
});

test("the version satisfies >= 2.3.0, < 3.0.0 and says that it is a stand-in", () => {
  expect(OFFLINE_PROVIDER_VERSION).toMatch(/^2\.(?:[3-9]|\d{2,})\.\d+\+.*stand-in$/);
});

test("Windows is refused with what to use instead", async () => {
  const options = { providerFile, target: "windows_amd64" };
  await expect(createOfflineMirror(mirrorIn("windows"), options)).rejects.toThrow(
    /Windows.*BDRC_TASK_PROVIDER_MIRROR/,
  );
});

test("a package that was not built is told to be", async () => {
  const options = { providerFile: path.join(folder, "missing.cjs"), target: "linux_amd64" };
  await expect(createOfflineMirror(mirrorIn("unbuilt"), options)).rejects.toThrow(
    /missing\.cjs.*npm run build/,
  );
});
