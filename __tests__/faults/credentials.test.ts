import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import { leaksIn } from "./check";
import { CREDENTIAL_FAULTS, NUMBER, withProfiles, type CredentialFault } from "./credential-faults";
import { selfSigned, startTls, type Running } from "./tls-service";
import { inParallel, runWaiter, type WaiterEnd } from "./waiter-process";

const SECRET = "hush-hush-hush";
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
let runs: Promise<Map<CredentialFault, { end: WaiterEnd; took: number }>>;
const busy = new Set<string>();
beforeAll(async () => {
  withKeys = await startFakeBdrc({ ...KEYS, tasks: TASKS, quotaPerSecond: 0 });
  withToken = await startFakeBdrc({ ...KEYS, securityToken: TOKEN, tasks: TASKS, quotaPerSecond: 0 });
  givers = createServer((request, response) => {
    if (request.url === "/busy" && !busy.has(request.url)) {
      busy.add(request.url);
      response.writeHead(503);
    }
    response.end(given(request));
  });
  await new Promise<void>((resolve) => givers.listen(0, "127.0.0.1", resolve));
  const identity = await selfSigned(["sts.aliyuncs.com", "oauth.aliyun.com", "sso.test.invalid"]);
  front = await startTls(identity, new URL(`http://127.0.0.1:${portOf(givers)}`));
  folder = mkdtempSync(path.join(tmpdir(), "credentials-"));
  writeFileSync(path.join(folder, "ca.pem"), identity.certificate);
  runs = runFaults();
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

/** Runs every fault of credentials, some at once, since each spends its time on starting. */
async function runFaults(): Promise<Map<CredentialFault, { end: WaiterEnd; took: number }>> {
  const keys = { access_key_id: KEYS.accessKeyId, access_key_secret: SECRET, sts_token: TOKEN };
  const place = { folder, giver: `http://127.0.0.1:${portOf(givers)}`, keys };
  const ran = await inParallel(CREDENTIAL_FAULTS, 4, async (fault) => {
    const environment = fault.make(place);
    const begin = performance.now();
    const end = await ask(withToken.endpoint, environment);
    return [fault, { end, took: performance.now() - begin }] as const;
  });
  return new Map(ran);
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
  const profiles = Object.entries(modes).map(([name, more]) => ({ name, mode: name, ...more }));
  const { file, environment: home } = withProfiles(folder, JSON.stringify({ current: "AK", profiles }));
  const before = [readFileSync(file, "utf8"), statSync(file, { bigint: true }).mtimeNs];
  const environment = {
    ...home,
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

test.each(CREDENTIAL_FAULTS.map((fault) => [fault.name, fault] as const))(
  "%s: the wait ends as docs/faults.md says, measured to the end of the process",
  async (_, fault) => {
    const { end, took } = (await runs).get(fault) as { end: WaiterEnd; took: number };
    expect(end).toMatchObject({ code: 0, late: false, stderr: "" });
    const { status, problem } = JSON.parse(end.stdout);
    expect(status).toBe(fault.says === "" ? "COMPLETE" : "UNREADABLE");
    if (fault.says !== "") expect(problem).toContain(`Tried:    ${fault.says}`);
    expect(leaksIn(end, [String(NUMBER), SECRET, TOKEN])).toEqual([]);
    expect(took).toBeLessThan(fault.withinSeconds * 1000);
  },
);
