import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import { leaksIn, wholeLines } from "./check";
import {
  HOST,
  selfSigned,
  startProxy,
  startTls,
  type Identity,
  type Proxy,
  type Running,
} from "./tls-service";
import { runWaiter } from "./waiter-process";

const SECRET = "hush-hush-hush";
let folder: string;
let bdrc: FakeBdrc;
let identity: Identity;
let tls: Running;
const started: Running[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tls-"));
  bdrc = await startFakeBdrc({
    accessKeySecret: SECRET,
    tasks: { "t-1": { counts: { a: 1 } } },
    quotaPerSecond: 0,
  });
  identity = await selfSigned([HOST, "127.0.0.1"]);
  tls = await startTls(identity, new URL(bdrc.endpoint));
  started.push(tls);
  writeFileSync(path.join(folder, "ca.pem"), identity.certificate);
}, 30_000);
afterAll(async () => {
  await bdrc.close();
  rmSync(folder, { recursive: true });
});
afterAll(() => Promise.all(started.map((server) => server.close())));

async function proxyTo(port: number, options: Parameters<typeof startProxy>[1] = {}): Promise<Proxy> {
  const proxy = await startProxy(port, options);
  started.push(proxy);
  return proxy;
}

interface Ended {
  readonly status: string;
  readonly problem: string;
  readonly seconds: number;
}

/** Runs the built waiter; what it says about itself, and that it told no secret. */
async function wait(query: Record<string, string>, environment: Record<string, string> = {}): Promise<Ended> {
  const end = await runWaiter({
    query: { task_id: "t-1", max_outage_seconds: "1", ...query },
    environment: { ...bdrc.environment, ...environment },
    killAfterSeconds: 40,
  });
  expect(end).toMatchObject({ code: 0, late: false });
  expect(leaksIn(end, [SECRET, "proxy-word"])).toEqual([]);
  const { status, problem } = JSON.parse(end.stdout);
  return { status, problem, seconds: Number(wholeLines(end.events)?.at(-1)?.["waited_seconds"]) };
}

const trusted = (): Record<string, string> => ({ NODE_EXTRA_CA_CERTS: path.join(folder, "ca.pem") });
const direct = (): Record<string, string> => ({ endpoint: `https://127.0.0.1:${tls.port}` });

describe("TLS", () => {
  test("a certificate authority of one's own is named by NODE_EXTRA_CA_CERTS", async () => {
    expect(await wait(direct(), trusted())).toMatchObject({ status: "COMPLETE", problem: "" });
  });

  test("a certificate that nobody vouches for is refused at once", async () => {
    const { status, problem, seconds } = await wait(direct());
    expect(status).toBe("UNREADABLE");
    expect(problem).toMatch(/^Task t-1 cannot be read: the call to 127\.0\.0\.1:\d+ failed: .*self-signed/);
    expect(problem).toContain("NODE_EXTRA_CA_CERTS");
    expect(seconds).toBeLessThan(5);
  });

  test("it is never relaxed, also not by NODE_TLS_REJECT_UNAUTHORIZED=0", async () => {
    const { status, problem } = await wait(direct(), { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(status).toBe("UNREADABLE");
    expect(problem).toContain("self-signed");
  });

  test("a certificate for another name is refused", async () => {
    const other = await startTls(await selfSigned(["elsewhere.invalid"]), new URL(bdrc.endpoint));
    started.push(other);
    expect(await wait({ endpoint: `https://127.0.0.1:${other.port}` }, trusted())).toMatchObject({
      status: "UNREADABLE",
    });
  });

  test("an expired certificate is refused", async () => {
    const expired = await selfSigned(["127.0.0.1"], -1);
    const server = await startTls(expired, new URL(bdrc.endpoint));
    started.push(server);
    writeFileSync(path.join(folder, "expired.pem"), expired.certificate);
    const environment = { NODE_EXTRA_CA_CERTS: path.join(folder, "expired.pem") };
    const { status, problem } = await wait({ endpoint: `https://127.0.0.1:${server.port}` }, environment);
    expect(status).toBe("UNREADABLE");
    expect(problem).toContain("expired");
  });
});

describe("a proxy", () => {
  const far = { endpoint: HOST };

  test("HTTPS_PROXY leads to a place that no other way leads to, with the proxy's own user", async () => {
    const proxy = await proxyTo(tls.port);
    const HTTPS_PROXY = `http://someone:proxy-word@127.0.0.1:${proxy.port}`;
    expect(await wait(far, { ...trusted(), HTTPS_PROXY })).toMatchObject({ status: "COMPLETE" });
    const basic = Buffer.from("someone:proxy-word").toString("base64");
    expect(proxy.asked).toEqual([`CONNECT ${HOST}:443 Basic ${basic}`]);
  });

  test("a proxy named without a protocol is spoken to in plain http", async () => {
    const proxy = await proxyTo(tls.port);
    const HTTPS_PROXY = `127.0.0.1:${proxy.port}`;
    expect(await wait(far, { ...trusted(), HTTPS_PROXY })).toMatchObject({ status: "COMPLETE" });
  });

  test("a proxy that is spoken to in TLS needs a certificate that somebody vouches for", async () => {
    const proxy = await proxyTo(tls.port, { identity });
    const HTTPS_PROXY = `https://127.0.0.1:${proxy.port}`;
    expect(await wait(far, { ...trusted(), HTTPS_PROXY })).toMatchObject({ status: "COMPLETE" });
    const relaxed = await wait(far, { HTTPS_PROXY, NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(relaxed.status).toBe("UNREADABLE");
    expect(proxy.asked).toHaveLength(1);
  });

  test("TLS is not relaxed behind a proxy either", async () => {
    const proxy = await proxyTo(tls.port);
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    expect((await wait(far, environment)).problem).toContain("self-signed");
  });

  test("loopback and NO_PROXY never go through it", async () => {
    const proxy = await proxyTo(tls.port);
    const HTTPS_PROXY = `http://127.0.0.1:${proxy.port}`;
    expect(await wait(direct(), { ...trusted(), HTTPS_PROXY })).toMatchObject({ status: "COMPLETE" });
    const { status, problem } = await wait(far, { ...trusted(), HTTPS_PROXY, NO_PROXY: HOST });
    expect(status).toBe("UNREADABLE");
    expect(problem).toMatch(/DNS/);
    expect(proxy.asked).toEqual([]);
  });

  test("a proxy that refuses is told as such, at once", async () => {
    const proxy = await proxyTo(tls.port, { status: 407 });
    const { status, problem } = await wait(far, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect(status).toBe("UNREADABLE");
    expect(problem).toMatch(/^Task t-1 cannot be read: HTTP 407 /);
    expect(problem).toContain("Next:     check HTTPS_PROXY");
    expect(proxy.asked).toHaveLength(1);
  });

  test("a proxy that is down is named, without its user", async () => {
    const proxy = await proxyTo(tls.port);
    await proxy.close();
    const { status, problem } = await wait(far, {
      HTTPS_PROXY: `http://someone:proxy-word@127.0.0.1:${proxy.port}`,
    });
    expect(status).toBe("UNREADABLE");
    expect(problem).toContain(`nothing listens at ${HOST} (through the proxy 127.0.0.1:${proxy.port})`);
  });

  test("a proxy of another kind is refused at once, and its password is not shown", async () => {
    const { status, problem, seconds } = await wait(far, {
      HTTPS_PROXY: "socks5://someone:proxy-word@127.0.0.1:1",
    });
    expect(status).toBe("UNREADABLE");
    expect(problem).toContain("the proxy in HTTPS_PROXY is not of the form http://host:port");
    expect(seconds).toBeLessThan(5);
  });

  test("many looks through a proxy leave no connections open", async () => {
    const proxy = await proxyTo(tls.port);
    const faults = [{ kind: "unavailable" as const, look: { to: 4 } }];
    bdrc.addTask("t-many", { faults });
    let most = 0;
    const counting = setInterval(() => (most = Math.max(most, proxy.open())), 20);
    const query = { ...far, task_id: "t-many", max_outage_seconds: "60" };
    const ended = await wait(query, { ...trusted(), HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    clearInterval(counting);
    expect(ended.status).toBe("COMPLETE");
    // One at a time, and perhaps one whose end has not been seen yet.
    expect(proxy.asked).toHaveLength(5);
    expect(most).toBeLessThanOrEqual(2);
  });
});
