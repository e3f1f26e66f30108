import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { FakeBdrc, FakeBdrcOptions } from "../../lib/testing";
import { createServerIdentity } from "../../lib/testing/offline-provider/certificate";
import { checkClock, masked } from "../../lib/cli/doctor-checks";
import { bdrcTask, GOOD_MACHINE, rehearsal, type FakeTerminalOptions, type Ran } from "./fake-terminal";

let service: FakeBdrc | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

async function doctor(
  options: FakeBdrcOptions = {},
  flags = "",
  more: FakeTerminalOptions = {},
): Promise<Ran & { readonly lines: Record<string, string> }> {
  const made = await rehearsal(options);
  service = made.service;
  const ran = await bdrcTask(`doctor ${flags}`, {
    ...made.terminal,
    ...more,
    environment: { ...made.terminal.environment, ...more.environment },
  });
  return { ...ran, lines: linesOf(ran.out) };
}

/** The text below each name, with the advice. */
function linesOf(out: string): Record<string, string> {
  const found: Record<string, string> = {};
  let name = "";
  for (const line of out.split("\n")) {
    const [, state, head, rest] = /^(ok|problem|skipped) +(\S+) +(.*)$/.exec(line) ?? [];
    if (state !== undefined && head !== undefined) found[(name = head)] = `${state}: ${rest}`;
    else if (line.startsWith(" ")) found[name] += `\n${line.trim()}`;
  }
  return found;
}

test("when all is well, each line is ok and it ends with 0", async () => {
  const { code, out } = await doctor();
  expect(code).toBe(0);
  expect(out.replace(/127\.0\.0\.1:\d+/g, "(host)").replace(/\d+ ms/, "(time)")).toBe(
    [
      "ok       Node.js      v22.1.0 (20.9 or newer is needed)",
      "ok       Terraform    1.11.4 (terraform)",
      "ok       Provider     Terraform takes hashicorp/external from registry.terraform.io.",
      "ok       Place        (host) (BDRC_ENDPOINT)",
      "ok       Credentials  key Fa… from the environment",
      "skipped  DNS          127.0.0.1 needs none",
      "ok       Connection   (host) answered in (time), plain http, direct",
      "ok       Clock        the same as the server's",
      "ok       Service      OPENED, SUCCESS",
      "ok       Permission   bdrc:DescribeTask is granted",
      "ok       Listing      bdrc:DescribeTasks is granted",
      "ok       Policies     bdrc:GetProtectionPolicy is granted",
      "",
      "No problem was found.",
      "",
    ].join("\n"),
  );
});

test("--json prints the checks, and whether all is well", async () => {
  const { terminal } = await doctor({}, "--json");
  expect(terminal.json["ok"]).toBe(true);
  expect((terminal.json["checks"] as unknown[])[0]).toEqual({
    name: "Node.js",
    state: "ok",
    detail: "v22.1.0 (20.9 or newer is needed)",
  });
});

describe("the machine", () => {
  const on = (machine: Partial<typeof GOOD_MACHINE>, environment: Record<string, string> = {}) =>
    doctor({}, "", { machine, environment });

  test("an old Node.js is a problem", async () => {
    const { code, lines, out } = await on({ nodeVersion: "v20.8.1" });
    expect(code).toBe(1);
    expect(lines["Node.js"]).toBe("problem: v20.8.1\n→ install Node.js 20.9 or newer");
    expect(out).toContain("One problem was found.");
  });

  test("no Terraform is a problem, and then the provider is not looked for", async () => {
    const findTerraform = (): never => {
      throw new Error(
        "There is neither terraform nor tofu on PATH.\n\n  Expected: either\n  Next:     install Terraform or OpenTofu",
      );
    };
    const { code, lines } = await on({ findTerraform });
    expect(code).toBe(1);
    expect(lines["Terraform"]).toBe(
      "problem: There is neither terraform nor tofu on PATH.\n→ install Terraform or OpenTofu",
    );
    expect(lines["Provider"]).toBe("skipped: there is no Terraform to ask for");
  });

  test("OpenTofu is asked for its own registry", async () => {
    const findTerraform = () => ({ command: "tofu", product: "OpenTofu", version: "1.8.0" }) as const;
    const { lines } = await on({ findTerraform });
    expect(lines["OpenTofu"]).toBe("ok: 1.8.0 (tofu)");
    expect(lines["Provider"]).toBe("ok: OpenTofu takes hashicorp/external from registry.opentofu.org.");
  });

  test("OpenTofu's own command is named where a mirror has to be made", async () => {
    const findTerraform = () => ({ command: "tofu", product: "OpenTofu", version: "1.8.0" }) as const;
    const outside = { ...GOOD_MACHINE.outside, probe: () => Promise.resolve(false) };
    const { lines } = await on({ findTerraform, outside });
    expect(lines["Provider"]).toContain("`tofu providers mirror`");
  });

  test("a registry out of reach without a mirror is a problem", async () => {
    const outside = { ...GOOD_MACHINE.outside, probe: () => Promise.resolve(false) };
    const { lines } = await on({ outside });
    expect(lines["Provider"]).toContain("problem: the provider registry does not answer, and no mirror");
    expect(lines["Provider"]).toContain("→ open the way to the registry, or make a mirror");
  });

  test("a mirror that is named and is none is a problem", async () => {
    const { lines } = await on({}, { BDRC_TASK_PROVIDER_MIRROR: "/none" });
    expect(lines["Provider"]).toContain(
      "problem: BDRC_TASK_PROVIDER_MIRROR names /none, which is no folder.",
    );
  });
});

describe("the way to the endpoint", () => {
  test("no place is a problem that says how to give one; the rest is checked all the same", async () => {
    const environment = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI5tabcdefghijklmnopqr",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s",
    };
    const { code, out } = await bdrcTask("doctor", { environment });
    const lines = linesOf(out);
    expect(code).toBe(1);
    expect(lines["Place"]).toContain("problem: Nothing says where BDRC is.\n→ give --region or BDRC_REGION");
    expect(lines["Credentials"]).toBe("ok: key LTAI…opqr from the environment");
    expect(lines["Permission"]).toBe("skipped: no place to ask");
  });

  test("a wrong region is a problem, too", async () => {
    const { code, out } = await bdrcTask("doctor --region Shanghai");
    expect(code).toBe(1);
    expect(linesOf(out)["Place"]).toContain('problem: --region is "Shanghai": a region id is');
  });

  test("a name that DNS does not know is a problem", async () => {
    const resolve = () => Promise.reject(Object.assign(new Error("none"), { code: "ENOTFOUND" }));
    const { lines } = await doctor({}, "--endpoint bdrc.invalid:1", { machine: { resolve } });
    expect(lines["DNS"]).toContain(
      "problem: bdrc.invalid has no address (ENOTFOUND)\n→ check the region or the endpoint",
    );
  });

  test("nothing that listens is a problem, and then nothing is asked", async () => {
    const { code, lines } = await doctor({}, "--endpoint http://127.0.0.1:9");
    expect(code).toBe(1);
    expect(lines["Connection"]).toContain("problem: nothing listens at 127.0.0.1:9\n→ check the network");
    expect(lines["Clock"]).toBe("skipped: no answer told the server's time");
    expect(lines["Service"]).toBe("skipped: needs a connection");
  });

  test("a certificate that nobody vouches for is a problem that names NODE_EXTRA_CA_CERTS", async () => {
    const { certificatePem, keyPem } = createServerIdentity();
    const server = createServer({ cert: certificatePem, key: keyPem }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const { lines } = await doctor({}, `--endpoint localhost:${port}`);
    server.close();
    expect(lines["Connection"]).toContain("problem: ");
    expect(lines["Connection"]).toContain("NODE_EXTRA_CA_CERTS");
  });
});

describe("the clock", () => {
  const clock = { date: () => Date.UTC(2026, 0, 1, 12, 0, 0) } as Parameters<typeof checkClock>[1];

  test.each([
    ["Thu, 01 Jan 2026 12:00:01 GMT", "ok", "the same as the server's"],
    ["Thu, 01 Jan 2026 11:58:00 GMT", "ok", "2m ahead of the server"],
    ["Thu, 01 Jan 2026 12:04:00 GMT", "ok", "4m behind the server"],
    ["Thu, 01 Jan 2026 12:06:00 GMT", "problem", "6m behind the server"],
    ["Thu, 01 Jan 2026 11:00:00 GMT", "problem", "1h ahead of the server"],
    [undefined, "skipped", "no answer told the server's time"],
    ["soon", "skipped", "no answer told the server's time"],
  ])("with a server that says %s is %s: %s", (date, state, detail) => {
    expect(checkClock(date, clock)).toMatchObject({ state, detail });
  });
});

describe("credentials", () => {
  test.each([
    ["LTAI5tabcdefghijklmnopqr", "LTAI…opqr"],
    ["shortkey", "sh…"],
    ["", "…"],
  ])("the key id %s is shown as %s", (id, shown) => {
    expect(masked(id)).toBe(shown);
  });

  test("temporary ones are called so", async () => {
    const { lines } = await doctor({}, "", { environment: { ALIBABA_CLOUD_SECURITY_TOKEN: "token" } });
    expect(lines["Credentials"]).toBe("ok: temporary key Fa… from the environment");
  });

  test("none are a problem that says what was looked at, and then nothing is asked", async () => {
    const { code, lines } = await doctor({}, "--profile nobody");
    expect(code).toBe(1);
    expect(lines["Credentials"]).toContain("problem: there is no profile nobody\n· ~/.aliyun/config.json");
    expect(lines["Credentials"]).toContain("→ name a profile that there is, or make it");
    expect(lines["Permission"]).toBe("skipped: needs credentials");
  });

  test("what is set for other programs, and not read, is said", async () => {
    const environment = {
      ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/r",
      ALIBABA_CLOUD_OIDC_TOKEN: "hush",
      ALIBABA_CLOUD_BEARER_TOKEN: "hush",
      ALIBABA_CLOUD_PROFILE_MODE: "anonymous",
      ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION: "hush",
    };
    const { code, lines } = await doctor({}, "", { environment });
    expect(code).toBe(0);
    expect(lines["Credentials"]?.split("\n")).toEqual([
      "ok: key Fa… from the environment",
      "· ALIBABA_CLOUD_ROLE_ARN: read for an OIDC role only; to assume a role with other keys, set ALICLOUD_ASSUME_ROLE_ARN",
      "· ALIBABA_CLOUD_OIDC_TOKEN: not supported; write the token to a file, and name it in ALIBABA_CLOUD_OIDC_TOKEN_FILE",
      "· ALIBABA_CLOUD_BEARER_TOKEN: not supported; BDRC is asked with an access key or a role",
      "· ALIBABA_CLOUD_PROFILE_MODE: not supported; BDRC answers nobody without a signature",
      "· ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION: no whole number from 900 to 43200, so 3600 is taken",
    ]);
  });

  test("a mode of a profile that is not supported is named", async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "doctor-")), "config.json");
    const profile = { name: "work", mode: "RsaKeyPair", private_key: "hush" };
    writeFileSync(file, JSON.stringify({ current: "work", profiles: [profile] }));
    const { code, lines } = await doctor({}, "--profile work", {
      environment: { ALICLOUD_SHARED_CREDENTIALS_FILE: file },
    });
    expect(code).toBe(1);
    expect(lines["Credentials"]).toContain(
      "· ALICLOUD_SHARED_CREDENTIALS_FILE, profile work: its mode RsaKeyPair is not supported",
    );
  });

  test("a secret is never shown", async () => {
    const { out, err } = await doctor({
      outages: [
        { fault: { kind: "answer", status: 400, code: "SignatureDoesNotMatch", message: "FakeKeySecret" } },
      ],
    });
    expect(out + err).not.toContain("FakeKeySecret");
  });
});

describe("service and permission", () => {
  const answer = (body: unknown): FakeBdrcOptions => ({ outages: [{ fault: { kind: "answer", body } }] });

  test("a service that is not opened is a problem", async () => {
    const { code, lines } = await doctor(answer({ Data: { ServiceStatus: "CLOSED" } }));
    expect(code).toBe(1);
    expect(lines["Service"]).toBe("problem: CLOSED\n→ open BDRC in the console of Alibaba Cloud");
  });

  test("an answer that does not say is a problem, too", async () => {
    const { lines } = await doctor(answer({ Data: {} }));
    expect(lines["Service"]).toContain("problem: the answer does not say");
  });

  test("a missing permission is a problem for DescribeTask only, which the gate needs", async () => {
    const { code, lines } = await doctor({ outages: [{ fault: { kind: "forbidden" } }] });
    expect(code).toBe(1);
    expect(lines["Service"]).toContain(
      "skipped: HTTP 403 Forbidden.RAM: bdrc:GetBdrcService is needed only to see this",
    );
    expect(lines["Listing"]).toContain("bdrc:DescribeTasks is needed only for find, reuse, start");
    expect(lines["Policies"]).toContain("bdrc:GetProtectionPolicy is needed only for FindTask");
    expect(lines["Permission"]).toContain(
      "→ grant bdrc:DescribeTask on * (or AliyunBDRCReadOnlyAccess) to the identity whose keys are used",
    );
  });

  test.each([
    ["SignatureDoesNotMatch", 400, "check the access key, its secret"],
    ["InvalidApi.NotFound", 404, "check the endpoint: it is not BDRC's"],
    ["InvalidTimeStamp.Expired", 400, "set this machine's clock"],
    ["InternalError", 500, "run this again later"],
  ])("%s is a problem with its advice", async (code, status, advice) => {
    const { lines } = await doctor({ outages: [{ fault: { kind: "answer", code, status } }] });
    expect(lines["Service"]).toContain(`problem: HTTP ${status} ${code}\n→ ${advice}`);
    expect(lines["Permission"]).toContain(`→ ${advice}`);
  });
});

test("a flag that is not known ends it with 2", async () => {
  expect((await bdrcTask("doctor --fix")).code).toBe(2);
});
