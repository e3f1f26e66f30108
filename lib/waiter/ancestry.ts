import type * as ChildProcess from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** One process above us: its parent and its command line. */
export interface ProcessInfo {
  readonly parent: number;
  readonly argv: readonly string[];
  /** The file that runs, which its first word need not name: a link can; undefined where it cannot be seen. */
  readonly exe?: string;
  /** Its session, which a child shares with its parent; undefined where it cannot be seen. */
  readonly session?: number;
}

/** Finds a process by its id; undefined when it cannot be seen. */
export type ProcessLookup = (pid: number) => ProcessInfo | undefined;

/** How many processes above us are looked at: script, provider, Terraform, and wrappers of these. */
const MAX_DEPTH = 12;

/**
 * Whether a Terraform or OpenTofu above this process is destroying.
 *
 * No environment variable tells it for sure, and the reads of a destroy must not wait for a task: Terraform refreshes
 * data sources before it destroys.
 *
 * @param environment what this process inherited from that Terraform
 */
export function isDestroying(
  pid: number,
  lookup: ProcessLookup,
  environment: Readonly<NodeJS.ProcessEnv>,
): boolean {
  for (let depth = 0; depth < MAX_DEPTH && pid > 1; depth += 1) {
    const info = lookup(pid);
    if (!info) return false;
    if (isDestroyCommand(info, environment)) return true;
    pid = info.parent;
  }
  return false;
}

/**
 * Whether the parent of a process has ended already and another one was put in its place: nobody will read what the
 * process prints. Says false whenever it cannot tell.
 */
export function isOrphan(pid: number, lookup: ProcessLookup): boolean {
  const self = lookup(pid);
  const parent = self && lookup(self.parent);
  if (self?.session === undefined || parent?.session === undefined) return false;
  // A process that leads a session has left that of its parent by itself.
  return self.session !== pid && self.session !== parent.session;
}

/**
 * Whether a process is `terraform destroy`, or a plan, an apply or a refresh with `-destroy`, which may also come from
 * the environment.
 */
export function isDestroyCommand(
  { argv, exe }: Pick<ProcessInfo, "argv" | "exe">,
  environment: Readonly<NodeJS.ProcessEnv>,
): boolean {
  const [program = "", ...rest] = argv;
  if (![program, exe ?? ""].some(isTerraform)) return false;
  const command = rest.find((word) => !word.startsWith("-")) ?? "";
  if (command === "destroy") return true;
  if (!["plan", "apply", "refresh"].includes(command)) return false;
  // Terraform puts these before the flags of its command line, and the last of a kind holds.
  const variables = ["TF_CLI_ARGS", `TF_CLI_ARGS_${command}`];
  const flags = [...variables.flatMap((name) => shellWords(environment[name] ?? "")), ...rest];
  const flag = flags.reverse().find((word) => /^--?destroy(=|$)/i.test(word));
  return flag !== undefined && /^--?destroy(=(true|1|t))?$/i.test(flag);
}

function isTerraform(file: string): boolean {
  // Linux says so of a file that was replaced while it runs, as by an upgrade.
  const name = file.replace(/^.*[/\\]|\s\(deleted\)$/g, "");
  return /^(terraform|tofu|opentofu)(\.exe|[-_\d].*)?$/i.test(name) && !name.startsWith("terraform-provider");
}

/** The words of a text as a shell cuts them, so that a `-destroy` within quotes is no flag. */
function shellWords(text: string): string[] {
  const words = text.match(/(?:\\[^]|[^\s"'\\]|"(?:\\[^]|[^"\\])*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /\\([^])|"((?:\\[^]|[^"\\])*)"|'([^']*)'/g,
      (_, one?: string, two?: string, three?: string) => one ?? two ?? three ?? "",
    ),
  );
}

/** Sees processes through /proc (Linux), else through ps (macOS); elsewhere none. */
export const systemLookup: ProcessLookup = (pid) => {
  try {
    if (process.platform === "linux") {
      const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
      // The program's name stands in parentheses and may itself hold spaces and parentheses.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      const exe = exeOf(pid);
      return { parent: Number(fields[1]), argv, session: Number(fields[3]), ...(exe ? { exe } : {}) };
    }
    if (process.platform === "darwin") {
      // Loaded only here: each waiter pays for what it loads at its start.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { execFileSync } = require("node:child_process") as typeof ChildProcess;
      const line = execFileSync("/bin/ps", ["-o", "ppid=,command=", "-p", String(pid)], {
        encoding: "utf8",
        timeout: 2000,
        stdio: ["ignore", "pipe", "ignore"],
      });
      const [, parent = "", command = ""] = /^\s*(\d+)\s+(.*)$/m.exec(line) ?? [];
      return parent === "" ? undefined : { parent: Number(parent), argv: command.split(/\s+/) };
    }
  } catch {
    // A process that has ended, or that may not be seen: then nothing is known of it.
  }
  return undefined;
};

function exeOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    // Another user's process shows its command line, but not this.
    return undefined;
  }
}
