import { errorText } from "../graph/errors";
import { Token } from "../framework";
import type { Duration } from "./duration";
import { MAX_WITHIN_SECONDS, policyIdProblem, withinProblem } from "../protocol/find";
import { resourceTypeProblem } from "../protocol/resource-type";
import { startProblem } from "../protocol/start";

/** The types of BDRC's tasks that are documented and can be told apart. */
export enum TaskType {
  /** Refreshes the inventory and counts the resources by type; see {@link StartTask.updateResources}. */
  UPDATE_RESOURCES = "UPDATE_RESOURCES",
  /** Checks a resource against the protection rules; see {@link StartTask.checkRules}. */
  CHECK_RULES = "CHECK_RULES",
}

/** Which task {@link FindTask.latest} finds. */
export interface FindLatestOptions {
  /** The type of the task. */
  readonly type: TaskType;
  /** How long ago it may have ended, from 1 second to 30 days; one that is under way always counts. */
  readonly within: Duration;
  /**
   * Only a task of this type of resources alone, such as `ACS::OSS::Bucket`; with {@link TaskType.UPDATE_RESOURCES}.
   * @default - only a task of several types: one of a single type says nothing of the others
   */
  readonly resourceType?: string;
  /**
   * The resource that was checked, by its ARN; required with {@link TaskType.CHECK_RULES}.
   * @default - none
   */
  readonly resourceArn?: string;
  /**
   * Only a check of this rule, by its id; with {@link TaskType.CHECK_RULES}.
   * @default - only a check of all rules
   */
  readonly ruleId?: string;
}

/** The operation that starts tasks of each type. */
const ACTIONS: Readonly<Record<TaskType, string>> = {
  [TaskType.UPDATE_RESOURCES]: "UpdateResources",
  [TaskType.CHECK_RULES]: "CheckRules",
};

/**
 * A task that BDRC knows already, for the prop `find` of a {@link BdrcTask}; values may be tokens.
 *
 * It is looked for once: the task that was found is kept with its result, and is looked for again only when what is to
 * be found or `triggers` change, or the snapshot is replaced.
 */
export class FindTask {
  /**
   * The newest task of a type that is under way, or ended within a time. How it ended does not matter for that: when
   * the newest one failed the gate stays closed, since a success before it is not the latest.
   *
   * The operation is DescribeTasks, all pages; the identity needs `bdrc:DescribeTasks` besides `bdrc:DescribeTask`.
   *
   * @throws Error when an option is missing, empty, or does not go with the type
   */
  static latest(options: FindLatestOptions): FindTask {
    // JavaScript callers get no help from the compiler.
    const { type, within, resourceType, resourceArn, ruleId } = (options ?? {}) as Partial<FindLatestOptions>;
    const action = Object.values(TaskType).includes(type as TaskType) ? ACTIONS[type as TaskType] : undefined;
    if (action === undefined) {
      throw refused(`type is ${JSON.stringify(type)}`, "TaskType.UPDATE_RESOURCES or TaskType.CHECK_RULES");
    }
    const seconds: unknown =
      typeof within === "object" && "toSeconds" in within ? within.toSeconds() : within;
    if (typeof within !== "object" || withinProblem(seconds) !== undefined) {
      const shown = typeof within === "object" ? String(within) : JSON.stringify(within);
      const most = `${MAX_WITHIN_SECONDS / 86_400} days`;
      throw refused(
        `within is ${shown ?? "missing"}`,
        `from 1 second to ${most}, such as Duration.days(1) or Duration.hours(6)`,
      );
    }
    const given = { ResourceType: resourceType, ResourceArn: resourceArn, RuleId: ruleId };
    const form = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const isWrongType = resourceType !== undefined && !Token.isUnresolved(resourceType);
    const badType = isWrongType ? resourceTypeProblem(resourceType) : undefined;
    const problem =
      badType === undefined
        ? startProblem(action, form)
        : `resourceType ${JSON.stringify(resourceType)}: ${badType}`;
    if (problem !== undefined) {
      throw refused(
        problem,
        "resourceType with TaskType.UPDATE_RESOURCES; resourceArn, and ruleId if need be, with TaskType.CHECK_RULES",
      );
    }
    return new FindTask({ action, form, within: seconds });
  }

  /**
   * The latest task of a protection policy, that is of its last application. What such a task gives as its result is not
   * documented: without one all counts are 0.
   *
   * The operation is GetProtectionPolicy; the identity needs `bdrc:GetProtectionPolicy` besides `bdrc:DescribeTask`.
   *
   * @param protectionPolicyId such as `p-0004d9ctt1iiabcdefgh`; may be a token
   * @throws Error when the id cannot be one
   */
  static ofProtectionPolicy(protectionPolicyId: string): FindTask {
    const isText = typeof protectionPolicyId === "string";
    const problem = isText ? policyIdProblem(protectionPolicyId) : "it is not a text";
    if (problem !== undefined && !Token.isUnresolved(protectionPolicyId)) {
      throw refused(
        `the id of the protection policy is ${JSON.stringify(protectionPolicyId)}`,
        "an id such as p-0004d9ctt1iiabcdefgh",
      );
    }
    return new FindTask({ policy: protectionPolicyId });
  }

  /** What is looked for, as the waiter takes it. */
  readonly request: { [name: string]: unknown };

  private constructor(request: { [name: string]: unknown }) {
    this.request = request;
  }
}

function refused(what: string, expected: string): Error {
  return new Error(
    errorText("BAD_CONFIGURATION", `This task cannot be found: ${what}.`, [["Expected", expected]]),
  );
}
