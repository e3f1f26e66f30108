import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { parseScenario, ScenarioError, type FakeBdrcScenario, type TaskScript } from "../testing";
import { CliError } from "./text";

/** The flags of `fake` that script its one task. */
export interface ScriptFlags {
  readonly taskId: string;
  readonly seconds: number;
  readonly ends: string;
  readonly progress: string;
  readonly throttle: number;
  readonly count?: Readonly<Record<string, number>>;
}

/** How many looks the share of `--throttle` is spread over; later looks are not throttled. */
const THROTTLED_LOOKS = 10_000;

/** What a task counts when no `--count` says it. */
const USUAL_COUNTS = { "ACS::ECS::Instance": 12, "ACS::OSS::Bucket": 3 };

/** The scenario that flags describe: one task, whose clock starts at its first look. */
export function scenarioOfFlags(flags: ScriptFlags): FakeBdrcScenario {
  const throttled = throttledLooks(flags.throttle);
  const script: TaskScript = {
    startsAtFirstLook: true,
    seconds: flags.seconds,
    ends: flags.ends,
    progress: flags.progress as NonNullable<TaskScript["progress"]>,
    counts: flags.count ?? USUAL_COUNTS,
    ...(throttled.length > 0 ? { faults: [{ kind: "throttle", look: throttled }] } : {}),
  };
  return check(
    { tasks: { [flags.taskId]: script }, newTask: { ...script, startsAtFirstLook: false } },
    "The flags",
  );
}

/** Which looks are throttled for a share of all: evenly spread, so that a rehearsal is the same each time. */
export function throttledLooks(share: number): number[] {
  const looks = Array.from({ length: THROTTLED_LOOKS }, (_, index) => index + 1);
  // Rounded, since 0.1 × 30 is a little over 3.
  const due = (look: number): number => Math.floor(Number((look * share).toFixed(6)));
  return share === 0 ? [] : looks.filter((look) => due(look) > due(look - 1));
}

/** Reads a scenario from a JSON file. @throws CliError when it cannot be read, or is no scenario */
export async function scenarioOfFile(file: string, folder: string): Promise<FakeBdrcScenario> {
  let text: string;
  try {
    text = await readFile(path.resolve(folder, file), "utf8");
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new CliError(`The scenario ${file} cannot be read (${code}).`, HINT, "BAD_INPUT");
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    throw new CliError(`The scenario ${file} is not JSON.`, [["Problem", reason], ...HINT], "BAD_INPUT");
  }
  // Editors know the schema of a file by this member; the service does not.
  if (typeof json === "object" && json !== null && !Array.isArray(json)) {
    json = Object.fromEntries(Object.entries(json).filter(([name]) => name !== "$schema"));
  }
  return check(json, `The scenario ${file}`);
}

const HINT = [["Next", "bdrc-task fake --schema prints the JSON schema of a scenario"]] as const;

function check(json: unknown, what: string): FakeBdrcScenario {
  try {
    return parseScenario(json);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const problems = error.problems.map((problem) => ["Problem", problem] as const);
    throw new CliError(`${what} cannot be played.`, [...problems, ...HINT], "BAD_INPUT");
  }
}
