import {
  type Acs3Credentials,
  canonicalRequest,
  parseAcs3Authorization,
  sha256Hex,
  stringToSign,
  unsignedHeaderNames,
  verifyAcs3,
} from "../acs3";
import type { Call } from "./call";

/** The version of the API that the fake service speaks. */
export const API_VERSION = "2023-08-08";

/** How far `x-acs-date` may be off, in milliseconds; the documentation of signature V3 says 15 minutes. */
const MAX_SKEW_MS = 15 * 60_000;

/** An error of the API in place of an answer. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the gatekeeper holds callers against. */
export interface GateSettings {
  /** The one key pair (and token) that is known. */
  readonly credentials: Acs3Credentials;
  /** Whether keys, date, nonce, hash and signature are looked at; version and action always are. */
  readonly checkSignature: boolean;
}

/** Lets a call through to an operation, or says why not, as the gateway in front of every OpenAPI product does. */
export class Gatekeeper {
  private readonly nonces = new Map<string, number>();

  constructor(private readonly settings: GateSettings) {}

  /** The first thing that is wrong with a call, or undefined; a call let through has used up its nonce. */
  check(call: Call, operation: string): Refusal | undefined {
    const wrong = protocolRefusal(call, operation);
    if (wrong !== undefined || !this.settings.checkSignature) return wrong;
    return dateRefusal(call) ?? this.signatureRefusal(call) ?? this.nonceRefusal(call);
  }

  private signatureRefusal(call: Call): Refusal | undefined {
    const { credentials } = this.settings;
    const header = call.headers["authorization"];
    if (header === undefined) return missing("AccessKeyId");
    const authorization = parseAcs3Authorization(header);
    if (authorization === undefined) {
      return refuse(
        400,
        "IncompleteSignature",
        "The request signature does not conform to ACS3-HMAC-SHA256.",
      );
    }
    if (authorization.accessKeyId !== credentials.accessKeyId) {
      // The gateway answers 404 here, which is not "no such task".
      return refuse(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
    }
    const token = tokenRefusal(call.headers["x-acs-security-token"], credentials.securityToken);
    if (token !== undefined) return token;
    const hash = call.headers["x-acs-content-sha256"];
    if (hash === undefined) return missing("ContentSha256");
    if (hash !== sha256Hex(call.body)) {
      return refuse(
        400,
        "SignatureDoesNotMatch",
        `x-acs-content-sha256 is ${hash}, which is not that of the body.`,
      );
    }
    const unsigned = unsignedHeaderNames(call, authorization);
    if (unsigned.length > 0) {
      return refuse(
        400,
        "SignatureDoesNotMatch",
        `SignedHeaders must name every header that has to be signed; it leaves out ${unsigned.join(", ")}.`,
      );
    }
    if (verifyAcs3(call, authorization, credentials.accessKeySecret)) return undefined;
    const names = authorization.signedHeaders;
    const canonical = canonicalRequest({ ...call, headers: masked(call.headers) }, names);
    return refuse(
      400,
      "SignatureDoesNotMatch",
      `Specified signature is not matched with our calculation. server string to sign is: ` +
        `${stringToSign(canonicalRequest(call, names))}, server canonical request is: ${canonical}`,
    );
  }

  private nonceRefusal(call: Call): Refusal | undefined {
    const nonce = call.headers["x-acs-signature-nonce"];
    if (nonce === undefined || nonce === "") return missing("SignatureNonce");
    if (this.nonces.has(nonce)) {
      return refuse(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
    }
    this.forgetNoncesBefore(call.now - 2 * MAX_SKEW_MS);
    this.nonces.set(nonce, call.now);
    return undefined;
  }

  /** A nonce that old cannot come again: its date is refused first. */
  private forgetNoncesBefore(moment: number): void {
    for (const [nonce, usedAt] of this.nonces) {
      if (usedAt >= moment) return;
      this.nonces.delete(nonce);
    }
  }
}

function protocolRefusal(call: Call, operation: string): Refusal | undefined {
  const version = call.headers["x-acs-version"];
  if (version === undefined) return missing("Version");
  if (version !== API_VERSION) {
    return refuse(404, "NoSuchVersion", `The version ${version} does not exist; it is ${API_VERSION}.`);
  }
  const action = call.headers["x-acs-action"];
  if (action === undefined) return missing("Action");
  if (action !== operation) {
    return refuse(
      404,
      "InvalidAction.NotFound",
      `The action ${action} is not at this path; ${operation} is.`,
    );
  }
  return undefined;
}

function dateRefusal(call: Call): Refusal | undefined {
  const date = call.headers["x-acs-date"];
  if (date === undefined) return missing("Timestamp");
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(at)) {
    return refuse(
      400,
      "InvalidTimeStamp.Format",
      `Specified time stamp ${date} is not of form YYYY-MM-DDThh:mm:ssZ.`,
    );
  }
  // The text has whole seconds; a call at the very edge must not fail for its milliseconds.
  if (Math.abs(call.now - at) > MAX_SKEW_MS + 999) {
    return refuse(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
  }
  return undefined;
}

function tokenRefusal(given: string | undefined, expected: string | undefined): Refusal | undefined {
  if (given === expected) return undefined;
  if (given === undefined)
    return refuse(400, "MissingSecurityToken", "SecurityToken is mandatory for this action.");
  if (expected === undefined) {
    const text = "Specified SecurityToken is mismatch with the AccessKey.";
    return refuse(400, "InvalidSecurityToken.MismatchWithAccessKey", text);
  }
  return refuse(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.");
}

function masked(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return "x-acs-security-token" in headers ? { ...headers, "x-acs-security-token": "***" } : headers;
}

function missing(name: string): Refusal {
  return refuse(400, `Missing${name}`, `${name} is mandatory for this action.`);
}

function refuse(status: number, code: string, message: string): Refusal {
  return { status, code, message };
}
