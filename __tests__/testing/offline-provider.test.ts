import { X509Certificate, createPrivateKey } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decode, encode, ExtData } from "@msgpack/msgpack";
import fc from "fast-check";
import { createServerIdentity } from "../../lib/testing/offline-provider/certificate";
import { readConfig, validateConfig } from "../../lib/testing/offline-provider/config";
import { decodeResult, encodeQuery } from "../../lib/testing/offline-provider/contract";
import { diagnostic } from "../../lib/testing/offline-provider/diagnostic";
import { decodeValue, encodeValue, UNKNOWN } from "../../lib/testing/offline-provider/dynamic-value";
import { findProgram, lacksExecFormat } from "../../lib/testing/offline-provider/find-program";
import {
  clientCertificate,
  handshakeLine,
  isStartedByTerraform,
  MAGIC_COOKIE,
} from "../../lib/testing/offline-provider/handshake";

const decodeText = (text: string): ReturnType<typeof decodeResult> => decodeResult(Buffer.from(text));

describe("the query", () => {
  test("keys that look like numbers are sorted as texts", () => {
    expect(encodeQuery({ "10": "a", "9": "b", b: "c", a: "d" })).toBe('{"10":"a","9":"b","a":"d","b":"c"}');
  });

  test("keys are sorted by their UTF-8 bytes", () => {
    expect(Object.keys(JSON.parse(encodeQuery({ "\u{1F600}": "", "\uFF5E": "", z: "" })))).toEqual([
      "z",
      "\uFF5E",
      "\u{1F600}",
    ]);
  });

  test("characters that are special in HTML or in JavaScript are escaped as Go does", () => {
    expect(encodeQuery({ "<a&b>": "\u2028\u2029" })).toBe('{"\\u003ca\\u0026b\\u003e":"\\u2028\\u2029"}');
  });

  test("an empty query is an empty object", () => {
    expect(encodeQuery({})).toBe("{}");
  });

  test("any map of strings arrives as it was", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })),
        (query) => {
          expect(JSON.parse(encodeQuery(query))).toEqual({ ...query });
        },
      ),
    );
  });
});

describe("the result", () => {
  test("an object of strings is taken as it is", () => {
    expect(decodeText('{"a":"1","b":""}\n')).toEqual({ result: { a: "1", b: "" } });
  });

  test("a null result value becomes an empty string", () => {
    expect(decodeText('{"a":null}')).toEqual({ result: { a: "" } });
  });

  test("a result that is null as a whole stays null", () => {
    expect(decodeText("null")).toEqual({ result: null });
  });

  test("of two equal keys the last one counts", () => {
    expect(decodeText('{"a":"1","a":"2"}')).toEqual({ result: { a: "2" } });
  });

  test("a key named __proto__ is a key like any other", () => {
    expect(Object.entries((decodeText('{"__proto__":"x"}') as { result: object }).result)).toEqual([
      ["__proto__", "x"],
    ]);
  });

  test.each([
    ['{"a":1}', '"a" is a number, not a string'],
    ['{"a":true}', '"a" is a boolean, not a string'],
    ['{"a":{"b":"c"}}', '"a" is an object, not a string'],
    ['{"ok":"1","a":["b"]}', '"a" is an array, not a string'],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}', '"e" is a number and 1 more, not a string'],
    ['["a"]', "the output is an array, not an object"],
    ['"a"', "the output is a string, not an object"],
    ["", "the program printed nothing"],
    [" \n", "the program printed nothing"],
    ['{"a":"b"} {"c":"d"}', "the output is not JSON"],
    ['\uFEFF{"a":"b"}', "the output is not JSON"],
  ])("%j is refused with the reason", (output, problem) => {
    expect(decodeText(output)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

describe("the block's values", () => {
  test("null and empty items of the program are dropped", () => {
    expect(readConfig({ program: ["node", null, "", "x"], query: null, working_dir: null })).toEqual({
      value: { program: ["node", "x"], query: {}, workingDir: "" },
    });
  });

  test("null items of the query are dropped, empty ones are kept", () => {
    expect(readConfig({ program: ["p"], query: { a: null, b: "", c: "d" }, working_dir: "w" })).toEqual({
      value: { program: ["p"], query: { b: "", c: "d" }, workingDir: "w" },
    });
  });

  test.each([
    ["null", null, "It is null."],
    ["an empty list", [], "It is an empty list."],
  ])("a program that is %s is refused at validation and at reading", (_, program, why) => {
    const expected = { attribute: "program", detail: expect.stringContaining(why) };
    expect(validateConfig({ program })).toEqual([expect.objectContaining(expected)]);
    expect(readConfig({ program })).toEqual({ diagnostics: [expect.objectContaining(expected)] });
  });

  test("a program whose items are all null or empty is refused only at reading", () => {
    expect(validateConfig({ program: [null, ""] })).toEqual([]);
    expect(readConfig({ program: [null, ""] })).toEqual({
      diagnostics: [expect.objectContaining({ detail: expect.stringContaining("null or empty") })],
    });
  });

  test("unknown values pass validation", () => {
    expect(validateConfig({ program: UNKNOWN, query: UNKNOWN })).toEqual([]);
    expect(validateConfig({ program: [UNKNOWN], query: { a: UNKNOWN } })).toEqual([]);
  });
});

describe("values on the wire", () => {
  test("an unknown value is read in both of its forms, alone and inside others", () => {
    const plain = new ExtData(0, new Uint8Array([0]));
    const refined = new ExtData(12, encode({ 1: false }));
    const bytes = encode({ program: plain, query: { a: refined, b: "c" } });
    expect(decodeValue(bytes)).toEqual({ program: UNKNOWN, query: { a: UNKNOWN, b: "c" } });
  });

  test("an unknown value is written as extension 0", () => {
    expect(decode(encodeValue({ a: [UNKNOWN] }))).toEqual({ a: [new ExtData(0, new Uint8Array([0]))] });
  });

  test("half a character that stands alone becomes U+FFFD in keys and values, short and long", () => {
    const long = "x".repeat(300);
    expect(decode(encodeValue({ "\ud800": "a\udc00b", long: `${long}\ud800` }))).toEqual({
      "\uFFFD": "a\uFFFDb",
      long: `${long}\uFFFD`,
    });
  });

  test("megabytes and characters of all kinds come back as they were", () => {
    const value = { a: "é\u{1F600}".repeat(500_000), b: null, c: ["", "\u0000"] };
    expect(decodeValue(encodeValue(value))).toEqual(value);
  });
});

describe("the handshake", () => {
  test("only Terraform's cookie counts as started by Terraform", () => {
    expect(isStartedByTerraform({ [MAGIC_COOKIE.name]: MAGIC_COOKIE.value })).toBe(true);
    expect(isStartedByTerraform({ [MAGIC_COOKIE.name]: "1" })).toBe(false);
    expect(isStartedByTerraform({})).toBe(false);
  });

  test("the line names protocol 5, the socket and the certificate without padding", () => {
    expect(handshakeLine("/tmp/s", Buffer.from("a"))).toBe("1|5|unix|/tmp/s|grpc|YQ\n");
  });

  test("without TLS the line ends with an empty field", () => {
    expect(clientCertificate({ PLUGIN_CLIENT_CERT: "" })).toBeUndefined();
    expect(handshakeLine("/tmp/s", undefined)).toBe("1|5|unix|/tmp/s|grpc|\n");
  });
});

describe("the certificate", () => {
  const now = new Date("2026-03-04T05:06:07.890Z");
  const identity = createServerIdentity(now);
  const certificate = new X509Certificate(identity.certificatePem);

  test("it is for localhost, signed by itself and may sign", () => {
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(true);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(certificate.raw).toEqual(identity.certificate);
  });

  test("it belongs to the key", () => {
    expect(certificate.checkPrivateKey(createPrivateKey(identity.keyPem))).toBe(true);
  });

  test("it is valid from an hour ago for a day", () => {
    expect(new Date(certificate.validFrom).toISOString()).toBe("2026-03-04T04:06:07.000Z");
    expect(new Date(certificate.validTo).toISOString()).toBe("2026-03-05T05:06:07.000Z");
  });

  test("each one has a key and a positive serial number of its own", () => {
    const others = Array.from(
      { length: 20 },
      () => new X509Certificate(createServerIdentity().certificatePem),
    );
    expect(new Set(others.map((other) => other.serialNumber)).size).toBe(20);
    for (const other of others) expect(other.serialNumber).toMatch(/^[4-7]/);
  });
});

describe("a diagnostic", () => {
  test("facts follow the paragraph after a blank line, and those without a value are left out", () => {
    expect(diagnostic("Title", "Text.", { A: "1", B: undefined, C: "2" })).toEqual({
      summary: "Title",
      detail: "Text.\n\nA: 1\nC: 2",
      attribute: "program",
    });
  });
});

describe("finding the program", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "find-program-"));
  const tool = path.join(folder, "bin", "tool");
  mkdirSync(path.join(folder, "bin"));
  mkdirSync(path.join(folder, "folder"));
  writeFileSync(tool, "#!/bin/sh\n");
  chmodSync(tool, 0o755);
  writeFileSync(path.join(folder, "no-bit"), "#!/bin/sh\n");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("a name is searched in PATH, and the program still sees the name", () => {
    const environment = { PATH: `/nowhere:${folder}/bin` };
    expect(findProgram(["tool", "x"], environment)).toEqual({ command: { file: tool, argv: ["tool", "x"] } });
  });

  test.each([
    ["missing", "no such file"],
    ["folder", "it is a folder"],
    ["no-bit", "it is not executable"],
  ])("a path to something %s is refused", (name, problem) => {
    expect(findProgram([path.join(folder, name)], { SHELL: "/bin/sh" })).toEqual({
      problem: expect.stringContaining(problem),
    });
  });

  test("a name that PATH does not have goes to the user's shell as a command line", () => {
    expect(findProgram(["tool", "a b"], { PATH: "/nowhere", SHELL: "/bin/bash" })).toEqual({
      command: { file: "/bin/bash", argv: ["/bin/bash", "-i", "-c", "--", "tool a b"] },
    });
  });

  test.each([{}, { SHELL: "/bin/nologin" }])("without a known shell (%j) it is not found", (shell) => {
    expect(findProgram(["tool"], { PATH: "/nowhere", ...shell })).toEqual({
      problem: "no such executable file in any folder of PATH",
    });
  });

  test.each([
    ["a script with a shebang", "#!/bin/sh\necho", false],
    ["a binary", "\x7fELF\x02\x01\x01\0\0", false],
    ["a script without a shebang", "echo hello\n", true],
    ["an empty file", "", true],
  ])("%s: whether the system refuses its format", (name, content, refused) => {
    const file = path.join(folder, name.replaceAll(" ", "-"));
    writeFileSync(file, content);
    expect(lacksExecFormat(file)).toBe(refused);
  });
});
