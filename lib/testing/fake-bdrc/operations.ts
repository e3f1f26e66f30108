import type { TaskScript } from "../task-script";
import type { Call } from "./call";
import { type Answer, failure, success } from "./reply";
import type { ProtectionPolicy } from "./options";
import { type Look, type TaskStore, newTaskId } from "./task-store";

/** What an operation needs to answer a call. */
export interface OperationInput {
  readonly call: Call;
  /** The decoded id at the end of the path; empty when the path has none. */
  readonly pathId: string;
  /** The look that a DescribeTask call is; undefined for every other operation. */
  readonly look: Look | undefined;
  readonly tasks: TaskStore;
  /** What a task does that an operation starts. */
  readonly newTask: TaskScript;
  /** The protection policies by id. */
  readonly protectionPolicies: Readonly<Record<string, ProtectionPolicy>>;
  /** When the service started, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** One operation of the API. */
export interface Operation {
  readonly method: "GET" | "POST" | "PATCH";
  /** The path; a `{…}` at its end stands for one percent-encoded segment. */
  readonly path: string;
  /** The answer to a call that has passed the gate. */
  readonly answer: (input: OperationInput) => Answer;
}

/**
 * The operations of the fake service: a new one is a new line here.
 *
 * Source: reference of BDRC API 2023-08-08; every operation is ROA, parameters of a POST or PATCH are a form.
 */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeTask: { method: "GET", path: "/api/v1/tasks/{TaskId}", answer: describeTask },
  DescribeTasks: { method: "GET", path: "/api/v1/tasks", answer: describeTasks },
  UpdateResources: { method: "POST", path: "/api/v1/resources/update", answer: updateResources },
  CheckRules: { method: "POST", path: "/api/v1/rules/check", answer: checkRules },
  PrecheckResourceCount: {
    method: "POST",
    path: "/api/v1/resources/precheck-count",
    answer: precheckResourceCount,
  },
  UpdateCrossAccounts: { method: "PATCH", path: "/api/v1/cross-accounts", answer: updateCrossAccounts },
  GetProtectionPolicy: {
    method: "GET",
    path: "/api/v1/protection-policies/{ProtectionPolicyId}",
    answer: getProtectionPolicy,
  },
  GetBdrcService: { method: "GET", path: "/api/v1/service", answer: getBdrcService },
};

/** The name under which looks are counted. */
export const DESCRIBE_TASK = "DescribeTask";

/** Resource types that BDRC knows; source: UpdateResources. */
const RESOURCE_TYPES = [
  "ACS::ECS::Instance",
  "ACS::OSS::Bucket",
  "ACS::OTS::Instance",
  "ACS::NAS::FileSystem",
];

/** The statuses that DescribeTasks filters by. */
const STATUSES = ["CREATED", "RUNNING", "COMPLETE", "FAILED", "EXPIRED", "CANCELED"];

/** How many values each operator of PrecheckResourceCount takes. */
const MATCHER_VALUES: Readonly<Record<string, number>> = { EQUAL: 1, KEY_EXIST: 0, KEY_EXIST_NOT_EQUAL: 1 };

function describeTask({ call, pathId, look }: OperationInput): Answer {
  if (look?.view === undefined || !look.view.exists) {
    return failure(call, 404, "TaskNotFound", `The specified task ${pathId} does not exist.`);
  }
  return success(call, look.view.data);
}

function describeTasks({ call, tasks }: OperationInput): Answer {
  const query = new Map(call.query);
  const status = query.get("TaskStatus") ?? "";
  const type = query.get("TaskType") ?? "";
  if (status !== "" && !STATUSES.includes(status))
    return invalid(call, "TaskStatus", status, STATUSES.join(", "));
  const asked = query.get("MaxResults") ?? "";
  if (!/^\d*$/.test(asked)) return invalid(call, "MaxResults", asked, "a whole number, 10 to 500");
  const token = query.get("NextToken") ?? "";
  const from = token === "" ? 0 : offsetOf(token);
  if (from === undefined) return invalid(call, "NextToken", token, "the NextToken of an earlier answer");

  // The documentation: 10 when absent or under 10, 500 when over 500.
  const maxResults = Math.min(500, Math.max(10, Number(asked)));
  const matching = tasks
    .list(call.now)
    .filter(
      (view) => (status === "" || view.status === status) && (type === "" || typeOf(view.data) === type),
    );
  const end = from + maxResults;
  return success(call, {
    Content: matching.slice(from, end).map((view) => view.data),
    MaxResults: maxResults,
    NextToken: end < matching.length ? tokenOf(end) : "",
  });
}

function updateResources(input: OperationInput): Answer {
  const resourceType = form(input.call).get("ResourceType") ?? "";
  if (resourceType !== "" && !RESOURCE_TYPES.includes(resourceType)) {
    return invalid(input.call, "ResourceType", resourceType, RESOURCE_TYPES.join(", "));
  }
  return started(input, { ...narrowed(input.newTask, resourceType), taskType: "UPDATE_RESOURCES" });
}

function checkRules(input: OperationInput): Answer {
  const arn = form(input.call).get("ResourceArn") ?? "";
  if (arn === "") return missing(input.call, "ResourceArn");
  if (!arn.startsWith("acs:")) return invalid(input.call, "ResourceArn", arn, "an ARN that starts with acs:");
  return started(input, { ...input.newTask, taskType: "CHECK_RULES" });
}

function precheckResourceCount(input: OperationInput): Answer {
  const parameters = form(input.call);
  const matchers = parameters.get("TagResourceMatchers") ?? "";
  if (matchers === "") return missing(input.call, "TagResourceMatchers");
  if (!isListOf(matchers, isMatcher)) {
    const expected =
      "JSON text of a list of {Key, Operator, Values}, where EQUAL and KEY_EXIST_NOT_EQUAL take one value";
    return invalid(input.call, "TagResourceMatchers", matchers, `${expected} and KEY_EXIST takes none`);
  }
  // The documentation names no task type for this operation.
  const script = narrowed(input.newTask, parameters.get("ResourceType") ?? "");
  return started(input, { ...script, taskType: "PRECHECK_RESOURCE_COUNT" });
}

function updateCrossAccounts(input: OperationInput): Answer {
  const parameters = form(input.call);
  const names = ["CreateTargets", "DeleteTargets"].filter((name) => (parameters.get(name) ?? "") !== "");
  if (names.length === 0) return missing(input.call, "CreateTargets");
  const wrong = names.find((name) => !isListOf(parameters.get(name) ?? "", isTarget));
  if (wrong !== undefined) {
    const expected = "JSON text of a list of {TargetId, TargetType}";
    return invalid(input.call, wrong, parameters.get(wrong) ?? "", expected);
  }
  // Neither its task type nor what its task gives as a result is documented.
  const script = { ...input.newTask, taskType: "UPDATE_CROSS_ACCOUNTS", taskResult: null, taskDetail: null };
  return started(input, script);
}

function getProtectionPolicy({ call, pathId, protectionPolicies, startedAt }: OperationInput): Answer {
  const policy = Object.hasOwn(protectionPolicies, pathId) ? protectionPolicies[pathId] : undefined;
  if (policy === undefined) {
    const message = `The specified protection policy ${pathId} does not exist.`;
    return failure(call, 404, "ProtectionPolicyNotFound", message);
  }
  const { latestTaskId, name = pathId } = policy;
  return success(call, {
    ProtectionPolicyId: pathId,
    ProtectionPolicyName: name,
    ProtectionPolicyRegionId: "cn-shanghai",
    BoundResourceCategoryIds: [],
    SubProtectionPolicies: [],
    ...(latestTaskId === undefined
      ? {}
      : { LatestTaskId: latestTaskId, LatestApplyTime: Math.floor(startedAt / 1000) }),
  });
}

function getBdrcService({ call, startedAt }: OperationInput): Answer {
  const started = Math.floor(startedAt / 1000);
  return success(call, {
    OpenTime: started - 30 * 86_400,
    ProtectionScoreUpdatedTime: started - 3_600,
    ServiceInitializeStatus: "SUCCESS",
    ServiceStatus: "OPENED",
  });
}

/** Starts a task and answers its id; Data.RequestId of the task is the id of this call. */
function started({ call, tasks }: OperationInput, script: TaskScript): Answer {
  const taskId = newTaskId();
  tasks.add(taskId, script, call.now, call.requestId);
  return success(call, { TaskId: taskId });
}

/** A script with the counts of one type only, as the task of a call that names that type has; "" keeps all. */
function narrowed(script: TaskScript, resourceType: string): TaskScript {
  if (resourceType === "") return script;
  return { ...script, counts: { [resourceType]: script.counts?.[resourceType] ?? 0 } };
}

function form(call: Call): URLSearchParams {
  const isForm = call.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  return new URLSearchParams(isForm ? Buffer.from(call.body).toString() : "");
}

function isListOf(text: string, isItem: (value: unknown) => boolean): boolean {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return false;
  }
  return Array.isArray(list) && list.length > 0 && list.every(isItem);
}

function isTarget(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { TargetId: id, TargetType: type } = value as Record<string, unknown>;
  return typeof id === "string" && id !== "" && typeof type === "string" && type !== "";
}

function isMatcher(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { Key, Operator, Values = [] } = value as Record<string, unknown>;
  return (
    typeof Key === "string" &&
    typeof Operator === "string" &&
    Array.isArray(Values) &&
    MATCHER_VALUES[Operator] === Values.length
  );
}

function typeOf(data: unknown): unknown {
  return typeof data === "object" && data !== null
    ? (data as Record<string, unknown>)["TaskType"]
    : undefined;
}

function tokenOf(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString("base64");
}

function offsetOf(token: string): number | undefined {
  const match = /^offset:(\d{1,9})$/.exec(Buffer.from(token, "base64").toString());
  return match === null ? undefined : Number(match[1]);
}

function missing(call: Call, name: string): Answer {
  return failure(call, 400, "MissingParameter", `The parameter ${name} is mandatory for this action.`);
}

function invalid(call: Call, name: string, value: string, expected: string): Answer {
  const text = `The parameter ${name} is ${JSON.stringify(value)}, which is not valid; expected ${expected}.`;
  return failure(call, 400, "InvalidParameter", text);
}
