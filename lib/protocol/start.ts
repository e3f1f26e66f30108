/** The operations of the BDRC API that start a task and can be asked for at apply, by action. */
export const START_OPERATIONS: Readonly<
  Record<
    string,
    { readonly path: string; readonly required: readonly string[]; readonly optional: readonly string[] }
  >
> = {
  UpdateResources: { path: "/api/v1/resources/update", required: [], optional: ["ResourceType"] },
  CheckRules: { path: "/api/v1/rules/check", required: ["ResourceArn"], optional: ["RuleId"] },
  PrecheckResourceCount: {
    path: "/api/v1/resources/precheck-count",
    required: ["TagResourceMatchers"],
    optional: ["ResourceType"],
  },
};

/** The JSON text of the query key `start`: what to start, and what a change of starts anew. */
export interface StartRequest {
  /** One of {@link START_OPERATIONS}. */
  readonly action: string;
  /** The operation's parameters. */
  readonly form: Readonly<Record<string, string>>;
  /** Values of the user's own; another value is another task. */
  readonly triggers: Readonly<Record<string, string>>;
}

/** Says why parameters do not belong to an operation, or undefined when they do. */
export function startProblem(action: string, form: Readonly<Record<string, unknown>>): string | undefined {
  const operation = Object.hasOwn(START_OPERATIONS, action) ? START_OPERATIONS[action] : undefined;
  if (!operation)
    return `the action ${JSON.stringify(action)} is none of ${Object.keys(START_OPERATIONS).join(", ")}`;
  const missing = operation.required.find((name) => typeof form[name] !== "string" || form[name] === "");
  if (missing) return `${action} needs ${missing}`;
  const known = [...operation.required, ...operation.optional];
  const strange = Object.keys(form).find((name) => !known.includes(name) || typeof form[name] !== "string");
  return strange ? `${action} has no parameter ${strange}, or it is not a text` : undefined;
}
