import * as fc from "fast-check";
import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { HttpsProxyAgent } from "https-proxy-agent";
import { agentFor } from "../../lib/waiter/bdrc/proxy";

const NAMES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];
const BDRC = "https://bdrc.cn-shanghai.aliyuncs.com/api/v1/tasks/t-1";

beforeEach(() => {
  for (const name of NAMES) {
    delete process.env[name];
    delete process.env[name.toUpperCase()];
  }
});

const via = (url: string): string | undefined => agentFor(new URL(url)).via;

describe("without a proxy", () => {
  test("calls are direct, and share one agent so that the connection is kept", () => {
    const { agent, via: proxy } = agentFor(new URL(BDRC));
    expect(proxy).toBeUndefined();
    expect(agent).toBeInstanceOf(https.Agent);
    expect(agentFor(new URL(BDRC)).agent).toBe(agent);
  });
});

describe("with a proxy", () => {
  test.each([
    ["HTTPS_PROXY", "http://proxy.corp:3128", "proxy.corp:3128"],
    ["https_proxy", "http://proxy.corp:3128/", "proxy.corp:3128"],
    ["ALL_PROXY", "https://proxy.corp:3129", "proxy.corp:3129"],
    ["HTTPS_PROXY", "proxy.corp:3128", "proxy.corp:3128"],
    ["HTTPS_PROXY", " http://proxy.corp ", "proxy.corp"],
    ["HTTPS_PROXY", "http://user:hush@proxy.corp:3128", "proxy.corp:3128"],
  ])("%s=%s leads through %s", (name, value, expected) => {
    process.env[name] = value;
    const { agent, via: proxy } = agentFor(new URL(BDRC));
    expect(proxy).toBe(expected);
    expect(agent).toBeInstanceOf(HttpsProxyAgent);
    expect(agentFor(new URL(BDRC)).agent).toBe(agent);
  });

  test("a proxy without a protocol is spoken to in plain http, as curl and Terraform do", () => {
    process.env["HTTPS_PROXY"] = "plain.corp:3128";
    expect((agentFor(new URL(BDRC)).agent as HttpsProxyAgent<string>).proxy.protocol).toBe("http:");
    process.env["HTTPS_PROXY"] = "https://secure.corp:3128";
    expect((agentFor(new URL(BDRC)).agent as HttpsProxyAgent<string>).proxy.protocol).toBe("https:");
  });

  test("HTTP_PROXY is not for https", () => {
    process.env["HTTP_PROXY"] = "http://proxy.corp:3128";
    expect(via(BDRC)).toBeUndefined();
  });

  test.each([
    "*",
    "aliyuncs.com,.aliyuncs.com",
    "bdrc.cn-shanghai.aliyuncs.com",
    "x.org, .cn-shanghai.aliyuncs.com",
    "bdrc.cn-shanghai.aliyuncs.com:443",
    "aliyuncs.com",
    "x.org aliyuncs.com:443",
    "Cn-Shanghai.Aliyuncs.Com",
  ])("NO_PROXY=%s makes the call direct", (value) => {
    process.env["HTTPS_PROXY"] = "http://proxy.corp:3128";
    process.env["NO_PROXY"] = value;
    expect(via(BDRC)).toBeUndefined();
  });

  test.each([
    "x.org",
    "yuncs.com",
    "com.",
    "-",
    "bdrc.cn-shanghai.aliyuncs.com:8443",
    "shanghai.aliyuncs.org",
  ])("NO_PROXY=%s does not", (value) => {
    process.env["HTTPS_PROXY"] = "http://proxy.corp:3128";
    process.env["NO_PROXY"] = value;
    expect(via(BDRC)).toBe("proxy.corp:3128");
  });

  test.each([
    "https://127.0.0.1:8443/",
    "https://localhost:8443/",
    "https://[::1]:8443/",
    "https://100.100.100.200/",
  ])("%s never goes through one", (url) => {
    process.env["HTTPS_PROXY"] = "http://proxy.corp:3128";
    process.env["ALL_PROXY"] = "http://proxy.corp:3128";
    expect(via(url)).toBeUndefined();
  });

  test.each(["http://127.0.0.1:8080/", "http://100.100.100.200/latest/meta-data"])(
    "plain http is direct: %s",
    (url) => {
      process.env["HTTP_PROXY"] = "http://proxy.corp:3128";
      process.env["ALL_PROXY"] = "http://proxy.corp:3128";
      const { agent, via: proxy } = agentFor(new URL(url));
      expect([proxy, agent instanceof http.Agent, agent instanceof HttpsProxyAgent]).toEqual([
        undefined,
        true,
        false,
      ]);
    },
  );
});

test.each([
  ["http://user:50%off@proxy.corp:3128", "user:50%off"],
  ["http://user:50%25off@proxy.corp:3128", "user:50%off"],
  ["http://user:a%40b@proxy.corp:3128", "user:a@b"],
  ["http://user:%ff%zz@proxy.corp:3128", "user:%ff%zz"],
  ["http://100%:x@proxy.corp:3128", "100%:x"],
])("the user and the password in %s are sent as %s", async (value, expected) => {
  const heads: string[] = [];
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      heads.push(data.toString());
      socket.end("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env["HTTPS_PROXY"] = value.replace(
    "proxy.corp:3128",
    `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
  );
  const { agent } = agentFor(new URL(BDRC));
  await new Promise<void>((resolve) => {
    https.get(BDRC, { agent }, (answer) => (answer.resume(), resolve())).on("error", () => resolve());
  });
  server.close();
  expect(/^Proxy-Authorization: Basic (.*)\r$/m.exec(heads[0] ?? "")?.[1]).toBe(
    Buffer.from(expected).toString("base64"),
  );
});

test("whatever stands in the variables, a call has a way or is refused as a bad proxy", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.webUrl({ withQueryParameters: true }),
    fc.tuple(fc.string(), fc.string()).map(([user, secret]) => `http://${user}:${secret}@proxy.corp:3128`),
  );
  fc.assert(
    fc.property(text, text, (proxy, none) => {
      process.env["HTTPS_PROXY"] = proxy.replaceAll("\0", "");
      process.env["NO_PROXY"] = none.replaceAll("\0", "");
      try {
        agentFor(new URL(BDRC));
      } catch (error) {
        expect(error).toMatchObject({ name: "TransportError", code: "BAD_PROXY" });
      }
    }),
  );
});

test.each(["socks5://user:hush@proxy.corp:1080", "http://", "http://user:hush@:3128", "not a url"])(
  "a proxy that cannot be used is refused by the name of its variable, and not shown: %s",
  (value) => {
    process.env["HTTPS_PROXY"] = value;
    expect(() => agentFor(new URL(BDRC))).toThrow(
      expect.objectContaining({
        name: "TransportError",
        code: "BAD_PROXY",
        message: "the proxy in HTTPS_PROXY is not of the form http://host:port",
      }),
    );
  },
);
