/**
 * Alibaba Cloud's request signature V3 (ACS3-HMAC-SHA256), as pure functions: no clock, no random, no I/O.
 *
 * Source: "V3 request structure and signature" of the Alibaba Cloud SDK documentation.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The name of the algorithm, as it opens the Authorization header and the string to sign. */
export const ACS3_ALGORITHM = "ACS3-HMAC-SHA256";

/** A request as it goes over the wire, before or after it was signed. */
export interface Acs3Request {
  /** The HTTP method, in upper case. */
  readonly method: string;
  /** The path as it is sent: percent-encoded, without the query. */
  readonly path: string;
  /**
   * The query parameters, decoded; a name may occur more than once.
   * @default - no query
   */
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** The headers; a signer signs `host`, `content-type` and `x-acs-*`. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The bytes of the body, or its text in UTF-8.
   * @default - an empty body
   */
  readonly body?: string | Uint8Array;
}

/** The key pair that signs, with the token of a temporary one. */
export interface Acs3Credentials {
  /** The AccessKey id; it is sent in clear. */
  readonly accessKeyId: string;
  /** The AccessKey secret; it keys the HMAC as it is, and is never sent. */
  readonly accessKeySecret: string;
  /**
   * The STS token of a temporary key pair.
   * @default - the key pair is a permanent one
   */
  readonly securityToken?: string;
}

/** The three parts of an Authorization header. */
export interface Acs3Authorization {
  /** Whose key signed. */
  readonly accessKeyId: string;
  /** The names of the signed headers, in the order given. */
  readonly signedHeaders: readonly string[];
  /** Lower-case hex, 64 digits. */
  readonly signature: string;
}

/** What {@link acs3Headers} signs: a call of an operation. */
export interface Acs3Call {
  /** The HTTP method, in upper case. */
  readonly method: string;
  /** The host as it stands in the Host header, with the port when it is not the protocol's own. */
  readonly host: string;
  /** The path as it is sent: percent-encoded, without the query. */
  readonly path: string;
  /**
   * The query parameters, decoded.
   * @default - no query
   */
  readonly query?: readonly (readonly [name: string, value: string])[];
  /** The operation, such as `DescribeTask`. */
  readonly action: string;
  /** The version of the API, such as `2023-08-08`. */
  readonly version: string;
  /** When it is signed, in milliseconds since 1970; the service accepts 15 minutes to either side. */
  readonly at: number;
  /** A text that no other request uses. */
  readonly nonce: string;
  /**
   * The body in UTF-8.
   * @default - an empty body
   */
  readonly body?: string;
  /**
   * The body's content type.
   * @default - no such header
   */
  readonly contentType?: string;
}

/** Percent-encodes a text as RFC 3986 has it: only letters, digits and `-_.~` stay. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The SHA-256 of bytes, or of a text in UTF-8, as lower-case hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The headers that take part in the signature: `host`, `content-type` and every `x-acs-*`; lower case, sorted. */
export function signedHeaderNames(headers: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  return names
    .filter((name) => name === "host" || name === "content-type" || name.startsWith("x-acs-"))
    .sort();
}

/**
 * The canonical request: method, path, query, headers, their names and the body's hash, one after the other.
 *
 * A signer leaves `names` at its default; a verifier passes those that SignedHeaders names.
 */
export function canonicalRequest(
  request: Acs3Request,
  names: readonly string[] = signedHeaderNames(request.headers),
): string {
  const values = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const headers = names.map((name) => `${name}:${(values.get(name) ?? "").trim()}\n`).join("");
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query ?? []),
    headers,
    names.join(";"),
    sha256Hex(request.body ?? ""),
  ].join("\n");
}

/** The headers of a request that must be signed (`host` and every `x-acs-*`) and that SignedHeaders does not name. */
export function unsignedHeaderNames(request: Acs3Request, authorization: Acs3Authorization): string[] {
  const named = new Set(authorization.signedHeaders);
  return signedHeaderNames(request.headers).filter((name) => name !== "content-type" && !named.has(name));
}

/** The text that the signature is made over: the algorithm and the hash of the canonical request. */
export function stringToSign(canonical: string): string {
  return `${ACS3_ALGORITHM}\n${sha256Hex(canonical)}`;
}

/** The signature of a request: lower-case hex of the HMAC-SHA256 of its string to sign. */
export function acs3Signature(
  request: Acs3Request,
  accessKeySecret: string,
  names: readonly string[] = signedHeaderNames(request.headers),
): string {
  return createHmac("sha256", accessKeySecret)
    .update(stringToSign(canonicalRequest(request, names)))
    .digest("hex");
}

/** The value of the Authorization header that signs a request. */
export function acs3Authorization(
  request: Acs3Request,
  credentials: Pick<Acs3Credentials, "accessKeyId" | "accessKeySecret">,
): string {
  const names = signedHeaderNames(request.headers).join(";");
  const signature = acs3Signature(request, credentials.accessKeySecret);
  return `${ACS3_ALGORITHM} Credential=${credentials.accessKeyId},SignedHeaders=${names},Signature=${signature}`;
}

/** Every header of a signed call of an operation, `authorization` included; for tests that speak plain HTTP. */
export function acs3Headers(call: Acs3Call, credentials: Acs3Credentials): Record<string, string> {
  const headers: Record<string, string> = {
    host: call.host,
    "x-acs-action": call.action,
    "x-acs-version": call.version,
    "x-acs-date": new Date(call.at).toISOString().replace(/\.\d{3}Z$/, "Z"),
    "x-acs-signature-nonce": call.nonce,
    "x-acs-content-sha256": sha256Hex(call.body ?? ""),
  };
  if (call.contentType !== undefined) headers["content-type"] = call.contentType;
  if (credentials.securityToken !== undefined) {
    headers["x-acs-accesskey-id"] = credentials.accessKeyId;
    headers["x-acs-security-token"] = credentials.securityToken;
  }
  return { ...headers, authorization: acs3Authorization({ ...call, headers }, credentials) };
}

/** Reads an Authorization header, or gives undefined when it is not of this algorithm's form. */
export function parseAcs3Authorization(header: string): Acs3Authorization | undefined {
  const match =
    /^ACS3-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  const [, accessKeyId, signedHeaders, signature] = match ?? [];
  if (accessKeyId === undefined || signedHeaders === undefined || signature === undefined) return undefined;
  return { accessKeyId, signedHeaders: signedHeaders.split(";"), signature };
}

/**
 * Whether an Authorization header signs this request with this secret.
 *
 * It is made over the headers that SignedHeaders names, since clients may sign more than they must. Also false
 * when `host` or an `x-acs-*` header of the request is not among them.
 */
export function verifyAcs3(
  request: Acs3Request,
  authorization: Acs3Authorization,
  accessKeySecret: string,
): boolean {
  if (unsignedHeaderNames(request, authorization).length > 0) return false;
  const expected = Buffer.from(acs3Signature(request, accessKeySecret, authorization.signedHeaders));
  const given = Buffer.from(authorization.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function canonicalPath(path: string): string {
  const encoded = path.split("/").map((segment) => {
    try {
      return percentEncode(decodeURIComponent(segment));
    } catch {
      // A stray "%" cannot be decoded; both sides then sign it as it is.
      return segment;
    }
  });
  return encoded.join("/") || "/";
}

function canonicalQuery(query: readonly (readonly [string, string])[]): string {
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...query]
    .sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
}
