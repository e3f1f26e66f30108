import { startFakeBdrc, type FakeBdrc } from "../../lib/testing/fake-bdrc";
import { BdrcClient, describeTask, type Operation } from "../../lib/waiter/bdrc/client";
import { credentialSource, CredentialsError, type Credentials } from "../../lib/waiter/bdrc/credentials";
import { TransportError } from "../../lib/waiter/bdrc/transport";
import type { Endpoint } from "../../lib/protocol/endpoint";

let bdrc: FakeBdrc;
afterEach(() => bdrc.close());

const at = (place: string): Endpoint => ({ protocol: "http", host: new URL(place).host });
const client = (): BdrcClient => new BdrcClient(at(bdrc.endpoint), credentialSource({ ...bdrc.environment }));

describe("a signed call", () => {
  test.each([undefined, "a+token/with=signs=="])(
    "the service accepts it, with the token %p",
    async (securityToken) => {
      bdrc = await startFakeBdrc({ ...(securityToken ? { securityToken } : {}), tasks: { "t-1": {} } });
      const answer = await client().call(describeTask("t-1"), 5000);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ Data: { TaskId: "t-1", TaskStatus: "COMPLETE" } });
      expect(bdrc.calls).toMatchObject([{ operation: "DescribeTask", taskId: "t-1", status: 200 }]);
      expect(bdrc.calls[0]?.userAgent).toContain("cdktf-bdrc-task");
    },
  );

  test("a form is sent as the API wants it", async () => {
    bdrc = await startFakeBdrc();
    const update: Operation = {
      action: "UpdateResources",
      method: "POST",
      path: "/api/v1/resources/update",
      form: { ResourceType: "ACS::OSS::Bucket" },
    };
    expect(await client().call(update, 5000)).toMatchObject({ status: 200 });
  });

  test("each call has a nonce of its own", async () => {
    bdrc = await startFakeBdrc({ tasks: { "t-1": {} }, quotaPerSecond: 0 });
    const one = client();
    const answers = await Promise.all(Array.from({ length: 20 }, () => one.call(describeTask("t-1"), 5000)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });

  test.each([
    ["html", 502, "text/html"],
    ["empty", 503, undefined],
    ["redirect", 302, undefined],
    ["no-code", 500, "application/json;charset=utf-8"],
    ["xml", 500, "text/xml;charset=utf-8"],
  ] as const)("an answer that the SDK cannot read comes back whole: %s", async (kind, status, type) => {
    bdrc = await startFakeBdrc({ tasks: { "t-1": { faults: [{ kind }] } } });
    const answer = await client().call(describeTask("t-1"), 5000);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe(type);
  });

  test("a line that fails is an error of the transport", async () => {
    bdrc = await startFakeBdrc({ tasks: { "t-1": { faults: [{ kind: "reset" }] } } });
    await expect(client().call(describeTask("t-1"), 5000)).rejects.toBeInstanceOf(TransportError);
  });
});

describe("its limit", () => {
  test("the search for credentials takes its time out of the same limit", async () => {
    bdrc = await startFakeBdrc({ tasks: { "t-1": { faults: [{ kind: "hang" }] } } });
    const found: Credentials = {
      accessKeyId: "FakeKeyId",
      accessKeySecret: "FakeKeySecret",
      providerName: "test",
    };
    let now = 1000;
    const clock = jest.spyOn(process.hrtime, "bigint").mockImplementation(() => BigInt(now) * 1_000_000n);
    const slow = {
      renew: () => undefined,
      current: () => {
        now += 4950;
        return Promise.resolve(found);
      },
    };
    const call = new BdrcClient(at(bdrc.endpoint), slow).call(describeTask("t-1"), 5000);
    await expect(call).rejects.toMatchObject({
      code: "TIMEOUT",
      message: expect.stringContaining("within 50 ms"),
    });
    clock.mockRestore();
  });

  test("without credentials nothing is sent", async () => {
    bdrc = await startFakeBdrc();
    const none = {
      renew: () => undefined,
      current: () => Promise.reject(new CredentialsError("none", [], "a")),
    };
    await expect(new BdrcClient(at(bdrc.endpoint), none).call(describeTask("t-1"), 1000)).rejects.toThrow(
      "none",
    );
    expect(bdrc.calls).toEqual([]);
  });
});

test("secrets of every call so far are taken out of a text", async () => {
  bdrc = await startFakeBdrc({ securityToken: "token-of-the-test" });
  const one = client();
  const text = "FakeKeySecret token-of-the-test";
  expect(one.redact(text)).toBe(text);
  await one.call(describeTask("t-1"), 5000);
  expect(one.redact(text)).toBe("(hidden) (hidden)");
});
