/** This much of the begin of a secret gives it away, also when the rest is cut off. */
const TELLTALE = 12;

/**
 * Takes secrets out of a text: these values, also where only their begin is left, and whatever looks like a signature.
 *
 * Gateways quote what they were sent when a signature does not match, the security token included, and cut long texts.
 *
 * @param secrets values that must not be seen; those under 4 characters are left, since they are in any text
 */
export function redact(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    // A token holds "+", "/" and "=", which a gateway may quote as it reads them in a URL.
    for (const form of [secret, encodeURIComponent(secret)]) clean = hide(clean, form);
  }
  return clean.replace(/\b[0-9a-f]{64}\b/gi, "(hidden)");
}

function hide(text: string, secret: string): string {
  const begin = secret.slice(0, TELLTALE);
  let clean = "";
  let from = 0;
  for (let at = text.indexOf(begin); at !== -1; at = text.indexOf(begin, from)) {
    let length = begin.length;
    while (length < secret.length && text[at + length] === secret[length]) length += 1;
    clean += `${text.slice(from, at)}(hidden)`;
    from = at + length;
  }
  return clean + text.slice(from);
}
