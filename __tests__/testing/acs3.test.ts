import fc from "fast-check";
import OpenApiUtil from "@alicloud/openapi-util";
import type { Request } from "@alicloud/tea-typescript";
import {
  ACS3_ALGORITHM,
  type Acs3Request,
  acs3Authorization,
  acs3Headers,
  acs3Signature,
  canonicalRequest,
  parseAcs3Authorization,
  percentEncode,
  sha256Hex,
  verifyAcs3,
} from "../../lib/testing/acs3";

// The official package loads an HTTP client, which signing never uses.
jest.mock("httpx", () => ({}));

const SECRET = "YourAccessKeySecret";
const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

interface Vector {
  readonly request: Acs3Request;
  readonly accessKeyId: string;
  readonly hash: string;
  readonly signature: string;
}

const BDRC_HEADERS = {
  host: "bdrc.cn-shanghai.aliyuncs.com",
  "x-acs-version": "2023-08-08",
  "x-acs-date": "2026-03-30T08:00:00Z",
  "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef",
  "x-acs-content-sha256": EMPTY_HASH,
};

const VECTORS: Record<string, Vector> = {
  "the documentation's own example": {
    request: {
      method: "POST",
      path: "/",
      query: [
        ["ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"],
        ["RegionId", "cn-shanghai"],
      ],
      headers: {
        host: "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-content-sha256": EMPTY_HASH,
      },
    },
    accessKeyId: "YourAccessKeyId",
    hash: "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259",
    signature: "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
  },
  "V1, DescribeTask": {
    request: {
      method: "GET",
      path: "/api/v1/tasks/t-0004d9ctt1iiabcdefgh",
      headers: { ...BDRC_HEADERS, "x-acs-action": "DescribeTask" },
    },
    accessKeyId: "YourAccessKeyId",
    hash: "b6965c2e00ecfdfd0a2208b2cbbf671538175d65ed864735a4ec5be8af5d0845",
    signature: "ca302d1c33fa3626a0f4e5b35cf7dfa5db65fa3b3ef1b4edce7c5187783e091d",
  },
  "V2, with a security token": {
    request: {
      method: "GET",
      path: "/api/v1/tasks/t-0004d9ctt1iiabcdefgh",
      headers: {
        ...BDRC_HEADERS,
        "x-acs-action": "DescribeTask",
        "x-acs-accesskey-id": "STS.YourAccessKeyId",
        "x-acs-security-token": "YourSecurityToken==",
      },
    },
    accessKeyId: "STS.YourAccessKeyId",
    hash: "d992d091c4abce8117c9d53ab6535bc1e70160019e5e80bbbed168bc2b1365e9",
    signature: "9683d246c8fc88dd05df6b5de648e7041c73cd7529708d23fbe95d058490c274",
  },
  "V3, with a query full of special characters": {
    request: {
      method: "GET",
      path: "/api/v1/tasks",
      query: [
        ["TaskType", "UPDATE_RESOURCES"],
        ["NextToken", "a+b/c=* ~(1)'"],
        ["MaxResults", "10"],
        ["TaskStatus", "RUNNING"],
      ],
      headers: { ...BDRC_HEADERS, "x-acs-action": "DescribeTasks" },
    },
    accessKeyId: "YourAccessKeyId",
    hash: "999e71d376ee0b0dc0f0d3ed04c56b65b2c023a0f3053f9fb5a58a3cda00c701",
    signature: "f2c5657df06dc1a025da74c896e4ed82226b26f69b9e6c0e9cde75bc95ddf975",
  },
  "V4, with a form": {
    request: {
      method: "POST",
      path: "/api/v1/resources/update",
      headers: {
        ...BDRC_HEADERS,
        "x-acs-action": "UpdateResources",
        "content-type": "application/x-www-form-urlencoded",
        "x-acs-content-sha256": "708ee3b27b5051cb1e517d5388c5320865788088c5b060e177773d686eab7710",
      },
      body: "ResourceType=ACS%3A%3AECS%3A%3AInstance",
    },
    accessKeyId: "YourAccessKeyId",
    hash: "59f5650c4be16a94cffaa7989eb61631f5d7b7925049cbae81b05f7d90c8330b",
    signature: "7b697f72e16b50d0adc64e89843d1ea16c9c2693fdd8a824aaedc042a10ded1f",
  },
};

/** What Alibaba Cloud's own package makes of a request. */
function official(request: Acs3Request, accessKeyId: string, secret: string): string {
  const theirs = {
    method: request.method,
    pathname: request.path,
    query: Object.fromEntries(request.query ?? []),
    headers: request.headers,
  } as unknown as Request;
  return OpenApiUtil.getAuthorization(
    theirs,
    ACS3_ALGORITHM,
    sha256Hex(request.body ?? ""),
    accessKeyId,
    secret,
  );
}

describe.each(Object.entries(VECTORS))("%s", (_name, { request, accessKeyId, hash, signature }) => {
  test("the canonical request has the known hash", () => {
    expect(sha256Hex(canonicalRequest(request))).toBe(hash);
  });

  test("the signature is the known one", () => {
    expect(acs3Signature(request, SECRET)).toBe(signature);
  });

  test("the official package gives the same header, byte for byte", () => {
    const ours = acs3Authorization(request, { accessKeyId, accessKeySecret: SECRET });

    expect(official(request, accessKeyId, SECRET)).toBe(ours);
    expect(ours).toContain(`Signature=${signature}`);
  });
});

test("the canonical query of V3 is the documented one", () => {
  const canonical = canonicalRequest(VECTORS["V3, with a query full of special characters"]!.request);

  expect(canonical.split("\n")[2]).toBe(
    "MaxResults=10&NextToken=a%2Bb%2Fc%3D%2A%20~%281%29%27&TaskStatus=RUNNING&TaskType=UPDATE_RESOURCES",
  );
});

test("any query, token and body is signed as the official package signs it", () => {
  const word = fc.string({ unit: "grapheme", maxLength: 12 });
  // The official package leaves the names of parameters as they are; the API has none that would differ.
  const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
  const visible = fc.string({ unit: "grapheme-ascii", maxLength: 12 });

  fc.assert(
    fc.property(
      fc.dictionary(name, word, { noNullPrototype: true }),
      visible,
      word,
      word,
      (query, token, body, secret) => {
        const request: Acs3Request = {
          method: "POST",
          path: "/api/v1/tasks/t-0004d9ctt1iiabcdefgh",
          query: Object.entries(query),
          headers: {
            host: "localhost:80",
            "X-Acs-Security-Token": token,
            accept: "any/thing",
            "content-type": " a/b ",
          },
          body,
        };

        expect(acs3Authorization(request, { accessKeyId: "id", accessKeySecret: `k${secret}` })).toBe(
          official(request, "id", `k${secret}`),
        );
      },
    ),
  );
});

test("only letters, digits and -_.~ are left as they are", () => {
  expect(percentEncode("aZ09-_.~ !'()*+/?ä")).toBe("aZ09-_.~%20%21%27%28%29%2A%2B%2F%3F%C3%A4");
});

test("a path segment is signed as it was sent, encoded once", () => {
  const canonical = canonicalRequest({ method: "GET", path: "/tasks/a%20b%7Ec*", headers: {} });

  expect(canonical.split("\n")[1]).toBe("/tasks/a%20b~c%2A");
});

test("a path with a stray percent sign is signed as it is", () => {
  expect(canonicalRequest({ method: "GET", path: "/tasks/50%", headers: {} }).split("\n")[1]).toBe(
    "/tasks/50%",
  );
});

test("a signed call verifies, and its header can be read back", () => {
  const { headers, request } = signedCall();
  const authorization = parseAcs3Authorization(headers["authorization"] ?? "");

  expect(authorization?.accessKeyId).toBe("id");
  expect(authorization?.signedHeaders).toContain("x-acs-security-token");
  expect(verifyAcs3(request, authorization!, SECRET)).toBe(true);
});

test.each<[string, (request: Acs3Request) => Acs3Request]>([
  ["another method", (request) => ({ ...request, method: "POST" })],
  ["another path", (request) => ({ ...request, path: "/api/v1/tasks/t-2" })],
  ["another query", (request) => ({ ...request, query: [["a", "c"]] })],
  ["another body", (request) => ({ ...request, body: "x" })],
  [
    "another value of a signed header",
    (request) => ({ ...request, headers: { ...request.headers, host: "other" } }),
  ],
  [
    "an x-acs header more",
    (request) => ({ ...request, headers: { ...request.headers, "x-acs-extra": "1" } }),
  ],
])("%s breaks a signature", (_name, change) => {
  const { headers, request } = signedCall();
  const authorization = parseAcs3Authorization(headers["authorization"] ?? "");

  expect(verifyAcs3(change(request), authorization!, SECRET)).toBe(false);
});

test("another secret breaks a signature", () => {
  const { headers, request } = signedCall();

  expect(verifyAcs3(request, parseAcs3Authorization(headers["authorization"] ?? "")!, "other")).toBe(false);
});

test("headers that are not signed may change on the way", () => {
  const { headers, request } = signedCall();
  const changed = { ...request, headers: { ...request.headers, "user-agent": "a proxy" } };

  expect(verifyAcs3(changed, parseAcs3Authorization(headers["authorization"] ?? "")!, SECRET)).toBe(true);
});

describe("the signature is verified over the headers that SignedHeaders names", () => {
  const sign = (choose: (names: string[]) => string[]) => {
    const { request } = signedCall();
    const headers: Record<string, string> = {
      accept: "application/json",
      "user-agent": "sdk",
      ...request.headers,
    };
    const sent: Acs3Request = { ...request, headers };
    const signedHeaders = choose(Object.keys(headers).filter((name) => name !== "authorization")).sort();
    const signature = acs3Signature(sent, SECRET, signedHeaders);
    return { sent, authorization: { accessKeyId: "id", signedHeaders, signature } };
  };

  test("a client may sign accept and user-agent, too, as the Python SDK does", () => {
    const { sent, authorization } = sign((names) => names);

    expect(authorization.signedHeaders).toContain("user-agent");
    expect(verifyAcs3(sent, authorization, SECRET)).toBe(true);
    const changed = { ...sent, headers: { ...sent.headers, "user-agent": "another" } };
    expect(verifyAcs3(changed, authorization, SECRET)).toBe(false);
  });

  test.each(["host", "x-acs-action", "x-acs-date", "x-acs-security-token"])(
    "%s was sent, so a signature that leaves it out is refused, however right",
    (left) => {
      const { sent, authorization } = sign((names) => names.filter((name) => name !== left));

      expect(verifyAcs3(sent, authorization, SECRET)).toBe(false);
    },
  );
});

test.each([
  "",
  "Bearer token",
  "ACS3-HMAC-SHA256 Credential=id,Signature=00",
  `ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=${"0".repeat(63)}`,
  `ACS3-RSA-SHA256 Credential=id,SignedHeaders=host,Signature=${"0".repeat(64)}`,
])("%j is no header of this algorithm", (header) => {
  expect(parseAcs3Authorization(header)).toBeUndefined();
});

test("the date has whole seconds", () => {
  expect(signedCall().headers["x-acs-date"]).toBe("2026-03-30T08:00:00Z");
});

function signedCall(): { headers: Record<string, string>; request: Acs3Request } {
  const call = {
    method: "GET",
    host: "127.0.0.1:8080",
    path: "/api/v1/tasks/t-1",
    query: [["a", "b"]] as const,
    action: "DescribeTask",
    version: "2023-08-08",
    at: Date.UTC(2026, 2, 30, 8, 0, 0, 789),
    nonce: "n-1",
  };
  const headers = acs3Headers(call, { accessKeyId: "id", accessKeySecret: SECRET, securityToken: "token" });
  return { headers, request: { method: call.method, path: call.path, query: call.query, headers } };
}
