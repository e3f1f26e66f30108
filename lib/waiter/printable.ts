/** Control characters, and those that turn the direction of the text that follows. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/** A text on one line, without what would break a layout or, worse, drive a terminal; for whatever a server says. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, " ").trim();
}
