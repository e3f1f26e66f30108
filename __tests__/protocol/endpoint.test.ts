import * as fc from "fast-check";
import {
  DOCUMENTED_ENDPOINTS,
  endpointOfRegion,
  isLoopback,
  parseEndpoint,
  placeOf,
  regionProblem,
} from "../../lib/protocol/endpoint";

describe("a region", () => {
  test.each(Object.entries(DOCUMENTED_ENDPOINTS))("%s has the documented host", (region, host) => {
    expect(endpointOfRegion(region)).toEqual({ protocol: "https", host });
  });

  test("any other region has the host of the naming rule", () => {
    expect(endpointOfRegion("eu-central-1").host).toBe("bdrc.eu-central-1.aliyuncs.com");
    expect(endpointOfRegion("constructor").host).toBe("bdrc.constructor.aliyuncs.com");
  });

  test.each(["cn-shanghai", "ap-southeast-1", "cn-shanghai-finance-1"])("%s can be one", (region) => {
    expect(regionProblem(region)).toBeUndefined();
  });

  test.each([
    "",
    "shanghai",
    "CN-Shanghai",
    "cn_shanghai",
    "cn-",
    "-cn",
    "cn--a",
    "cn-shanghai.evil.org",
    "cn-a/b",
    `cn-${"a".repeat(70)}`,
  ])("%p cannot be one", (region) => expect(regionProblem(region)).toBeDefined());
});

describe("an endpoint", () => {
  test.each([
    ["bdrc.cn-shanghai.aliyuncs.com", "https", "bdrc.cn-shanghai.aliyuncs.com"],
    ["bdrc-vpc.cn-shanghai.aliyuncs.com:8443", "https", "bdrc-vpc.cn-shanghai.aliyuncs.com:8443"],
    ["https://Bdrc.Example.Org", "https", "bdrc.example.org"],
    ["https://bdrc.example.org/", "https", "bdrc.example.org"],
    ["https://bdrc.example.org:443", "https", "bdrc.example.org"],
    ["http://127.0.0.1:8080", "http", "127.0.0.1:8080"],
    ["http://localhost:8080", "http", "localhost:8080"],
    ["http://[::1]:8080", "http", "[::1]:8080"],
    ["127.0.0.1:8443", "https", "127.0.0.1:8443"],
  ] as const)("%s is %s with %s", (text, protocol, host) => {
    expect(parseEndpoint(text)).toEqual({ endpoint: { protocol, host } });
  });

  test.each([
    ["", "it is empty"],
    ["http://bdrc.example.org", "plain http is only for a loopback address such as 127.0.0.1"],
    ["http://127.0.0.1.evil.org", "plain http is only for a loopback address such as 127.0.0.1"],
    ["ftp://bdrc.example.org", "the protocol ftp is not https"],
    ["file:///etc/passwd", "the protocol file is not https"],
    ["https://user:word@bdrc.example.org", "it may hold only host[:port], no user name, path or query"],
    ["https://@bdrc.example.org", "it may hold only host[:port], no user name, path or query"],
    ["https://bdrc.example.org/api", "it may hold only host[:port], no user name, path or query"],
    ["https://bdrc.example.org?x=1", "it may hold only host[:port], no user name, path or query"],
    ["https://bdrc.example.org#x", "it may hold only host[:port], no user name, path or query"],
    ["https://bdrc.example.org\\evil", "it may hold only host[:port], no user name, path or query"],
    ["bdrc.example.org:99999", "it is neither host[:port] nor a URL"],
    ["a host", "it is neither host[:port] nor a URL"],
    ["bdrc_x.example.org", "bdrc_x.example.org is not a host name"],
    ["https://", "it is neither host[:port] nor a URL"],
  ])("%p is refused: %s", (text, problem) => {
    expect(parseEndpoint(text)).toEqual({ problem });
  });

  test("whatever text comes, it is an endpoint or has a problem, and plain http is loopback only", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.domain(), fc.ipV6()), (text) => {
        const read = parseEndpoint(text);
        if ("problem" in read) return;
        const url = new URL(`${read.endpoint.protocol}://${read.endpoint.host}`);
        expect(url.username + url.password + url.search + url.hash).toBe("");
        expect(read.endpoint.protocol === "https" || isLoopback(url.hostname)).toBe(true);
      }),
    );
  });
});

test.each([
  ["127.0.0.1", true],
  ["127.255.0.1", true],
  ["localhost", true],
  ["[::1]", true],
  ["::1", true],
  ["128.0.0.1", false],
  ["127.0.0.1.evil.org", false],
  ["localhost.evil.org", false],
  ["100.100.100.200", false],
])("%s is loopback: %p", (host, expected) => expect(isLoopback(host)).toBe(expected));

test.each([
  ["bdrc.cn-shanghai.aliyuncs.com", "cn-shanghai"],
  ["bdrc-vpc.cn-shanghai.aliyuncs.com", "cn-shanghai"],
  ["bdrc.cn-shanghai-finance-1.aliyuncs.com", "cn-shanghai-finance-1"],
  // Nobody knows what stands behind another host or port.
  ["bdrc.cn-shanghai.aliyuncs.com:8443", "bdrc.cn-shanghai.aliyuncs.com:8443"],
  ["bdrc-test.cn-shanghai.aliyuncs.com", "bdrc-test.cn-shanghai.aliyuncs.com"],
  ["bdrc.cn-shanghai.aliyuncs.com.evil.org", "bdrc.cn-shanghai.aliyuncs.com.evil.org"],
  ["bdrc..aliyuncs.com", "bdrc..aliyuncs.com"],
  ["127.0.0.1:8080", "127.0.0.1:8080"],
  ["[::1]:8080", "[::1]:8080"],
])("the place of %s is %s", (host, place) => expect(placeOf({ host })).toBe(place));
