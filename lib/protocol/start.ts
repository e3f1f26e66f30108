/** An operation of the BDRC API that starts a task. */
export interface StartOperation {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Parameters of which at least one is needed. */
  readonly oneOf?: readonly string[];
  /** The type of its tasks, where it is documented; then one can be told from others, and reused. */
  readonly taskType?: string;
}

/** The operations of the BDRC API that start a task and can be asked for at apply, by action. */
export const START_OPERATIONS: Readonly<Record<string, StartOperation>> = {
  UpdateResources: {
    method: "POST",
    path: "/api/v1/resources/update",
    required: [],
    optional: ["ResourceType"],
    taskType: "UPDATE_RESOURCES",
  },
  CheckRules: {
    method: "POST",
    path: "/api/v1/rules/check",
    required: ["ResourceArn"],
    optional: ["RuleId"],
    taskType: "CHECK_RULES",
  },
  PrecheckResourceCount: {
    method: "POST",
    path: "/api/v1/resources/precheck-count",
    required: ["TagResourceMatchers"],
    optional: ["ResourceType"],
  },
  UpdateCrossAccounts: {
    method: "PATCH",
    path: "/api/v1/cross-accounts",
    required: [],
    optional: ["CreateTargets", "DeleteTargets"],
    oneOf: ["CreateTargets", "DeleteTargets"],
  },
};

/** The operation of which no page says what its tasks give as their result. */
export const COUNTLESS_ACTION = "UpdateCrossAccounts";

/** An operation with its parameters: what a task does. */
export interface TaskRequest {
  /** One of {@link START_OPERATIONS}. */
  readonly action: string;
  /** The operation's parameters. */
  readonly form: Readonly<Record<string, string>>;
}

/** The JSON text of the query key `start`: what to start, and what a change of starts anew. */
export interface StartRequest extends TaskRequest {
  /** Values of the user's own; another value is another task. */
  readonly triggers: Readonly<Record<string, string>>;
}

/** The type of the tasks of an operation; undefined when nobody documents it. */
export function taskTypeOf(action: string): string | undefined {
  return Object.hasOwn(START_OPERATIONS, action) ? START_OPERATIONS[action]?.taskType : undefined;
}

/** Says why parameters do not belong to an operation, or undefined when they do. */
export function startProblem(action: string, form: Readonly<Record<string, unknown>>): string | undefined {
  const operation = Object.hasOwn(START_OPERATIONS, action) ? START_OPERATIONS[action] : undefined;
  if (!operation)
    return `the action ${JSON.stringify(action)} is none of ${Object.keys(START_OPERATIONS).join(", ")}`;
  const isGiven = (name: string): boolean => typeof form[name] === "string" && form[name] !== "";
  const missing = operation.required.find((name) => !isGiven(name));
  if (missing) return `${action} needs ${missing}`;
  const { oneOf } = operation;
  if (oneOf && !oneOf.some(isGiven)) return `${action} needs ${oneOf.join(" or ")}`;
  const known = [...operation.required, ...operation.optional];
  const strange = Object.keys(form).find((name) => !known.includes(name) || typeof form[name] !== "string");
  return strange ? `${action} has no parameter ${strange}, or it is not a text` : undefined;
}

/** Says why the tasks of an operation cannot be reused, or undefined when they can. */
export function reuseProblem(action: string): string | undefined {
  return taskTypeOf(action) === undefined
    ? `BDRC documents no type for the tasks of ${action}, so that one cannot be told from others`
    : undefined;
}
