import * as fc from "fast-check";
import {
  MAX_RETRY_AFTER,
  backoff,
  classifyAnswer,
  classifyNetworkError,
  isUnsureRefusal,
  retryAfterOf,
  type FaultClass,
} from "../../lib/waiter/failure";

const NOW = Date.UTC(2026, 2, 30, 8);

/** Every code of section "Errors" of the API's documentation, with each status that some page gives for it. */
const CODES: readonly (readonly [code: string, statuses: readonly number[], expected: FaultClass])[] = [
  ["Throttling", [400, 429], "throttled"],
  ["Throttling.User", [400, 429, 503], "throttled"],
  ["Throttling.Api", [400, 429], "throttled"],
  ["Throttling.AnythingElse", [400, 403], "throttled"],
  ["Rejected.Throttling", [400, 429, 503], "throttled"],
  ["ServiceUnavailable", [503, 400], "transient"],
  ["InternalError", [500, 400], "transient"],
  ["ServerError", [500], "transient"],
  ["SomethingNew", [500, 502, 503, 504], "transient"],
  ["SignatureNonceUsed", [400, 403], "stale"],
  ["InvalidSecurityToken.Expired", [400, 403, 404], "stale"],
  ["InvalidTimeStamp.Expired", [400, 403], "clock"],
  ["InvalidTimeStamp.Format", [400], "clock"],
  ["IllegalTimestamp", [400], "clock"],
  ["InvalidAccessKeyId.NotFound", [400, 404], "refused"],
  ["InvalidAccessKeyId.Inactive", [400, 403], "refused"],
  ["InvalidAccessKeyId", [403], "refused"],
  ["SignatureDoesNotMatch", [400, 403, 404], "refused"],
  ["IncompleteSignature", [400, 403], "refused"],
  ["InvalidSignatureMethod", [400], "refused"],
  ["InvalidSecurityToken.Malformed", [400, 403], "refused"],
  ["InvalidSecurityToken.MismatchWithAccessKey", [400], "refused"],
  ["MissingSecurityToken", [400, 404], "refused"],
  ["Forbidden", [403, 404], "refused"],
  ["Forbidden.RAM", [403, 404], "refused"],
  ["NoPermission", [403, 400], "refused"],
  ["Forbidden.RiskControl", [403], "refused"],
  ["Forbidden.UserVerification", [403], "refused"],
  ["InvalidApi.NotFound", [404, 400], "refused"],
  ["InvalidProduct.NotFound", [404, 403], "refused"],
  ["InvalidAction.NotFound", [404, 400], "refused"],
  ["NoSuchVersion", [404, 400], "refused"],
  ["UnsupportedHTTPMethod", [404, 403], "refused"],
  ["InvalidProtocol.NeedSsl", [404, 400], "refused"],
  ["MissingParameter", [400, 404], "refused"],
  ["MissingTaskId", [400, 404], "refused"],
  ["InvalidParameter", [400, 404], "refused"],
  ["InvalidParameter.TaskId", [400, 404], "refused"],
  ["InvalidTaskId", [400], "refused"],
  ["InvalidTaskId.NotFound", [404, 400], "missing"],
  ["TaskNotFound", [404, 400, 403], "missing"],
  ["EntityNotExist", [404, 400], "missing"],
  ["TaskNotExists", [404], "missing"],
  // What gateways and other products of Alibaba Cloud call the same thing.
  ["TooManyRequests", [400, 403, 503], "throttled"],
  ["Too_Many_Requests", [400], "throttled"],
  ["FlowControl", [400, 403], "throttled"],
  ["LimitExceeded.Api", [400, 403], "throttled"],
  ["RequestRateLimit", [400], "throttled"],
  ["ServiceBusy", [400, 403, 503], "transient"],
  ["SystemBusy", [400, 500], "transient"],
  ["OperationConflict.Busy", [409], "transient"],
  ["RequestTimeout", [400, 403], "transient"],
  ["Internal", [400], "transient"],
  ["InternalServiceError", [400, 403], "transient"],
  ["ServiceUnavailable.Region", [400], "transient"],
  ["InvalidParameter.Limit", [400], "refused"],
  ["AccessKeyNotFound", [404], "refused"],
  ["UnauthorizedOperation", [400], "refused"],
  ["AccessDenied.Busy", [403], "refused"],
  ["FlowNotFound", [404], "missing"],
  ["AnyOtherCode", [404], "missing"],
  ["AnyOtherCode", [400, 401, 403, 409], "refused"],
];

test.each(
  CODES.flatMap(([code, statuses, expected]) => statuses.map((status) => [code, status, expected] as const)),
)("%s with HTTP %i is %s", (code, status, expected) => {
  expect(classifyAnswer({ status, code, isApiError: true })).toBe(expected);
});

test.each([
  ["Forbidden.RAM", false],
  ["InvalidAccessKeyId.NotFound", false],
  ["SignatureDoesNotMatch", false],
  ["MissingTaskId", false],
  ["InvalidTaskId", false],
  ["NotAllowedToday", true],
  [undefined, true],
])("the refusal %p is one that nobody documents: %p", (code, unsure) => {
  expect(isUnsureRefusal(code)).toBe(unsure);
});

describe("an answer without a code", () => {
  test.each([
    [400, "refused"],
    [401, "refused"],
    [403, "refused"],
    [404, "missing"],
    [408, "transient"],
    [429, "throttled"],
    [500, "transient"],
    [503, "transient"],
  ] as const)("an error of the API with HTTP %i is %s", (status, expected) => {
    expect(classifyAnswer({ status, isApiError: true })).toBe(expected);
  });

  test.each([
    [200, "transient"],
    [204, "transient"],
    [302, "transient"],
    [403, "refused"],
    [407, "refused"],
    [404, "transient"],
    [429, "throttled"],
    [502, "transient"],
  ] as const)("a page that is no answer of the API with HTTP %i is %s", (status, expected) => {
    expect(classifyAnswer({ status, isApiError: false })).toBe(expected);
  });
});

test("an unknown 4xx that says when to come back is throttled", () => {
  expect(classifyAnswer({ status: 400, code: "New", isApiError: true, retryAfter: 500 })).toBe("throttled");
  expect(classifyAnswer({ status: 403, code: "Forbidden.RAM", isApiError: true, retryAfter: 500 })).toBe(
    "refused",
  );
});

test("any answer has a class", () => {
  const anyAnswer = fc.record({
    status: fc.oneof(fc.integer(), fc.constant(Number.NaN)),
    code: fc.option(fc.string(), { nil: undefined }),
    isApiError: fc.boolean(),
    retryAfter: fc.option(fc.integer(), { nil: undefined }),
  });
  fc.assert(
    fc.property(anyAnswer, (answer) => {
      expect(["throttled", "transient", "stale", "missing", "refused", "clock"]).toContain(
        classifyAnswer(answer),
      );
    }),
  );
});

describe("a call without an answer", () => {
  test.each([
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "EPIPE",
    "TIMEOUT",
    "CUT_SHORT",
    undefined,
  ])("%s is transient", (code) => expect(classifyNetworkError(code)).toBe("transient"));

  test.each([
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "HOSTNAME_MISMATCH",
    "BAD_PROXY",
  ])("%s stays until somebody changes something, so it is refused", (code) => {
    expect(classifyNetworkError(code)).toBe("refused");
  });
});

describe("how long to stay away", () => {
  test.each([
    ["transient", [0.5, 1, 2, 4, 8, 10, 10]],
    ["throttled", [0.5, 1, 2, 4, 8, 16, 30]],
  ] as const)("after %s faults the middle of the range doubles up to a cap", (kind, gaps) => {
    expect(gaps.map((_, index) => backoff({ class: kind }, index + 1, 0.5) / 1000)).toEqual(gaps);
  });

  test("the gap is drawn from the whole range, so that many waiters come apart", () => {
    expect(backoff({ class: "transient" }, 4, 0)).toBe(200);
    expect(backoff({ class: "transient" }, 4, 0.99)).toBeCloseTo(7920);
  });

  test("a server that asks for next to nothing is not asked faster for that", () => {
    expect(backoff({ class: "throttled", retryAfter: 1 }, 1, 0)).toBe(200);
    expect(backoff({ class: "throttled", retryAfter: 1 }, 5, 0.5)).toBe(1601);
  });

  test("waiters that were turned away together come apart on top of what the server asks for", () => {
    const gaps = [0, 0.5, 1].map((random) => backoff({ class: "throttled", retryAfter: 1000 }, 1, random));
    expect(gaps).toEqual([1000, 1500, 2000]);
  });

  test.each([400, 1000])(
    "the spread grows from what the server asks for, so %i ms asked five times cost less than half a minute",
    (retryAfter) => {
      const spent = [1, 2, 3, 4, 5].map((attempt) =>
        backoff({ class: "throttled", retryAfter }, attempt, 0.5),
      );
      const sums = spent.map((_, index) => spent.slice(0, index + 1).reduce((sum, gap) => sum + gap) / 1000);
      [2, 4, 8, 15, 30].forEach((most, index) => expect(sums[index]).toBeLessThanOrEqual(most));
    },
  );

  test("what the server asks for is never undercut, and capped", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("throttled" as const, "transient" as const),
        fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { nil: undefined }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (kind, retryAfter, attempt, random) => {
          const gap = backoff(
            { class: kind, ...(retryAfter === undefined ? {} : { retryAfter }) },
            attempt,
            random,
          );
          expect(gap).toBeGreaterThanOrEqual(Math.max(200, Math.min(retryAfter ?? 0, MAX_RETRY_AFTER)));
          expect(gap).toBeLessThanOrEqual(MAX_RETRY_AFTER * 1.25);
        },
      ),
    );
  });
});

describe("the server's wish", () => {
  test.each([
    ["2000", undefined, 2000],
    [" 700 ", undefined, 700],
    ["0", undefined, undefined],
    ["-5", undefined, undefined],
    ["soon", undefined, undefined],
    ["1.5", undefined, undefined],
    ["1e9", undefined, undefined],
    ["9".repeat(400), undefined, undefined],
    ["2000", "7", 2000],
    ["0", "7", 7000],
    [undefined, "7", 7000],
    [undefined, "0", undefined],
    [undefined, "-1", undefined],
    [undefined, "Mon, 30 Mar 2026 08:00:30 GMT", 30_000],
    [undefined, "Mon, 30 Mar 2026 07:59:59 GMT", undefined],
    [undefined, "2026", 2_026_000],
    [undefined, "never", undefined],
    [undefined, "", undefined],
    [undefined, undefined, undefined],
  ])("x-acs-retry-after %p and Retry-After %p are %p ms", (acs, standard, expected) => {
    expect(retryAfterOf({ "x-acs-retry-after": acs, "retry-after": standard }, NOW)).toBe(expected);
  });

  test("any header is a positive whole number of milliseconds or nothing", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (acs, standard) => {
        const wish = retryAfterOf({ "x-acs-retry-after": acs, "retry-after": standard }, NOW);
        if (wish !== undefined) expect(Number.isSafeInteger(wish) && wish > 0).toBe(true);
      }),
    );
  });
});
