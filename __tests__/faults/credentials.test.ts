import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import { leaksIn } from "./check";
import { selfSigned, startTls, type Running } from "./tls-service";
import { inParallel, runWaiter, type WaiterEnd } from "./waiter-process";

const SECRET = "hush-hush-hush";
const NUMBER = 9876543210123;
const KEYS = { accessKeyId: "FakeKeyId", accessKeySecret: SECRET };
const TOKEN = "hush-token-hush";
const TASKS = { "t-1": {} };
/** More of them only by hand: BDRC_TASK_TEST_ROUNDS=50 makes 5400 waiters. */
const ROUNDS = Number(process.env["BDRC_TASK_TEST_ROUNDS"] ?? 0);

let withKeys: FakeBdrc;
let withToken: FakeBdrc;
let givers: Server;
let front: Running;
let folder: string;
beforeAll(async () => {
  withKeys = await startFakeBdrc({ ...KEYS, tasks: TASKS, quotaPerSecond: 0 });
  withToken = await startFakeBdrc({ ...KEYS, securityToken: TOKEN, tasks: TASKS, quotaPerSecond: 0 });
  givers = createServer((request, response) => response.end(given(request)));
  await new Promise<void>((resolve) => givers.listen(0, "127.0.0.1", resolve));
  const identity = await selfSigned(["sts.aliyuncs.com", "oauth.aliyun.com", "sso.test.invalid"]);
  front = await startTls(identity, new URL(`http://127.0.0.1:${portOf(givers)}`));
  folder = mkdtempSync(path.join(tmpdir(), "credentials-"));
  writeFileSync(path.join(folder, "ca.pem"), identity.certificate);
});
afterAll(async () => {
  await Promise.all([withKeys.close(), withToken.close(), front.close()]);
  givers.closeAllConnections();
  givers.close();
  rmSync(folder, { recursive: true });
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** What STS, the metadata service, CloudSSO, OAuth and a credentials URI answer. */
function given({ url = "" }: IncomingMessage): string {
  if (/security-credentials\/$/.test(url)) return "my-role";
  if (/api\/token$/.test(url)) return "token";
  const wrong = /^\/wrong\?(.*)$/.exec(url)?.[1];
  const session = {
    Code: "Success",
    AccessKeyId: KEYS.accessKeyId,
    AccessKeySecret: wrong === undefined ? SECRET : JSON.parse(decodeURIComponent(wrong)),
    SecurityToken: TOKEN,
    Expiration: new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z/, "Z"),
  };
  const lower = {
    accessKeyId: KEYS.accessKeyId,
    accessKeySecret: SECRET,
    securityToken: TOKEN,
    expiration: session.Expiration,
  };
  return JSON.stringify({ ...session, ...lower, Credentials: session, CloudCredential: session });
}

/** A home folder whose CLI has these profiles. */
function homeWith(profiles: readonly object[] | string): { readonly home: string; readonly file: string } {
  const home = mkdtempSync(path.join(folder, "home-"));
  const file = path.join(home, ".aliyun", "config.json");
  mkdirSync(path.dirname(file));
  const text = typeof profiles === "string" ? profiles : JSON.stringify({ current: "work", profiles });
  writeFileSync(file, text);
  return { home, file };
}

function ask(endpoint: string, environment: Record<string, string>, profile?: string): Promise<WaiterEnd> {
  return runWaiter({
    query: { task_id: "t-1", endpoint, ...(profile === undefined ? {} : { profile }) },
    environment,
    killAfterSeconds: 30,
  });
}

test("twelve waiters at once get keys from a profile of any mode, and leave the CLI's file as it was", async () => {
  const keys = { access_key_id: KEYS.accessKeyId, access_key_secret: SECRET };
  const role = { ram_role_arn: "acs:ram::1:role/r", ram_session_name: "me" };
  const later = Math.floor(Date.now() / 1000) + 3600;
  writeFileSync(path.join(folder, "oidc"), "token");
  writeFileSync(
    path.join(folder, "printed"),
    JSON.stringify({ mode: "StsToken", ...keys, sts_token: TOKEN }),
  );
  const modes: Readonly<Record<string, object>> = {
    AK: keys,
    StsToken: { ...keys, sts_token: TOKEN },
    RamRoleArn: { ...keys, ...role },
    EcsRamRole: { ram_role_name: "my-role" },
    OIDC: { ...role, oidc_provider_arn: "p", oidc_token_file: path.join(folder, "oidc") },
    ChainableRamRoleArn: { ...role, source_profile: "StsToken" },
    CloudSSO: {
      cloud_sso_sign_in_url: "https://sso.test.invalid/start",
      cloud_sso_account_id: "1",
      cloud_sso_access_config: "c",
      access_token: "signed-in",
      cloud_sso_access_token_expire: later,
    },
    OAuth: { oauth_site_type: "CN", oauth_access_token: "signed-in", oauth_access_token_expire: later },
    External: { process_command: `cat ${path.join(folder, "printed")}` },
  };
  const { home, file } = homeWith(
    Object.entries(modes).map(([name, more]) => ({ name, mode: name, ...more })),
  );
  const before = [readFileSync(file, "utf8"), statSync(file, { bigint: true }).mtimeNs];
  const environment = {
    HOME: home,
    USERPROFILE: home,
    NODE_OPTIONS: `--require ${path.join(__dirname, "elsewhere.cjs")}`,
    NODE_EXTRA_CA_CERTS: path.join(folder, "ca.pem"),
    ELSEWHERE: `${front.port},${portOf(givers)}`,
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: "",
  };
  // The two whose callbacks wrote the file meet in twelve processes, the others in two.
  const names = Object.keys(modes).flatMap((mode) => {
    const width = ROUNDS > 0 ? 12 * ROUNDS : /^(OAuth|External)$/.test(mode) ? 12 : 2;
    return Array.from({ length: width }, () => mode);
  });
  const ends = await inParallel(names, 12, (mode) =>
    ask((mode === "AK" ? withKeys : withToken).endpoint, environment, mode),
  );
  const bad = ends.flatMap((end, index) => {
    const problem = end.code === 0 && !end.late ? (JSON.parse(end.stdout).problem as string) : end.stderr;
    return problem === "" && leaksIn(end, [SECRET, TOKEN]).length === 0
      ? []
      : [`${names[index]}: ${problem}`];
  });
  expect(bad).toEqual([]);
  expect([readFileSync(file, "utf8"), statSync(file, { bigint: true }).mtimeNs]).toEqual(before);
}, 3_600_000);

const TYPES = [
  [NUMBER, "a number"],
  [true, "true or false"],
  [[NUMBER], "a list"],
  [{ hush: NUMBER }, "an object"],
] as const;
const profile = (more: object) => ({
  name: "work",
  mode: "StsToken",
  access_key_id: "i",
  access_key_secret: "s",
  ...more,
});

test("a value of a wrong type, a pipe or a device ends in a text and exit 0, at once, whole process", async () => {
  const fifo = path.join(folder, "fifo");
  execFileSync("mkfifo", [fifo]);
  const pipe = homeWith([]);
  rmSync(pipe.file);
  execFileSync("mkfifo", [pipe.file]);
  const cli = "~/.aliyun/config.json, its current profile";
  const uri = (value: unknown): Record<string, string> => ({
    ALIBABA_CLOUD_CREDENTIALS_URI: `http://127.0.0.1:${portOf(givers)}/wrong?${encodeURIComponent(JSON.stringify(value))}`,
  });
  const cases: (readonly [environment: Record<string, string>, says: string])[] = [
    ...TYPES.flatMap(([value, kind]) => [
      ...["access_key_secret", "sts_token"].map(
        (key) =>
          [
            { HOME: homeWith([profile({ sts_token: "t", [key]: value })]).home },
            `${cli}: its ${key} is ${kind}, where a text belongs`,
          ] as const,
      ),
      [
        uri(value),
        `ALIBABA_CLOUD_CREDENTIALS_URI: set, but the access key secret is ${kind}, where a text belongs`,
      ] as const,
    ]),
    [{ HOME: pipe.home }, `${cli}: a named pipe, where a regular file belongs`],
    [
      { ALIBABA_CLOUD_CREDENTIALS_FILE: fifo },
      "ALIBABA_CLOUD_CREDENTIALS_FILE, profile default: a named pipe, where a regular file belongs",
    ],
    [
      { ALICLOUD_SHARED_CREDENTIALS_FILE: "/dev/zero" },
      "ALICLOUD_SHARED_CREDENTIALS_FILE, its current profile: a device, where a regular file belongs",
    ],
    [
      {
        ALIBABA_CLOUD_ROLE_ARN: "r",
        ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "p",
        ALIBABA_CLOUD_OIDC_TOKEN_FILE: fifo,
      },
      "OIDC role: set, but the file in ALIBABA_CLOUD_OIDC_TOKEN_FILE: a named pipe, where a regular file belongs",
    ],
  ];
  const ends = await inParallel(cases, 4, async ([environment, says]) => {
    const begin = performance.now();
    const end = await ask(withKeys.endpoint, environment);
    return { end, says, took: performance.now() - begin };
  });
  for (const { end, says, took } of ends) {
    expect(end).toMatchObject({ code: 0, late: false, stderr: "" });
    const { status, problem } = JSON.parse(end.stdout);
    expect(status).toBe("UNREADABLE");
    expect(problem).toContain(`Tried:    ${says}`);
    expect(leaksIn(end, [String(NUMBER), SECRET])).toEqual([]);
    expect(took).toBeLessThan(10_000);
  }
});
