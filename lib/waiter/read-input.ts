import type { Readable } from "node:stream";
import { QueryError } from "./query-error";

/** How long the end of the input is waited for once a whole query is there, in milliseconds. */
const END_LIMIT = 1000;
/** How long a query may take to come, in milliseconds: whoever starts the waiter has it at hand. */
const INPUT_LIMIT = 30_000;
/** The longest query, in characters; one of 200 ids has some ten thousand. */
const MOST = 1024 * 1024;

/**
 * The whole text of an input, or what has come of it when it does not end: a pipe that nobody closes must not hold up
 * a wait beyond its timeout, which stands in that very text.
 *
 * @throws QueryError when it is longer than any query can be
 */
export function readInput(input: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    let ending: NodeJS.Timeout | undefined;
    const settle = (act: () => void): void => {
      clearTimeout(latest);
      clearTimeout(ending);
      input.removeAllListeners("data");
      input.pause();
      act();
    };
    const done = (): void => settle(() => resolve(text));
    const latest = setTimeout(done, INPUT_LIMIT);
    input.setEncoding("utf8");
    input.on("data", (chunk: string) => {
      text += chunk;
      clearTimeout(ending);
      if (text.length > MOST) {
        settle(() =>
          reject(
            new QueryError("The waiter's query is too long.", [
              ["Value", `more than ${MOST} characters`],
              ["Expected", "one JSON object of strings on stdin"],
            ]),
          ),
        );
      } else if (isWhole(text)) ending = setTimeout(done, END_LIMIT);
    });
    input.once("end", done);
    // An input that cannot be read is one that holds nothing.
    input.once("error", done);
  });
}

function isWhole(text: string): boolean {
  if (!text.trimEnd().endsWith("}")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
