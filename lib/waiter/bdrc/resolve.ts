import * as dns from "node:dns";
import { readFileSync } from "node:fs";
import * as net from "node:net";
import { monotonic } from "../clock";

/** An address that a name stands for. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** How names are looked up; replaced in tests. */
export interface NameSources {
  /** The text of the hosts file; empty where there is none. */
  hosts(): string;
  /** Asks the name servers themselves for one kind of address. Rejects with an error that has a code. */
  ask(name: string, family: 4 | 6): Promise<string[]>;
  /** Gives up all that {@link ask} has not answered yet. */
  cancel(): void;
  /** Asks the operating system, which knows search domains and more, for so many milliseconds; none when it knows none. */
  system(name: string, limit: number): Promise<Address[]>;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Resolves after this many milliseconds; the timer holds nothing up. */
  pause(milliseconds: number): Promise<void>;
}

/** How long it may take to connect, in milliseconds: name resolution, connection and TLS. */
export const CONNECT_LIMIT = 5000;
/** How long name servers may take together, in milliseconds; less than connecting as a whole, so that the text tells DNS. */
const ASK_LIMIT = CONNECT_LIMIT - 500;
/** How long one name server is given before another one is asked, in milliseconds. */
const SERVER_LIMIT = 1200;
/**
 * How long the other kind of address is waited for once one kind is there, in milliseconds. There are name servers
 * that drop questions for IPv6; IPv4, which every network has, is worth a second question when its answer was lost.
 */
const WAIT_FOR_OTHER = { 4: 1500, 6: 100 } as const;
/** Codes of a name server that knows that there is no such name, or no address of this kind. */
const SAYS_NO: readonly string[] = [dns.NOTFOUND, dns.NODATA, dns.BADNAME];
/** How getent ends for a name that it did not find, whether nobody knows it or nobody answered. */
const GETENT_NOT_FOUND = 2;

/**
 * Finds the addresses of a name without blocking a thread: a process cannot end before its blocked threads do, and
 * the operating system waits for silent name servers for half a minute and longer.
 *
 * Like Terraform itself, it reads the hosts file and asks the name servers. The operating system is asked only where
 * they answered and gave no address, and only for the time that is left: it may know search domains or other sources.
 *
 * @throws Error with the code ENOTFOUND when the name servers say that there is no such name, EAI_AGAIN when they
 * could not tell
 */
export async function resolveName(name: string, sources: NameSources): Promise<Address[]> {
  const noted = inHosts(sources.hosts(), name);
  if (noted.length > 0) return noted;
  const begin = sources.now();
  const asked = ([4, 6] as const).map(async (family) => {
    try {
      const addresses = await sources.ask(name, family);
      return { addresses: addresses.map((address): Address => ({ address, family })), code: "" };
    } catch (error) {
      return { addresses: [], code: (error as NodeJS.ErrnoException).code ?? "" };
    }
  });
  const both = Promise.all(asked);
  const enough = ([4, 6] as const).map(async (family, index) => {
    const kind = await asked[index];
    if (!kind || kind.addresses.length === 0) return both;
    return sources.pause(WAIT_FOR_OTHER[family === 4 ? 6 : 4]);
  });
  await Promise.race([both, ...enough, sources.pause(ASK_LIMIT)]);
  sources.cancel();
  const kinds = await both;
  const found = kinds.flatMap(({ addresses }) => addresses);
  if (found.length > 0) return found;
  const left = ASK_LIMIT - (sources.now() - begin);
  if (kinds.some(({ code }) => code === dns.TIMEOUT || code === dns.CANCELLED) || left < 1) {
    throw failure("EAI_AGAIN");
  }
  const known = await sources.system(name, left);
  if (known.length > 0) return known;
  // The operating system does not tell a name that nobody knows from one that nobody answered for.
  throw failure(kinds.every(({ code }) => SAYS_NO.includes(code)) ? "ENOTFOUND" : "EAI_AGAIN");
}

/** An error as Node's own look-up has them; the transport makes the text. */
function failure(code: "ENOTFOUND" | "EAI_AGAIN"): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** The addresses that a hosts file gives for a name. */
function inHosts(text: string, name: string): Address[] {
  return text.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    const family = net.isIP(address);
    const isIt = names.some((other) => other.toLowerCase() === name.toLowerCase());
    return isIt && (family === 4 || family === 6) ? [{ address, family }] : [];
  });
}

/**
 * Asks the operating system in a process of its own, which can be given up; Node would block a thread for it.
 *
 * @param limit milliseconds
 * @returns no address when there is none, or when the time is over
 */
async function askSystem(name: string, limit: number): Promise<Address[]> {
  if (name.startsWith("-")) return [];
  // Loaded only here: each waiter pays for what it loads at its start.
  const { execFile } = await import("node:child_process");
  return new Promise((resolve, reject) => {
    const child = execFile(
      "getent",
      ["ahosts", name],
      { timeout: Math.ceil(limit), killSignal: "SIGKILL" },
      (error, stdout) => {
        process.off("exit", end);
        // A system without this program, or with another one of the name, such as one that holds nothing but Node.
        if (error && error.code !== GETENT_NOT_FOUND && !error.killed) {
          lookUp(name).then(resolve, reject);
          return;
        }
        const found = stdout.split("\n").flatMap((line): Address[] => {
          const address = line.split(/\s/, 1)[0] ?? "";
          const family = net.isIP(address);
          return /\sSTREAM\b/.test(line) && (family === 4 || family === 6) ? [{ address, family }] : [];
        });
        resolve(found);
      },
    );
    const end = (): void => void child.kill("SIGKILL");
    process.once("exit", end);
  });
}

function systemSources(): NameSources {
  const resolver = new dns.promises.Resolver({ timeout: SERVER_LIMIT, tries: 2 });
  return {
    hosts: () => {
      try {
        return readFileSync("/etc/hosts", "utf8");
      } catch {
        return "";
      }
    },
    ask: (name, family) => (family === 4 ? resolver.resolve4(name) : resolver.resolve6(name)),
    cancel: () => resolver.cancel(),
    system: askSystem,
    now: monotonic,
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
  };
}

/**
 * The addresses of a name, as every call of this package finds them.
 *
 * @throws Error with the code ENOTFOUND or EAI_AGAIN
 */
export async function addressesOf(name: string): Promise<Address[]> {
  // Elsewhere the name servers of a machine cannot be read from a file, and nobody has measured it.
  return process.platform === "linux" ? resolveName(name, systemSources()) : lookUp(name);
}

/** As Node does it, in a thread. */
async function lookUp(name: string): Promise<Address[]> {
  const all = await dns.promises.lookup(name, { all: true });
  return all.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}

/** {@link addressesOf} in the shape that sockets want; undefined where the operating system's own way is used. */
const lookup: net.LookupFunction | undefined =
  process.platform !== "linux"
    ? undefined
    : (name, options, done) => {
        addressesOf(name).then(
          (addresses) => {
            const wanted = addresses.filter(({ family }) => !options.family || options.family === family);
            const [first] = wanted;
            if (!first) done(failure("ENOTFOUND"), []);
            else if (options.all) done(null, wanted);
            else done(null, first.address, first.family);
          },
          (error: NodeJS.ErrnoException) => done(error, []),
        );
      };

/**
 * Options of a socket to a host by its name.
 *
 * Each address of a host gets the whole limit for connecting: Node's own 250 milliseconds are less than a round trip
 * around the world, and a host with an address that nobody can reach would never be reached at all.
 *
 * @param connectLimit milliseconds
 */
export function connectOptions(connectLimit: number): {
  lookup?: net.LookupFunction;
  autoSelectFamily: boolean;
  autoSelectFamilyAttemptTimeout: number;
} {
  return {
    ...(lookup ? { lookup } : {}),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: connectLimit,
  };
}
