import { realpathSync } from "node:fs";
import {
  isDestroyCommand,
  isDestroying,
  isOrphan,
  systemLookup,
  type ProcessInfo,
} from "../../lib/waiter/ancestry";

describe("a command line", () => {
  test.each([
    "terraform destroy",
    "terraform destroy -auto-approve",
    "/usr/local/bin/terraform -chdir=stacks/gate destroy",
    "C:\\tools\\terraform.exe destroy",
    "tofu destroy",
    "opentofu destroy",
    "terraform-1.9.5 destroy",
    "terraform_1.5.7 destroy",
    "terraform1.11 destroy",
    "tofu1.9 plan -destroy",
    "terraform apply -destroy=false -destroy",
    "terraform apply -destroy",
    "terraform apply --destroy -auto-approve",
    "terraform apply -auto-approve -destroy=true",
    "terraform plan -destroy=1 -out=x",
    "terraform plan -input=false -destroy",
    "terraform refresh -destroy",
  ])("%s destroys", (line) => expect(isDestroyCommand({ argv: line.split(" ") }, {})).toBe(true));

  test.each([
    "terraform plan",
    "terraform apply -auto-approve",
    "terraform apply -destroy=false",
    "terraform apply -destroy=0",
    "terraform apply -destroy -destroy=false",
    "terraform apply -destroyed",
    "terraform apply -var destroy",
    "terraform apply -replace=destroy.it",
    "terraform workspace select destroy",
    "terraform output destroy",
    "terraform-provider-external destroy",
    "terraform-provider-external_v2.3.5_x5 destroy",
    "node terraform.js destroy",
    "cdktf destroy",
    "mytofu destroy",
    "terraform",
    "",
  ])("%p does not", (line) => expect(isDestroyCommand({ argv: line.split(" ") }, {})).toBe(false));

  test("an empty list does not", () => expect(isDestroyCommand({ argv: [] }, {})).toBe(false));
});

describe("a Terraform that was started by another name", () => {
  const destroy = (exe: string | undefined) =>
    isDestroyCommand({ argv: ["tf1.11", "destroy"], ...(exe ? { exe } : {}) }, {});

  test.each([
    "/opt/terraform/1.11/terraform",
    "/opt/terraform_1.11.4",
    "/usr/bin/tofu",
    "/opt/terraform (deleted)",
  ])("is known by the file that runs: %s", (exe) => expect(destroy(exe)).toBe(true));

  test.each([undefined, "/usr/bin/node", "/opt/terraform-provider-external_v2.3.5", "/home/terraform/tool"])(
    "is none when the file is none: %s",
    (exe) => expect(destroy(exe)).toBe(false),
  );
});

describe("flags from the environment", () => {
  const found = (line: string, environment: Record<string, string>) =>
    isDestroyCommand({ argv: line.split(" ") }, environment);

  test.each([
    ["terraform plan", { TF_CLI_ARGS: "-destroy" }],
    ["terraform plan", { TF_CLI_ARGS_plan: "-input=false -destroy" }],
    ["terraform apply", { TF_CLI_ARGS_apply: "--destroy=true" }],
    ["terraform refresh", { TF_CLI_ARGS_refresh: "'-destroy'" }],
    ["terraform -chdir=stacks/gate plan -out=x", { TF_CLI_ARGS_plan: '-var "note=a b" "-destroy"' }],
    ["terraform plan", { TF_CLI_ARGS: "-destroy=false", TF_CLI_ARGS_plan: "-destroy" }],
  ])("%s with %j destroys", (line, environment) => expect(found(line, environment)).toBe(true));

  test.each([
    ["terraform apply", { TF_CLI_ARGS_plan: "-destroy" }],
    ["terraform plan", { TF_CLI_ARGS_apply: "-destroy" }],
    ["terraform plan -destroy=false", { TF_CLI_ARGS_plan: "-destroy" }],
    ["terraform plan", { TF_CLI_ARGS_plan: "-var 'note=we -destroy nothing'" }],
    ["terraform plan", { TF_CLI_ARGS_plan: '-var "note=\\" -destroy"' }],
    ["terraform plan", { TF_CLI_ARGS_plan: "-var note=we\\ -destroy" }],
    ["terraform output", { TF_CLI_ARGS: "-destroy" }],
    ["node cdktf.js plan", { TF_CLI_ARGS: "-destroy" }],
    ["terraform plan", { TF_CLI_ARGS_plan: "" }],
  ])("%s with %j does not", (line, environment) => expect(found(line, environment)).toBe(false));

  test("are those of a Terraform above a provider and a wrapper", () => {
    const lines = ["terraform-provider-external_v2.3.5", "tf1.11 plan", "sh"];
    const lookup = (pid: number): ProcessInfo | undefined => {
      const line = lines[100 - pid];
      return line === undefined
        ? undefined
        : { parent: pid - 1, argv: line.split(" "), ...(pid === 99 ? { exe: "/opt/terraform_1.11" } : {}) };
    };
    expect(isDestroying(100, lookup, { TF_CLI_ARGS_plan: "-destroy" })).toBe(true);
    expect(isDestroying(100, lookup, {})).toBe(false);
  });
});

describe("the processes above", () => {
  const tree = (...lines: readonly string[]) => {
    const processes = new Map<number, ProcessInfo>();
    lines.forEach((line, index) => processes.set(100 - index, { parent: 99 - index, argv: line.split(" ") }));
    return (pid: number) => processes.get(pid);
  };

  test("a destroy is found above the provider and a wrapper", () => {
    const lookup = tree(
      "terraform-provider-external_v2.3.5",
      "terraform destroy",
      "node cdktf destroy",
      "sh",
    );
    expect(isDestroying(100, lookup, {})).toBe(true);
  });

  test("an apply is none", () => {
    expect(isDestroying(100, tree("terraform-provider-external", "terraform apply", "sh"), {})).toBe(false);
  });

  test("a process that cannot be seen ends the search", () => {
    expect(isDestroying(100, () => undefined, {})).toBe(false);
  });

  test("a circle ends the search, too", () => {
    expect(isDestroying(100, () => ({ parent: 100, argv: ["sh"] }), {})).toBe(false);
  });

  test.each([0, 1, -1])("process %i is not looked at", (pid) => {
    expect(isDestroying(pid, () => ({ parent: 0, argv: ["terraform", "destroy"] }), {})).toBe(false);
  });
});

describe("an orphan", () => {
  const processes = (self: Partial<ProcessInfo>, parent?: Partial<ProcessInfo>) => (pid: number) => {
    const info = pid === 100 ? self : parent;
    return info && { parent: pid === 100 ? 50 : 1, argv: [], ...info };
  };

  test("a process whose parent is of another session has lost its own", () => {
    expect(isOrphan(100, processes({ session: 90 }, { session: 1 }))).toBe(true);
  });

  test("a process beside its parent is none", () => {
    expect(isOrphan(100, processes({ session: 90 }, { session: 90 }))).toBe(false);
  });

  test("a process that leads its own session is none", () => {
    expect(isOrphan(100, processes({ session: 100 }, { session: 1 }))).toBe(false);
  });

  test("what cannot be seen makes no orphan", () => {
    expect(isOrphan(100, () => undefined)).toBe(false);
    expect(isOrphan(100, processes({ session: 90 }))).toBe(false);
    expect(isOrphan(100, processes({}, {}))).toBe(false);
  });
});

describe("the system", () => {
  test("it tells this process's own parent and command line", () => {
    const self = systemLookup(process.pid);
    expect(self?.parent).toBe(process.ppid);
    expect(self?.argv.join(" ")).toContain("node");
    if (process.platform === "linux") expect(self?.exe).toBe(realpathSync(process.execPath));
    expect(isOrphan(process.pid, systemLookup)).toBe(false);
  });

  test("a process that does not exist is not seen", () => {
    expect(systemLookup(2 ** 30)).toBeUndefined();
  });
});
