import { RESULT_KEYS, type ResultMap } from "../../lib/protocol/result";
import type { Cell, KeyKind } from "./expectations";
import { SECRETS } from "./faults";
import type { WaiterEnd } from "./waiter-process";

/** Everything that a run did otherwise than the table says; nothing when it did well. */
export function problemsOf(cell: Cell, end: WaiterEnd, calls: number): string[] {
  const { expected, taskId } = cell;
  const problems = leaksIn(end, secretsOf(cell.keys));
  const check = (holds: boolean, text: string): void => {
    if (!holds) problems.push(text);
  };
  check(!end.late, "it had to be killed");
  check(end.code === 0, `the exit code is ${end.code} (${end.signal})`);
  check(end.stderr === "", `stderr holds ${JSON.stringify(end.stderr.slice(0, 300))}`);
  const result = parseResult(end.stdout);
  if (result === undefined)
    return [...problems, `stdout is not the result: ${JSON.stringify(end.stdout.slice(0, 300))}`];
  check(
    result.status === expected.status,
    `the status is ${result.status}, not ${expected.status}: ${result.problem}`,
  );
  const begin = expected.says === "" ? "" : `Task ${taskId} ${expected.says}`;
  check(
    begin === "" ? result.problem === "" : result.problem.startsWith(begin),
    `the problem does not begin with ${JSON.stringify(begin)}: ${result.problem}`,
  );
  check(
    result.resource_counts === (expected.status === "COMPLETE" ? '{"ACS::OSS::Bucket":3}' : "{}"),
    "the counts are wrong",
  );
  // A kept connection that is reset at its next use is asked anew within the same look.
  const resends = cell.row.fault.kind === "reset";
  check(
    expected.calls === undefined || resends || calls === expected.calls,
    `it made ${calls} calls, not ${expected.calls}`,
  );
  return [...problems, ...eventProblems(end.events, result, calls, resends)];
}

function parseResult(stdout: string): ResultMap | undefined {
  try {
    const result = JSON.parse(stdout) as Record<string, unknown>;
    const right =
      Object.keys(result).join() === RESULT_KEYS.join() &&
      Object.values(result).every((value) => typeof value === "string");
    return right ? (result as ResultMap) : undefined;
  } catch {
    return undefined;
  }
}

function eventProblems(text: string, result: ResultMap, calls: number, resends: boolean): string[] {
  const lines = wholeLines(text);
  if (lines === undefined) return [`the events file holds no whole lines: ${text.slice(-300)}`];
  const types = lines.map(({ type }) => type);
  const looks = types.filter((type) => type === "look" || type === "fault").length;
  return [
    ...(types[0] === "start" && types.at(-1) === "end" ? [] : [`the events are ${types.join(", ")}`]),
    ...(looks === calls || (resends && looks < calls)
      ? []
      : [`there are events of ${looks} looks, but there were ${calls} calls`]),
    ...(lines.at(-1)?.["status"] === result.status
      ? []
      : ["the last event has another status than the result"]),
  ];
}

/** The lines of an events file, or undefined when one is not whole. */
export function wholeLines(text: string): Record<string, unknown>[] | undefined {
  if (text === "") return [];
  if (!text.endsWith("\n")) return undefined;
  try {
    return text
      .slice(0, -1)
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

/** What a waiter with keys of this kind knows and must not tell. */
export function secretsOf(keys: KeyKind): string[] {
  const { accessKeySecret, securityToken } = SECRETS;
  return keys === "AK"
    ? [accessKeySecret]
    : [accessKeySecret, securityToken, encodeURIComponent(securityToken)];
}

/** Where a secret got out; what looks like a signature counts as one. */
export function leaksIn(
  { stdout, stderr, events }: Pick<WaiterEnd, "stdout" | "stderr" | "events">,
  secrets: readonly string[],
): string[] {
  return Object.entries({ stdout, stderr, events }).flatMap(([name, text]) => [
    ...(secrets.some((secret) => text.includes(secret)) ? [`${name} holds a secret`] : []),
    ...(/\b[0-9a-f]{64}\b/i.test(text) ? [`${name} holds a signature`] : []),
  ]);
}
