import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hasProviderInstallation, usesFilesystemMirror } from "../../lib/testing/cli-config";
import { chooseProvider, decideProvider, type Outside } from "../../lib/testing/provider-choice";

const INSTALLATION = 'provider_installation {\n  network_mirror { url = "https://mirror.example/" }\n}\n';
const REAL_MIRROR: Record<string, readonly string[]> = {
  "/mirror": ["registry.terraform.io", "registry.opentofu.org"],
  "/mirror/registry.terraform.io": ["hashicorp", "aliyun"],
  "/mirror/registry.terraform.io/aliyun": ["alicloud"],
  "/mirror/registry.terraform.io/hashicorp": ["external"],
  "/mirror/registry.terraform.io/hashicorp/external": ["2.3.5"],
  "/empty": [],
  "/both": ["registry.terraform.io", "registry.opentofu.org"],
  "/both/registry.terraform.io": ["hashicorp"],
  "/both/registry.terraform.io/hashicorp": ["external"],
  "/both/registry.terraform.io/hashicorp/external": ["2.3.5"],
  "/both/registry.opentofu.org": ["hashicorp"],
  "/both/registry.opentofu.org/hashicorp": ["external"],
  "/both/registry.opentofu.org/hashicorp/external": ["2.3.5"],
};

interface Situation {
  readonly environment?: Record<string, string>;
  readonly binary?: string;
  /** What binaries say that they are; those left out cannot be asked. */
  readonly products?: Record<string, "Terraform" | "OpenTofu">;
  readonly files?: Record<string, string>;
  readonly answering?: readonly string[];
}

async function decide(situation: Situation) {
  const probed: string[] = [];
  const outside: Outside = {
    homeFolder: "/home/u",
    productOf: (binary) => situation.products?.[binary],
    probe: (url) => {
      probed.push(url);
      return Promise.resolve((situation.answering ?? []).some((host) => new URL(url).host === host));
    },
    readText: (file) => Promise.resolve(situation.files?.[file]),
    listFolder: (folder) => Promise.resolve(REAL_MIRROR[folder]),
  };
  const decision = await decideProvider(
    situation.binary ?? "terraform",
    situation.environment ?? {},
    outside,
  );
  return { decision, probed };
}

describe("the rule", () => {
  const everything: Situation = {
    environment: { BDRC_TASK_PROVIDER_MIRROR: "/mirror" },
    files: { "/home/u/.terraformrc": INSTALLATION },
    answering: ["registry.terraform.io"],
  };

  test.each<[string, Situation, string, string]>([
    [
      "the named mirror comes first",
      everything,
      "mirror",
      "from the mirror /mirror (BDRC_TASK_PROVIDER_MIRROR)",
    ],
    [
      "an empty variable names no mirror",
      { ...everything, environment: { BDRC_TASK_PROVIDER_MIRROR: "" } },
      "cli-config",
      "where /home/u/.terraformrc says",
    ],
    [
      "then the user's own configuration",
      { ...everything, environment: {} },
      "cli-config",
      "where /home/u/.terraformrc says",
    ],
    [
      "TF_CLI_CONFIG_FILE comes before TERRAFORM_CONFIG",
      {
        environment: { TF_CLI_CONFIG_FILE: "/a", TERRAFORM_CONFIG: "/b" },
        files: { "/a": INSTALLATION, "/b": INSTALLATION },
      },
      "cli-config",
      "where /a says",
    ],
    [
      "TERRAFORM_CONFIG comes before the home folder",
      {
        environment: { TERRAFORM_CONFIG: "/b" },
        files: { "/b": INSTALLATION, "/home/u/.terraformrc": INSTALLATION },
      },
      "cli-config",
      "where /b says",
    ],
    [
      "a named file replaces the home folder's, also when it is missing",
      { environment: { TF_CLI_CONFIG_FILE: "/missing" }, files: { "/home/u/.terraformrc": INSTALLATION } },
      "offline",
      "stand-in",
    ],
    [
      "a configuration that does not speak of providers decides nothing",
      {
        files: { "/home/u/.terraformrc": 'plugin_cache_dir = "/c"\n' },
        answering: ["registry.terraform.io"],
      },
      "registry",
      "from registry.terraform.io",
    ],
    [
      "Terraform does not read .tofurc",
      { files: { "/home/u/.tofurc": INSTALLATION } },
      "offline",
      "stand-in",
    ],
    [
      "OpenTofu reads .tofurc first",
      {
        binary: "/opt/bin/tofu",
        files: { "/home/u/.tofurc": INSTALLATION, "/home/u/.terraformrc": INSTALLATION },
      },
      "cli-config",
      "OpenTofu takes hashicorp/external from where /home/u/.tofurc says",
    ],
    [
      "OpenTofu reads .terraformrc when there is no .tofurc",
      { binary: "tofu", files: { "/home/u/.terraformrc": INSTALLATION } },
      "cli-config",
      "where /home/u/.terraformrc says",
    ],
    [
      "then the registry if it answers",
      { answering: ["registry.terraform.io"] },
      "registry",
      "Terraform takes hashicorp/external from registry.terraform.io.",
    ],
    [
      "OpenTofu's registry is another one",
      { binary: "tofu", answering: ["registry.terraform.io"] },
      "offline",
      "registry.opentofu.org does not answer",
    ],
    [
      "OpenTofu's registry is asked for OpenTofu",
      { binary: "tofu", answering: ["registry.opentofu.org"] },
      "registry",
      "OpenTofu takes hashicorp/external from registry.opentofu.org.",
    ],
    [
      "OpenTofu is known by what it says, also under the name terraform",
      { products: { terraform: "OpenTofu" }, answering: ["registry.opentofu.org"] },
      "registry",
      "OpenTofu takes hashicorp/external from registry.opentofu.org.",
    ],
    [
      "Terraform is known by what it says, also under the name tofu",
      { binary: "/bin/tofu", products: { "/bin/tofu": "Terraform" }, answering: ["registry.terraform.io"] },
      "registry",
      "Terraform takes hashicorp/external from registry.terraform.io.",
    ],
    [
      "OpenTofu under the name terraform reads .tofurc",
      { products: { terraform: "OpenTofu" }, files: { "/home/u/.tofurc": INSTALLATION } },
      "cli-config",
      "where /home/u/.tofurc says",
    ],
    [
      "the stand-in comes last and is called one",
      {},
      "offline",
      "registry.terraform.io does not answer, so Terraform runs this package's test stand-in (version 2.999.0+test-stand-in) and not hashicorp/external itself.",
    ],
  ])("%s", async (_, situation, kind, sentence) => {
    const { decision } = await decide(situation);
    expect(decision).toMatchObject({ kind, sentence: expect.stringContaining(sentence) });
    expect(decision.sentence).not.toContain("\n");
  });

  test("all providers of a mirror are taken from it", async () => {
    expect((await decide(everything)).decision).toMatchObject({
      mirror: "/mirror",
      providers: ["registry.terraform.io/aliyun/alicloud", "registry.terraform.io/hashicorp/external"],
    });
  });

  test.each(["Terraform", "OpenTofu"] as const)(
    "a mirror for both is named for both, whether %s runs",
    async (product) => {
      const environment = { BDRC_TASK_PROVIDER_MIRROR: "/both" };
      expect((await decide({ environment, products: { terraform: product } })).decision).toMatchObject({
        providers: ["registry.opentofu.org/hashicorp/external", "registry.terraform.io/hashicorp/external"],
      });
    },
  );

  test.each(["/missing", "/empty"])(
    "a named mirror %s that is none is an error that says what was expected",
    async (mirror) => {
      const broken = decide({ environment: { BDRC_TASK_PROVIDER_MIRROR: mirror } });
      await expect(broken).rejects.toThrow(`BDRC_TASK_PROVIDER_MIRROR names ${mirror}, which`);
      await expect(broken).rejects.toThrow(
        /Expected a filesystem mirror.*registry\.terraform\.io\/hashicorp\/external/,
      );
    },
  );

  test("a mirror that holds the provider for Terraform only is refused for OpenTofu", async () => {
    const broken = decide({ ...everything, binary: "tofu" });
    await expect(broken).rejects.toThrow("registry.opentofu.org/hashicorp/external");
  });

  test("the registry is asked for its discovery document, and only when nothing else decides", async () => {
    expect((await decide(everything)).probed).toEqual([]);
    expect((await decide({})).probed).toEqual(["https://registry.terraform.io/.well-known/terraform.json"]);
  });
});

describe("reading a CLI configuration", () => {
  test.each([
    [INSTALLATION, true],
    ['plugin_cache_dir = "x"\nprovider_installation{\n}\n', true],
    ['{"provider_installation": [{"direct": {}}]}', true],
    ["# provider_installation {\n", false],
    ["// provider_installation {\n", false],
    ["/* \nprovider_installation {\n} */\n", false],
    ['credentials "x//y" {}\nprovider_installation {}', true],
    ["my_provider_installation {}", false],
    ["", false],
  ])("%j has a provider_installation block: %s", (text, has) => {
    expect(hasProviderInstallation(text)).toBe(has);
  });

  test("a filesystem mirror is told from a network mirror", () => {
    expect(usesFilesystemMirror(INSTALLATION)).toBe(false);
    expect(usesFilesystemMirror(INSTALLATION.replace("network_mirror", "filesystem_mirror"))).toBe(true);
  });
});

describe("carrying a choice out", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "provider-choice-"));
  const homeFolder = path.join(folder, "home");
  mkdirSync(homeFolder);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("a mirror gets a CLI configuration that names its providers, and no plugin cache", async () => {
    const mirror = path.join(folder, "real");
    mkdirSync(path.join(mirror, "registry.terraform.io/hashicorp/external/2.3.5"), { recursive: true });
    const choice = await chooseProvider({
      environment: { BDRC_TASK_PROVIDER_MIRROR: mirror },
      folder: path.join(folder, "for-mirror"),
      homeFolder,
    });
    const cliConfigFile = path.join(folder, "for-mirror", "mirror.tfrc");
    expect(choice).toMatchObject({ kind: "mirror" });
    expect(choice.environment).toEqual({
      TF_CLI_CONFIG_FILE: cliConfigFile,
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    });
    expect(readFileSync(cliConfigFile, "utf8")).toContain(JSON.stringify(mirror));
  });

  test("the user's own configuration stays as it is; the plugin cache goes when it names a folder", async () => {
    const file = path.join(homeFolder, ".terraformrc");
    const options = { environment: {}, folder: path.join(folder, "unused"), homeFolder };
    writeFileSync(file, INSTALLATION);
    expect((await chooseProvider(options)).environment).toEqual({});
    writeFileSync(file, INSTALLATION.replace("network_mirror", "filesystem_mirror"));
    expect((await chooseProvider(options)).environment).toEqual({ CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1" });
    rmSync(file);
    expect(existsSync(options.folder)).toBe(false);
  });

  test("the registry needs nothing", async () => {
    const probe = (): Promise<boolean> => Promise.resolve(true);
    const options = { environment: {}, folder: path.join(folder, "unused"), homeFolder, probe };
    expect((await chooseProvider(options)).environment).toEqual({});
  });

  test("TERRAFORM_BINARY_NAME tells which of the two it is", async () => {
    const environment = { TERRAFORM_BINARY_NAME: "tofu" };
    const probe = (url: string): Promise<boolean> => Promise.resolve(url.includes("opentofu"));
    const options = { environment, folder: path.join(folder, "unused"), homeFolder, probe };
    expect((await chooseProvider(options)).sentence).toContain("registry.opentofu.org");
  });
});
