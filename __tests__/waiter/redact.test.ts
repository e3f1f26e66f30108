import * as fc from "fast-check";
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

const TOKEN = "CAISABCDEFGH+JKLMNOPQRSTUVWX/YZabcdefghij==";

test.each<[string, string]>([
  ["as a URL writes it", encodeURIComponent(TOKEN)],
  ["as a URL writes it in lower case", encodeURIComponent(TOKEN).replace(/%2B/g, "%2b")],
  ["as a URL of a URL", encodeURIComponent(encodeURIComponent(TOKEN))],
  ["with a + read as a blank", TOKEN.replace("+", " ")],
  ["as a page writes it by number", TOKEN.replace("+", "&#43;").replace("/", "&#x2F;")],
  ["as a page writes it by name", TOKEN.replace("+", "&plus;").replace("/", "&sol;")],
  ["as JSON may write it", TOKEN.replace("/", "\\/").replace("+", "\\u002B")],
  ["with a line break in it", `${TOKEN.slice(0, 9)}\r\n   ${TOKEN.slice(9)}`],
  ["with an escaped line break in it", `${TOKEN.slice(0, 9)}\\n${TOKEN.slice(9)}`],
])("a token %s is hidden whole", (_, written) => {
  expect(redact(`token: ${written}!`, [TOKEN])).toBe("token: (hidden)!");
});

test("its tail alone, and its middle alone, are hidden", () => {
  expect(redact(`...${TOKEN.slice(-20)}`, [TOKEN])).toBe("...(hidden)");
  expect(redact(`...${TOKEN.slice(8, 26)}...`, [TOKEN])).toBe("...(hidden)...");
});

describe("whatever a secret goes through", () => {
  const alphabet = "abcdefghijABCDEFGHIJ0123456789+/=-_.".split("");
  const secret = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 16, maxLength: 80 });
  const forms: ((sign: string) => string)[] = [
    (sign) => sign,
    (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`,
    (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
    (sign) => `%25${sign.charCodeAt(0).toString(16).padStart(2, "0")}`,
    (sign) => (sign === "+" ? " " : sign),
    (sign) => `&#${sign.charCodeAt(0)};`,
    (sign) => `&#x${sign.charCodeAt(0).toString(16)};`,
    (sign) => (sign === "/" ? "\\/" : sign),
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
    (sign) => `${sign}\n  `,
    (sign) => `${sign}\r\n`,
  ];
  const plain = (text: string): string => text.replace(/\s/g, "");

  test("no 12 characters of it are left, in any mix of forms and with any cut", () => {
    fc.assert(
      fc.property(
        secret,
        fc.array(fc.nat(forms.length - 1), { minLength: 80, maxLength: 80 }),
        fc.nat(30),
        fc.nat(30),
        fc.string({ unit: fc.constantFrom(..."xyz {}:,"), maxLength: 10 }),
        (value, chosen, head, tail, around) => {
          const signs = [...value].slice(head, Math.max(head, value.length - tail));
          const written = signs.map((sign, index) => forms[chosen[index] ?? 0]?.(sign)).join("");
          const clean = redact(`${around}${written}${around}`, [value]);
          // Nothing that was written in it may be readable for 12 characters in a row.
          const left = clean
            .split("(hidden)")
            .map((part) =>
              part
                .replace(/%25/g, "%")
                .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
            )
            .map((part) =>
              part.replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
            )
            .map((part) => part.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))))
            .map((part) =>
              part.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
            )
            .map((part) => plain(part.replaceAll("\\", "")));
          const bare = plain(value);
          for (let at = 0; at + 12 <= bare.length; at += 1) {
            expect(left.some((part) => part.includes(bare.slice(at, at + 12)))).toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a text without one stays as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(redact(text, ["a-secret-that-no-random-text-holds"])).toBe(text);
      }),
    );
  });
});
