import { redact } from "../../lib/waiter/bdrc/redact";

test("secrets are hidden wherever they stand, also as a URL writes them", () => {
  expect(redact("a=s3cr/t+; b=s3cr%2Ft%2B s3cr/t+", ["s3cr/t+"])).toBe("a=(hidden); b=(hidden) (hidden)");
});

test("whatever looks like a signature is hidden, in both cases of its letters", () => {
  expect(redact(`Signature=${"ab".repeat(32)}, ${"AB".repeat(32)}`, [])).toBe("Signature=(hidden), (hidden)");
});

test("what is longer or shorter than a signature stays", () => {
  const text = `${"a".repeat(63)} ${"a".repeat(65)}`;
  expect(redact(text, [])).toBe(text);
});

test("secrets under four characters are left, since they are in any text", () => {
  expect(redact("an answer", ["", "a", "ans"])).toBe("an answer");
});

test("a secret with the signs of a pattern is taken as it is", () => {
  expect(redact("x.*$& y", [".*$&"])).toBe("x(hidden) y");
});

test("the begin of a secret is hidden, too, since servers cut long texts", () => {
  const token = "CAIS/first+part/of/a/long/token/and/its/rest==";
  expect(redact(`token=${token.slice(0, 30)}...`, [token])).toBe("token=(hidden)...");
  expect(redact(`${token}${token.slice(0, 12)}`, [token])).toBe("(hidden)(hidden)");
  expect(redact(`token=${token.slice(0, 11)}`, [token])).toBe(`token=${token.slice(0, 11)}`);
});
