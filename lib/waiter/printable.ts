/** What steers a terminal when it begins with an escape. */
const SEQUENCE = /\u001b\[[\d;?]*[A-Za-z]/g;
/**
 * Control characters, marks that nobody sees (of direction, width and joining, soft hyphens, tags), separators of
 * lines, and halves of characters.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;
const UNSEEN_BUT_BREAKS = /[^\P{Cc}\n]+|[\p{Cf}\p{Cs}\u2028\u2029]+/gu;

/**
 * A text of a server, a file or a user as it can go to a terminal: on one line, without anything that steers it or
 * hides in it. The one function for this, of the waiter and of the command.
 */
export function printable(text: string): string {
  return text.replace(SEQUENCE, "").replace(UNSEEN, " ").trim();
}

/** The same for a text of several lines, which keeps its line breaks and its indentation. */
export function printableLines(text: string): string {
  return text.replace(SEQUENCE, "").replace(UNSEEN_BUT_BREAKS, " ");
}

/** JSON that says the same in characters that no terminal acts on: the others as escapes, which JSON has for them. */
export function printableJson(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Cs}\u2028\u2029]/gu, (sign) =>
    Array.from(
      { length: sign.length },
      (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** Whether a character, by its UTF-16 code unit, is a blank, or one that {@link printable} takes away. */
export function isUnseen(code: number): boolean {
  return printable(String.fromCharCode(code)) === "";
}
