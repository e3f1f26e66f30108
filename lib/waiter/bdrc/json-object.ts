/**
 * The own entries of a JSON object as a map, so that keys such as `__proto__` are keys like any other; undefined when
 * the text is anything else.
 */
export function jsonObject(text: string): Map<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? new Map<string, unknown>(Object.entries(value))
    : undefined;
}
