import { TerraformStack, Token } from "../framework";
import type { BdrcTask, BdrcTaskProps } from "./bdrc-task";
import { checkBoolean, checkDuration, checkText } from "./check-props";
import type { FindTask } from "./find-task";
import { BdrcTaskError } from "../graph/errors";
import { jsonOf } from "../graph/local";
import type { Waited } from "./make-gate";
import { findProblem, MAX_WITHIN_SECONDS } from "../protocol/find";
import { reuseProblem, startProblem } from "../protocol/start";
import { taskIdProblem } from "../protocol/task-id";
import type { StartTask } from "./start-task";

/** Props that say what a wait does, and do nothing without one. */
const OF_A_WAIT = ["timeout", "onFailure", "exposeAlso", "require"] as const;

/**
 * Whether a task is started only, and waited for elsewhere.
 *
 * @throws BdrcTaskError when `wait` is wrong, or does not go with the other props
 */
export function isStartOnly(task: BdrcTask, props: BdrcTaskProps): boolean {
  const { wait, start } = props;
  checkBoolean(task, "wait", wait);
  if (wait !== undefined && start === undefined) {
    throw new BdrcTaskError(task, "wait does nothing without start.", [
      ["Next", "leave wait out; a task that is not started here is always waited for"],
    ]);
  }
  const useless = wait === false ? OF_A_WAIT.filter((name) => props[name] !== undefined) : [];
  if (useless.length > 0) {
    throw new BdrcTaskError(task, `${useless.join(", ")} does nothing with wait: false.`, [
      ["Next", "leave it out here, and give it to the BdrcTask that waits"],
    ]);
  }
  return wait === false;
}

/**
 * What a task adds to the query: its id, how it is found, or the request that starts it.
 *
 * @throws BdrcTaskError when it is not exactly one of them, or one is wrong
 */
export function waitedTask(
  task: BdrcTask,
  props: BdrcTaskProps,
): Pick<Waited, "exists" | "query" | "identity"> {
  const { taskId, find, start, reuse, triggers } = props;
  const given = (["taskId", "find", "start"] as const).filter((name) => props[name] !== undefined);
  if (given.length > 1) {
    const which = given.length === 2 ? `Both ${given.join(" and ")}` : given.join(", ");
    throw new BdrcTaskError(task, `${which} are given.`, [
      ["Expected", "exactly one of taskId, find and start"],
    ]);
  }
  if (reuse !== undefined && start === undefined) {
    throw new BdrcTaskError(task, "reuse does nothing without start.", [
      ["Next", "leave reuse out, or start a task; find takes one without ever starting another"],
    ]);
  }
  if (start === undefined && find === undefined) {
    checkText(
      task,
      "taskId",
      taskId,
      taskIdProblem,
      "an id such as t-0004d9ctt1iiabcdefgh, or find or start",
    );
    if (triggers !== undefined) {
      throw new BdrcTaskError(task, "triggers does nothing without start or find.", [
        ["Next", "leave triggers out, or start a task; a new taskId is a new wait by itself"],
      ]);
    }
    return { exists: true, query: { task_id: taskId }, identity: [taskId] };
  }
  const odd = Object.entries(triggers ?? {}).find(([, value]) => typeof value !== "string");
  if (odd) {
    throw new BdrcTaskError(task, `triggers has ${odd[0]}: ${JSON.stringify(odd[1])}.`, [
      ["Expected", "texts, or tokens of texts"],
    ]);
  }
  return start === undefined ? foundTask(task, find, triggers) : startedTask(task, start, props);
}

function foundTask(
  task: BdrcTask,
  find: FindTask | undefined,
  triggers: { [name: string]: string } = {},
): Pick<Waited, "exists" | "query" | "identity"> {
  // Asked by what it holds: a second copy of this package would have another class.
  const found: unknown = typeof find === "object" && find !== null ? find.request : undefined;
  const isObject = typeof found === "object" && found !== null;
  const problem = isObject ? findProblem(withoutTokens(found)) : "it is none";
  if (!isObject || problem !== undefined) {
    throw new BdrcTaskError(task, `find is nothing that can be found: ${problem ?? ""}.`, [
      ["Expected", "FindTask.latest(…) or FindTask.ofProtectionPolicy(…)"],
    ]);
  }
  const request = { ...found, triggers };
  // As it is where that is known, so that a plan can tell what is found from what cannot be looked for yet.
  const written = JSON.stringify(request);
  const text = written.includes("${") ? jsonOf(task, "request", request) : written;
  return { exists: true, query: { find: text }, identity: [text] };
}

/** A request with an id in the place of a token, whose value the waiter checks. */
function withoutTokens(request: object): Record<string, unknown> {
  const known = Object.entries(request).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "string" && Token.isUnresolved(value) ? "token" : value,
  ]);
  return Object.fromEntries(known) as Record<string, unknown>;
}

function startedTask(
  task: BdrcTask,
  start: StartTask,
  { reuse, wait, triggers = {} }: BdrcTaskProps,
): Pick<Waited, "exists" | "query" | "identity"> {
  const wrong =
    typeof start === "object" ? startProblem(String(start.action), start.form ?? {}) : "it is none";
  if (wrong !== undefined) {
    throw new BdrcTaskError(task, `start is no task that can be started: ${wrong}.`, [
      [
        "Expected",
        "StartTask.updateResources(…), .checkRules(…), .precheckResourceCount(…) or .updateCrossAccounts(…)",
      ],
    ]);
  }
  const { action, form } = start;
  const noReuse = reuse === undefined ? undefined : reuseProblem(action);
  if (noReuse !== undefined) {
    throw new BdrcTaskError(task, `reuse does not go with this start: ${noReuse}.`, [
      ["Next", "leave reuse out; it goes with StartTask.updateResources(…) and .checkRules(…)"],
    ]);
  }
  const request = jsonOf(task, "request", { action, form, triggers });
  // The name of a construct in its stack, which keeps the receipts of several tasks apart.
  const receipt = TerraformStack.of(task)
    .getLogicalId(task.node)
    .replace(/[^\w-]/g, "_");
  const query = {
    start: request,
    receipt,
    ...(reuse === undefined
      ? {}
      : { reuse_seconds: checkDuration(task, "reuse", reuse, MAX_WITHIN_SECONDS) }),
    ...(wait === false ? { start_only: "true" } : {}),
  };
  return { exists: false, query, identity: [request] };
}
