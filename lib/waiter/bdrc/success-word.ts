/** What services of the API's family put into `Code` when all went well. */
const SUCCESS = /^(|ok|success|succeeded|successful|true|0|2\d\d)$/i;

/**
 * Whether the `Code` of an answer says no more than that all went well, or is absent.
 *
 * @param code as it stands in the answer: a text, a number, `true`, or undefined
 */
export function isSuccessWord(code: unknown): boolean {
  if (code === undefined || code === null) return true;
  const isPlain = typeof code === "string" || typeof code === "number" || typeof code === "boolean";
  return isPlain && SUCCESS.test(String(code).trim());
}
