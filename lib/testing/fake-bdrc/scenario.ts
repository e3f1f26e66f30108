import { PROGRESS_SHAPES } from "../progress-curve";
import type { LookRange, ScriptedFault, TaskScript } from "../task-script";
import { type Fault, FAULT_KINDS } from "./fault";
import type { FakeBdrcScenario, Outage, ProtectionPolicy } from "./options";
import {
  type Shape,
  aBoolean,
  aNull,
  aNumber,
  aText,
  anObject,
  anyJson,
  either,
  joined,
  listOf,
  mapOf,
  oneOf,
  withRule,
} from "./shape";

/** A table with a shape for each field of an interface, so that the compiler misses none. */
type Fields<T> = Readonly<Record<keyof T, Shape>>;

/** How many problems an error lists at the most. */
const SHOWN_PROBLEMS = 10;

const seconds = aNumber({ min: 0, unit: "seconds" });
const status = aNumber({ min: 200, max: 599, whole: true });
const headerValue = aText("a text without line breaks, as a header takes it", /^[\t\x20-\x7e]*$/);
const retryAfter = either([aNumber(), headerValue]);
const nonEmpty = aText("a text that is not empty", /[\s\S]/);

const headers = mapOf(
  headerValue,
  "an object from header name to text",
  aText("a header name", /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/),
);

const faultFields: Fields<Fault> = {
  kind: oneOf(Object.keys(FAULT_KINDS)),
  status,
  code: headerValue,
  message: aText(),
  headers,
  body: anyJson(),
  retryAfterMs: retryAfter,
  retryAfter,
  location: headerValue,
  skewSeconds: aNumber({ unit: "seconds" }),
  bytes: aNumber({ min: 0, max: 268_435_456, whole: true, unit: "bytes" }),
  everyMs: aNumber({ min: 1, unit: "milliseconds" }),
  headersFirst: aBoolean(),
};

const look = aNumber({ min: 1, whole: true });
const rangeFields: Fields<LookRange> = { from: look, to: look };
const lookSelector = either([
  look,
  listOf(look, "a list of such", 1),
  anObject("an object with from and to", rangeFields),
  oneOf(["every"]),
]);

const scriptedFaultFields: Fields<ScriptedFault> = { ...faultFields, look: lookSelector };

/** A fault that calls meet. */
const FAULT = withRule(anObject("a fault, an object with a kind", faultFields, ["kind"]), fieldsFitKind);
const SCRIPTED_FAULT = withRule(
  anObject("a fault, an object with a kind and a look", scriptedFaultFields, ["kind"]),
  fieldsFitKind,
);

const point = withRule(listOf(aNumber(), "a point, [seconds, progress]", 2), (value, path) =>
  (value as readonly number[]).length === 2
    ? []
    : [`${path} has more than two numbers; expected [seconds, progress]`],
);
const progress = either([
  oneOf(PROGRESS_SHAPES),
  withRule(listOf(point, "a list of points [seconds, progress]", 1), (value, path) =>
    pointsAscend(value as readonly (readonly number[])[])
      ? []
      : [`${path} goes back in time; expected points in the order of their seconds`],
  ),
]);
const counts = mapOf(aNumber({ min: 0, whole: true }), "an object from resource type to count");
const rawText = either([aText(), aNull()]);

const taskFields: Fields<TaskScript> = {
  seconds,
  createdSeconds: seconds,
  startsAtFirstLook: aBoolean(),
  ageSeconds: seconds,
  ends: nonEmpty,
  failsAfterSeconds: seconds,
  progress,
  counts,
  partialCounts: counts,
  taskResult: rawText,
  taskDetail: rawText,
  data: anyJson(),
  errorMessage: aText(),
  taskName: aText(),
  taskDescription: aText(),
  taskType: aText(),
  taskPriority: aText(),
  expireSeconds: aNumber({ unit: "seconds" }),
  appearsAfterSeconds: seconds,
  goneAfterSeconds: seconds,
  faults: listOf(SCRIPTED_FAULT, "a list of faults"),
};

const TASK = anObject("a task script, an object", taskFields);

const outageFields: Fields<Outage> = { fromSeconds: seconds, toSeconds: seconds, fault: FAULT };

const policyFields: Fields<ProtectionPolicy> = { latestTaskId: nonEmpty, name: aText() };

const scenarioFields: Fields<FakeBdrcScenario> = {
  port: aNumber({ min: 0, max: 65_535, whole: true }),
  accessKeyId: aText("a text without spaces and commas", /^[^,\s]+$/),
  accessKeySecret: nonEmpty,
  securityToken: nonEmpty,
  quotaPerSecond: aNumber({ min: 0, whole: true }),
  checkSignature: aBoolean(),
  tasks: mapOf(TASK, "an object from task id to task script", aText("a task id", /[\s\S]/)),
  newTask: TASK,
  protectionPolicies: mapOf(
    anObject("a protection policy, an object", policyFields),
    "an object from policy id to policy",
    aText("a policy id", /[\s\S]/),
  ),
  outages: listOf(
    anObject("an outage, an object with a fault", outageFields, ["fault"]),
    "a list of outages",
  ),
};

const SCENARIO = anObject("a scenario, an object", scenarioFields);

/** What is wrong with a scenario, a task script or a fault; every problem names its place. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";

  /** @param problems one sentence each: the place, the value, and what is allowed. */
  constructor(readonly problems: readonly string[]) {
    const more = problems.length - SHOWN_PROBLEMS;
    const lines = problems.slice(0, SHOWN_PROBLEMS).map((problem) => `  ${problem}`);
    if (more > 0) lines.push(`  and ${more} more`);
    super(`This is not a scenario for the fake BDRC service.\n\n${lines.join("\n")}`);
  }
}

/**
 * Takes a scenario from JSON that was read from somewhere, such as a file.
 *
 * Its fields are those of {@link FakeBdrcScenario}, so that a scenario can move between JSON and TypeScript.
 *
 * @throws ScenarioError when something is unknown, missing or wrong; it lists all of that at once.
 */
export function parseScenario(json: unknown): FakeBdrcScenario {
  demand(SCENARIO, json, "");
  return json as FakeBdrcScenario;
}

/**
 * Refuses a task script that cannot be played.
 *
 * @throws ScenarioError with every problem.
 */
export function checkTask(taskId: string, script: unknown): void {
  demand(TASK, script, joined("tasks", taskId));
}

/**
 * Refuses a fault that cannot be played.
 *
 * @throws ScenarioError with every problem.
 */
export function checkFault(fault: unknown): void {
  demand(FAULT, fault, "fault");
}

/** The JSON Schema (draft 2020-12) of a scenario, for editors and other tools. */
export function scenarioSchema(): Record<string, unknown> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A scenario for the fake BDRC service",
    ...SCENARIO.schema,
  };
}

function demand(shape: Shape, value: unknown, path: string): void {
  const problems = shape.problems(value, path);
  if (problems.length > 0) throw new ScenarioError(problems);
}

/** A field that its kind does not know would be ignored without a word, which hides slips. */
function fieldsFitKind(value: unknown, path: string): readonly string[] {
  const fault = value as ScriptedFault;
  const known: readonly string[] = ["kind", "look", "headers", ...FAULT_KINDS[fault.kind]];
  return Object.entries(fault)
    .filter(([name, entry]) => entry !== undefined && !known.includes(name))
    .map(
      ([name]) =>
        `${joined(path, name)} means nothing for the kind ${JSON.stringify(fault.kind)}; ` +
        `allowed are ${known.filter((field) => Object.hasOwn(scriptedFaultFields, field)).join(", ")}`,
    );
}

function pointsAscend(points: readonly (readonly number[])[]): boolean {
  return points.every(([at = 0], index) => index === 0 || at >= (points[index - 1]?.[0] ?? 0));
}
