import fc from "fast-check";
import { Secrets, TELLTALE } from "../../lib/waiter/bdrc/redact";

const hide = (text: string, ...secrets: string[]): string => hider(secrets).redact(text);

function hider(secrets: readonly string[]): Secrets {
  const all = new Secrets();
  secrets.forEach((secret) => all.add(secret));
  return all;
}

describe("what is hidden", () => {
  test("a secret wherever it stands, also as a URL writes it", () => {
    expect(hide("a=s3cr/+t; b=s3cr%2F%2Bt s3cr/+t", "s3cr/+t")).toBe("a=(hidden); b=(hidden) (hidden)");
  });

  const TOKEN = "CAIS+/first+part/of/a/long/token/and/its/rest==";
  test.each([
    ["as it is", TOKEN],
    ["for a URL", encodeURIComponent(TOKEN)],
    ["for a URL, in lower case", encodeURIComponent(TOKEN).replace(/%../g, (hex) => hex.toLowerCase())],
    ["for a URL in a URL", encodeURIComponent(encodeURIComponent(TOKEN))],
    ["as a URL reads a plus sign", TOKEN.replaceAll("+", " ")],
    ["in HTML by numbers", TOKEN.replaceAll("+", "&#43;").replaceAll("/", "&#x2F;")],
    ["in HTML by numbers without an end", TOKEN.replaceAll("+", "&#0043").replaceAll("=", "&#X3D")],
    [
      "in HTML by names",
      TOKEN.replaceAll("+", "&plus;").replaceAll("/", "&sol;").replaceAll("=", "&equals;"),
    ],
    ["in JSON", TOKEN.replaceAll("/", "\\/")],
    ["in JSON by numbers", TOKEN.replaceAll("+", "\\u002B").replaceAll("/", "\\u002f")],
    ["in JSON in JSON", TOKEN.replaceAll("/", "\\\\\\/").replaceAll("+", "\\\\u002b")],
    ["with line breaks in it", TOKEN.replace(/.{8}/g, "$&\r\n  ")],
    ["with line breaks that JSON escapes", TOKEN.replace(/.{8}/g, "$&\\n")],
    ["with line breaks that HTML escapes", TOKEN.replace(/.{8}/g, "$&&#10;&nbsp;")],
    ["with what is not seen in it", TOKEN.replace(/.{5}/g, "$&\u200b\u00ad\ufeff\u{e0041}")],
  ])("a token %s", (_, quoted) => {
    expect(hide(`token=${quoted}, sent`, TOKEN)).toBe("token=(hidden), sent");
    expect(hide(`token=${quoted.slice(0, 60)}`, TOKEN)).not.toContain("first");
  });

  test("a token in Base64, wherever in a longer text it stood", () => {
    for (const before of ["", "a", "ab"]) {
      const quoted = Buffer.from(`${before}${TOKEN} and more`).toString("base64");
      expect(hide(quoted, TOKEN)).toMatch(/^.{0,4}\(hidden\).{8,20}$/);
    }
  });

  test("a part of a secret, since servers cut long texts at any place; not a shorter one", () => {
    for (let at = 0; at + TELLTALE <= TOKEN.length; at += 1)
      expect(hide(`…${TOKEN.slice(at, at + TELLTALE)}…`, TOKEN)).toMatch(/^…\+?\(hidden\)\+?…$/);
    expect(hide(`token=${TOKEN.slice(7, 16)}`, TOKEN)).toBe(`token=${TOKEN.slice(7, 16)}`);
    expect(hide(`${TOKEN}${TOKEN.slice(0, 12)}, too`, TOKEN)).toMatch(/^\(hidden\)\+?, too$/);
  });

  test("a secret with the signs of a pattern, or of an escape", () => {
    expect(hide("x.*$& y", ".*$&")).toBe("x(hidden) y");
    expect(hide("key=ab%41cd\\u0042efgh&lt;ij", "ab%41cd\\u0042efgh&lt;ij")).toBe("key=(hidden)");
    expect(hide("key=ab%2541cd%5Cu0042efgh%26lt%3Bij", "ab%41cd\\u0042efgh&lt;ij")).toBe("key=(hidden)");
  });

  test.each(['abcdefgh"ijklmnop', "abcdefgh\\ijklmnop"])(
    "a secret with a sign that JSON escapes: %s",
    (secret) => {
      let text = `key ${secret}, sent`;
      for (let depth = 0; depth < 3; depth += 1) {
        text = JSON.stringify(text);
        expect(hide(text, secret)).toMatch(/^[\\"]*key \(hidden\), sent[\\"]*$/);
      }
    },
  );

  test("whatever looks like a signature, in both cases of its letters", () => {
    expect(hide(`Signature=${"ab".repeat(32)}, ${"AB".repeat(32)}`)).toBe("Signature=(hidden), (hidden)");
  });
});

describe("what stays", () => {
  test("what is longer or shorter than a signature", () => {
    const text = `${"a".repeat(63)} ${"a".repeat(65)}`;
    expect(hide(text)).toBe(text);
  });

  test("secrets under four characters, since they are in any text", () => {
    expect(hide("an answer", "", "a", "ans")).toBe("an answer");
  });
});

/** What secrets are made of. The plus sign stands in the middle, since the first and the last are taken most often. */
const LETTER = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ/=+-_.0123456789abcdefghijklmnopqrstuvwxyz");
const SECRET = fc.string({ unit: LETTER, minLength: 20, maxLength: 200 });

const code = (letter: string): number => letter.charCodeAt(0);
const hex = (letter: string): string => code(letter).toString(16).padStart(2, "0");
const NAMES: Record<string, string> = { "+": "plus", "/": "sol", "=": "equals", _: "lowbar", ".": "period" };
/** Ways to write one character. */
const ENCODINGS: readonly ((letter: string) => string)[] = [
  (letter) => letter,
  (letter) => `%${hex(letter)}`,
  (letter) => `%${hex(letter).toUpperCase()}`,
  (letter) => `%25${hex(letter)}`,
  (letter) => (letter === "+" ? " " : letter),
  (letter) => `&#${code(letter)};`,
  (letter) => `&#x${hex(letter)};`,
  (letter) => `&#X${hex(letter).toUpperCase()};`,
  (letter) => `&amp;#${code(letter)};`,
  (letter) => (letter in NAMES ? `&${NAMES[letter] ?? ""};` : letter),
  (letter) => (letter === "/" ? "\\/" : letter),
  (letter) => `\\u00${hex(letter)}`,
  (letter) => `\\\\u00${hex(letter)}`,
  (letter) => `${letter}\r\n`,
  (letter) => `${letter} `,
  (letter) => `${letter}\\n`,
];

test("random secrets in random encodings, mixed ones too, cut at random, never leave twelve characters", () => {
  const cut = fc.tuple(SECRET, fc.nat(1000), fc.nat(1000), fc.nat({ max: 3 }), fc.infiniteStream(fc.nat(15)));
  fc.assert(
    fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), (parts) => {
      const secrets = parts.map(([secret]) => secret);
      const pieces = parts.map(([secret, one, other, mix, ways]) => {
        const places = [one, other].map((place) => place % (secret.length + 1)).sort((a, b) => a - b);
        const one_ = ways.next().value;
        return [...secret.slice(...places)].map(
          (letter) => ENCODINGS[mix === 0 ? one_ : ways.next().value]?.(letter) ?? letter,
        );
      });
      const text = pieces.map((piece) => `the value "${piece.join("")}" is wrong`).join("; ");
      const clean = hider(secrets).hide(text);
      for (const piece of pieces)
        for (let at = 0; at + TELLTALE <= piece.length; at += 1)
          expect(clean).not.toContain(
            piece
              .slice(at, at + TELLTALE)
              .join("")
              .trim(),
          );
      expect(clean.startsWith('the value "')).toBe(true);
      expect(clean.endsWith('" is wrong')).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test("texts without a secret stay as they are, whatever they hold", () => {
  const word = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom("%2B", "&#43;", "\\u002b", " "),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), fc.array(SECRET, { maxLength: 3 }), (words, secrets) => {
      const text = words.join("");
      expect(hider(secrets).hide(text)).toBe(text);
      // Eleven characters are no secret yet. Plus signs are not seen, so what stands beside one is taken with it.
      const plain = secrets.map((secret) => secret.replaceAll("+", "p"));
      const near = plain.map((secret) => secret.slice(3, 14)).join("!");
      expect(hider(plain).hide(near)).toBe(near);
    }),
  );
});

test("a body as large as one can be costs little, also one that is made to be slow", () => {
  const secrets = hider(["k".repeat(30), "Ab3/+".repeat(250)]);
  for (const part of ["%25", "kkkkkkkkkkk!", "é中"]) {
    const body = part.repeat(Math.ceil((1 << 19) / part.length));
    const begin = process.cpuUsage();
    expect(secrets.hide(body)).toBe(body);
    // A tenth of a second on an idle machine; what is not linear takes hours.
    expect(process.cpuUsage(begin).user).toBeLessThan(5_000_000);
  }
});
