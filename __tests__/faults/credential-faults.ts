import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** A number where a secret belongs; every text that leaves the waiter is searched for it. */
export const NUMBER = 9876543210123;

/** Where the faults of credentials are made. */
export interface FaultPlace {
  readonly folder: string;
  /** A service that gives the right keys, at `/wrong?<JSON>` with this secret, and at `/busy` at the second call. */
  readonly giver: string;
  /** The keys that BDRC takes, as a profile holds them. */
  readonly keys: Readonly<Record<string, string>>;
}

/** Something that is wrong with the only source of credentials, and what becomes of the wait. */
export interface CredentialFault {
  readonly name: string;
  /** What the text says of the source; `""` when the keys are found all the same. */
  readonly says: string;
  /** The longest that the whole process may take, in seconds. */
  readonly withinSeconds: number;
  /** Makes it, and gives the environment that leads to it. */
  make(place: FaultPlace): Record<string, string>;
}

const CLI = "~/.aliyun/config.json, its current profile";
const TYPES = [
  [NUMBER, "a number"],
  [true, "true or false"],
  [[NUMBER], "a list"],
  [{ hush: NUMBER }, "an object"],
] as const;

const NO_FILES = [
  ["a pipe without a writer", "a named pipe", (file: string) => void execFileSync("mkfifo", [file])],
  ["a folder", "a folder", (file: string) => void mkdirSync(file)],
  ["a link to /dev/zero", "a device", (file: string) => void execFileSync("ln", ["-s", "/dev/zero", file])],
] as const;

/** A place where a file belongs: its name, what the text calls it, and where it is in a home folder with what leads there. */
type Place = readonly [string, string, (home: string) => readonly [string, Record<string, string>]];

const PLACES: readonly Place[] = [
  ["~/.aliyun/config.json", CLI, (home: string) => [path.join(home, ".aliyun", "config.json"), {}]],
  [
    "~/.alibabacloud/credentials",
    "~/.alibabacloud/credentials, profile default",
    (home: string) => [path.join(home, ".alibabacloud", "credentials"), {}],
  ],
  [
    "ALICLOUD_SHARED_CREDENTIALS_FILE",
    "ALICLOUD_SHARED_CREDENTIALS_FILE, its current profile",
    (home: string) => [path.join(home, "f"), { ALICLOUD_SHARED_CREDENTIALS_FILE: path.join(home, "f") }],
  ],
  [
    "the file of the OIDC token",
    "OIDC role: set, but the file in ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    (home: string) => [
      path.join(home, "f"),
      {
        ALIBABA_CLOUD_ROLE_ARN: "r",
        ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "p",
        ALIBABA_CLOUD_OIDC_TOKEN_FILE: path.join(home, "f"),
      },
    ],
  ],
];

/** Every fault of credentials that docs/faults.md lists. */
export const CREDENTIAL_FAULTS: readonly CredentialFault[] = [
  ...PLACES.flatMap(([place, source, lead]) =>
    NO_FILES.map(([name, kind, put]): CredentialFault => ({
      name: `${name} as ${place}`,
      says: `${source}: ${kind}, where a regular file belongs`,
      withinSeconds: 8,
      make: ({ folder }) => {
        const home = newHome(folder);
        const [file, environment] = lead(home);
        put(file);
        return { HOME: home, USERPROFILE: home, ...environment };
      },
    })),
  ),
  {
    name: "a file of 16 GiB as ~/.aliyun/config.json",
    says: `${CLI}: larger than 1024 KiB, so it is no file of credentials`,
    withinSeconds: 8,
    make: ({ folder }) => {
      const made = withProfiles(folder, "");
      truncateSync(made.file, 2 ** 34);
      return made.environment;
    },
  },
  ...TYPES.flatMap(([value, kind]): CredentialFault[] => [
    ...["access_key_secret", "sts_token"].map((key): CredentialFault => ({
      name: `${kind} as ${key} of a profile`,
      says: `${CLI}: its ${key} is ${kind}, where a text belongs`,
      withinSeconds: 8,
      make: ({ folder, keys }) => withProfile(folder, { mode: "StsToken", ...keys, [key]: value }),
    })),
    {
      name: `${kind} as AccessKeySecret of a credentials URI`,
      says: `ALIBABA_CLOUD_CREDENTIALS_URI: set, but the access key secret is ${kind}, where a text belongs`,
      withinSeconds: 8,
      make: ({ giver }) => ({
        ALIBABA_CLOUD_CREDENTIALS_URI: `${giver}/wrong?${encodeURIComponent(JSON.stringify(value))}`,
      }),
    },
  ]),
  {
    name: "~/.aliyun/config.json, cut off",
    says: `${CLI}: no whole JSON`,
    withinSeconds: 10,
    make: ({ folder }) => withProfiles(folder, `{"profiles":[{"access_key_secret":"${NUMBER}"`).environment,
  },
  {
    name: "a credentials URI that is busy at the first call",
    says: "",
    withinSeconds: 10,
    make: ({ giver }) => ({ ALIBABA_CLOUD_CREDENTIALS_URI: `${giver}/busy` }),
  },
  {
    name: "a process_command that fails the first time",
    says: "",
    withinSeconds: 10,
    make: ({ folder, keys }) => {
      const home = newHome(folder);
      const printed = path.join(home, "printed");
      writeFileSync(printed, JSON.stringify({ mode: "StsToken", ...keys }));
      const command = path.join(home, "command");
      writeFileSync(command, `if [ -e "$0.ran" ]; then cat "${printed}"; else touch "$0.ran"; exit 1; fi\n`);
      return withProfile(folder, { mode: "External", process_command: `sh '${command}'` });
    },
  },
];

function withProfile(folder: string, profile: object): Record<string, string> {
  const profiles = [{ name: "work", ...profile }];
  return withProfiles(folder, JSON.stringify({ current: "work", profiles })).environment;
}

/** A new home folder whose CLI has this file. */
export function withProfiles(
  folder: string,
  text: string,
): { readonly file: string; readonly environment: Record<string, string> } {
  const home = newHome(folder);
  const file = path.join(home, ".aliyun", "config.json");
  writeFileSync(file, text);
  return { file, environment: { HOME: home, USERPROFILE: home } };
}

function newHome(folder: string): string {
  const home = mkdtempSync(path.join(folder, "home-"));
  mkdirSync(path.join(home, ".aliyun"));
  mkdirSync(path.join(home, ".alibabacloud"));
  return home;
}
