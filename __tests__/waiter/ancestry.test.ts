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
    "terraform apply -destroy",
    "terraform apply --destroy -auto-approve",
    "terraform apply -auto-approve -destroy=true",
    "terraform plan -destroy=1 -out=x",
    "terraform plan -input=false -destroy",
    "terraform refresh -destroy",
  ])("%s destroys", (line) => expect(isDestroyCommand(line.split(" "))).toBe(true));

  test.each([
    "terraform plan",
    "terraform apply -auto-approve",
    "terraform apply -destroy=false",
    "terraform apply -destroy=0",
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
  ])("%p does not", (line) => expect(isDestroyCommand(line.split(" "))).toBe(false));

  test("an empty list does not", () => expect(isDestroyCommand([])).toBe(false));
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
    expect(isDestroying(100, lookup)).toBe(true);
  });

  test("an apply is none", () => {
    expect(isDestroying(100, tree("terraform-provider-external", "terraform apply", "sh"))).toBe(false);
  });

  test("a process that cannot be seen ends the search", () => {
    expect(isDestroying(100, () => undefined)).toBe(false);
  });

  test("a circle ends the search, too", () => {
    expect(isDestroying(100, () => ({ parent: 100, argv: ["sh"] }))).toBe(false);
  });

  test.each([0, 1, -1])("process %i is not looked at", (pid) => {
    expect(isDestroying(pid, () => ({ parent: 0, argv: ["terraform", "destroy"] }))).toBe(false);
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
    expect(isOrphan(process.pid, systemLookup)).toBe(false);
  });

  test("a process that does not exist is not seen", () => {
    expect(systemLookup(2 ** 30)).toBeUndefined();
  });
});
