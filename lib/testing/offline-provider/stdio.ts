import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * File descriptors for one program. What Node itself would give it are sockets: a program that opens /dev/stdin
 * or writes to /dev/stderr, as shell scripts do, fails with those, and works under the real provider.
 */
export interface Stdio {
  /** For the program: stdin, stdout, stderr. */
  readonly childEnds: readonly [number, number, number];
  /** For us: where the program's stdout and stderr can be read. */
  readonly stdout: number;
  readonly stderr: number;
}

const MKFIFO = ["mkfifo", "/usr/bin/mkfifo", "/bin/mkfifo"];

/**
 * Makes stdin out of a file with the input, and stdout and stderr out of named pipes; all three names are gone
 * from the file system when it returns.
 *
 * A named pipe would not do for stdin: opening /dev/stdin waits for a writer, and ours has long closed it.
 *
 * @throws Error when the system has no mkfifo, or no room for the input
 */
export function createStdio(input: string): Stdio {
  const folder = mkdtempSync(path.join(tmpdir(), "offline-provider-"));
  const [stdin, stdout, stderr] = ["0", "1", "2"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    writeFileSync(stdin, input, { mode: 0o600 });
    makeFifos([stdout, stderr]);
    const out = openFifo(stdout);
    const err = openFifo(stderr);
    return {
      childEnds: [openSync(stdin, constants.O_RDONLY), out.writeEnd, err.writeEnd],
      stdout: out.readEnd,
      stderr: err.readEnd,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeFifos(names: readonly string[]): void {
  const problems: string[] = [];
  for (const mkfifo of MKFIFO) {
    const made = spawnSync(mkfifo, ["-m", "600", ...names], { encoding: "utf8" });
    if (made.status === 0) return;
    problems.push(made.error?.message ?? made.stderr.trim());
  }
  throw new Error(`The command mkfifo, which each Unix has, made no pipe: ${problems.join("; ")}`);
}

function openFifo(name: string): { readonly readEnd: number; readonly writeEnd: number } {
  // Opening one end alone would wait for the other.
  const both = openSync(name, constants.O_RDWR);
  try {
    return { readEnd: openSync(name, constants.O_RDONLY), writeEnd: openSync(name, constants.O_WRONLY) };
  } finally {
    closeSync(both);
  }
}
