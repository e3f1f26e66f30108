import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A key and the certificate that its holder signed for itself. */
export interface ServerIdentity {
  /** The certificate, DER. */
  readonly certificate: Buffer;
  /** The same certificate, PEM. */
  readonly certificatePem: string;
  /** The private key, PEM (PKCS #8). */
  readonly keyPem: string;
}

/**
 * Makes a P-256 key and a self-signed certificate for `localhost`, valid for a day.
 *
 * Each start of the provider makes its own, so that nobody but Terraform can speak with it. It is written by
 * hand as DER, since node:crypto makes keys but no certificates, and the packages that do take 30 ms to load, which
 * Terraform would wait for several times in each command.
 */
export function createServerIdentity(now: Date = new Date()): ServerIdentity {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(objectId("2a8648ce3d040302"));
  const name = sequence(set(sequence(objectId("550403"), utf8String("localhost"))));
  const hour = 3_600_000;

  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(positive(randomBytes(16))),
    ecdsaWithSha256,
    name,
    sequence(time(new Date(now.getTime() - hour)), time(new Date(now.getTime() + 24 * hour))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(...extensions())),
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, ecdsaWithSha256, bitString(signature, 0));

  return {
    certificate,
    certificatePem: pem("CERTIFICATE", certificate),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** What Go's TLS client asks of a certificate that is both the server's own and the root that it trusts. */
function extensions(): Buffer[] {
  const basicConstraints = sequence(boolean(true));
  // digitalSignature and keyCertSign: bits 0 and 5, so two bits of the byte are unused.
  const keyUsage = bitString(Buffer.from([0b1000_0100]), 2);
  const serverAndClient = sequence(objectId("2b06010505070301"), objectId("2b06010505070302"));
  const dnsName = sequence(encode(0x82, Buffer.from("localhost")));
  return [
    sequence(objectId("551d13"), boolean(true), octetString(basicConstraints)),
    sequence(objectId("551d0f"), boolean(true), octetString(keyUsage)),
    sequence(objectId("551d25"), octetString(serverAndClient)),
    sequence(objectId("551d11"), octetString(dnsName)),
  ];
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** One DER element: tag, length, content. */
function encode(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

const sequence = (...contents: Buffer[]): Buffer => encode(0x30, ...contents);
const set = (...contents: Buffer[]): Buffer => encode(0x31, ...contents);
const tagged = (tag: number, content: Buffer): Buffer => encode(tag, content);
const integer = (bytes: Buffer): Buffer => encode(0x02, bytes);
const boolean = (value: boolean): Buffer => encode(0x01, Buffer.from([value ? 0xff : 0]));
const objectId = (hex: string): Buffer => encode(0x06, Buffer.from(hex, "hex"));
const octetString = (content: Buffer): Buffer => encode(0x04, content);
const utf8String = (text: string): Buffer => encode(0x0c, Buffer.from(text));
const bitString = (bytes: Buffer, unusedBits: number): Buffer =>
  encode(0x03, Buffer.from([unusedBits]), bytes);

/** UTCTime, which serves until 2049. */
function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, "");
  return encode(0x17, Buffer.from(digits.slice(2)));
}

/** Clears the sign bit and keeps the first byte from being zero, which DER forbids in front of a longer number. */
function positive(bytes: Buffer): Buffer {
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}
