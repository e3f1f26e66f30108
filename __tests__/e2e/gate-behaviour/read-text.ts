/** What Terraform says at the end of a command that went well, or that found changes. */
const SUMMARIES = [
  /^Interrupt received\./m,
  /^(Apply|Destroy) complete!/m,
  /^No changes\./m,
  /^Error: [^\n]*/m,
  /^Plan: [^\n]*/m,
];

/** The first line of a text of ours. */
const OURS =
  /^(Task t-\d+ (?!RUNNING|COMPLETE\b)[^\n]*|\d+ of \d+ tasks [^\n]*|The result does not meet [^\n]*)/m;

/**
 * The first line that a user reads: of our own text when there is one, else of Terraform's summary, else of its
 * error; with the wait's lines of progress before it. Ports and lengths of time are left out.
 */
export function readText(output: string): string {
  const lines = output.split("\n").map((line) => line.replace(/^[│╷╵] ?/, ""));
  const plain = lines.map((line) => line.replace(/^\S+ \(local-exec\): /, "")).join("\n");
  const progress = /\(local-exec\): (\w+: t-\d+ RUNNING)\b/.exec(output)?.[1];
  const summary = SUMMARIES.map((pattern) => pattern.exec(plain)?.[0]).find((found) => found !== undefined);
  const first = oursIn(plain) ?? summary ?? "";
  const text = first
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:…")
    .replace(/ for [\d.]+m?s\b/g, " for …s")
    .replace(/ within [\d.]+m?s\b/g, " within …s");
  return progress === undefined ? text : `${progress} …; ${text}`;
}

/** Terraform breaks long lines of an error; the first line of a text ends before an empty one. */
function oursIn(plain: string): string | undefined {
  const found = OURS.exec(plain);
  if (!found) return undefined;
  const [paragraph = ""] = plain.slice(found.index).split(/\n\s*\n/, 1);
  return paragraph.split("\n").join(" ").replace(/ +/g, " ").trim();
}
