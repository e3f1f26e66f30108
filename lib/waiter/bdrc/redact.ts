/**
 * Takes secrets out of a text: these values, and whatever looks like a signature.
 *
 * Gateways quote what they were sent when a signature does not match, the security token included.
 *
 * @param secrets values that must not be seen; those under 4 characters are left, since they are in any text
 */
export function redact(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    // A token holds "+", "/" and "=", which a gateway may quote as it reads them in a URL.
    for (const form of [secret, encodeURIComponent(secret)]) clean = clean.replaceAll(form, "(hidden)");
  }
  return clean.replace(/\b[0-9a-f]{64}\b/gi, "(hidden)");
}
