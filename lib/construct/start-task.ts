import { errorText } from "../graph/errors";
import { Fn, Token } from "../framework";
import { resourceTypeProblem } from "../protocol/resource-type";
import { startProblem } from "../protocol/start";

/** Which resources {@link StartTask.updateResources} refreshes. */
export interface UpdateResourcesOptions {
  /**
   * Only this type, such as `ACS::OSS::Bucket`.
   * @default - all types
   */
  readonly resourceType?: string;
}

/** What {@link StartTask.checkRules} checks. */
export interface CheckRulesOptions {
  /** The resource to check, by its ARN, such as `acs:ecs:cn-hangzhou:123456789:instance/i-1`. */
  readonly resourceArn: string;
  /**
   * Only this rule, by its id.
   * @default - all rules
   */
  readonly ruleId?: string;
}

/** How a tag is compared, for a {@link TagMatcher} (page PrecheckResourceCount of BDRC API 2023-08-08). */
export enum TagOperator {
  /** The tag has the one value that is given. */
  EQUAL = "EQUAL",
  /** The tag is there; takes no value. */
  KEY_EXIST = "KEY_EXIST",
  /** The tag is there, with another value than the one that is given. */
  KEY_EXIST_NOT_EQUAL = "KEY_EXIST_NOT_EQUAL",
}

/** A condition on a tag of {@link StartTask.precheckResourceCount}. */
export interface TagMatcher {
  /** The key of the tag, such as `env`. */
  readonly key: string;
  /** How the tag is compared. */
  readonly operator: TagOperator;
  /**
   * The one value to compare with; none with {@link TagOperator.KEY_EXIST}.
   * @default []
   */
  readonly values?: string[];
}

/** Which resources {@link StartTask.precheckResourceCount} counts. */
export interface PrecheckResourceCountOptions {
  /** All of them have to hold; at least one. */
  readonly tagMatchers: TagMatcher[];
  /**
   * Only this type, such as `ACS::OSS::Bucket`.
   * @default - all types
   */
  readonly resourceType?: string;
}

/** An account, or another member of an organisation, in {@link StartTask.updateCrossAccounts}. */
export interface CrossAccountTarget {
  /** Its id, such as `1234567890123456`. */
  readonly targetId: string;
  /** What it is; the API names `ACCOUNT`. */
  readonly targetType: string;
}

/** Which members {@link StartTask.updateCrossAccounts} changes; at least one. */
export interface UpdateCrossAccountsOptions {
  /**
   * The members that BDRC manages from now on.
   * @default - none
   */
  readonly createTargets?: CrossAccountTarget[];
  /**
   * The members that BDRC manages no longer.
   * @default - none
   */
  readonly deleteTargets?: CrossAccountTarget[];
}

/** How many values each operator takes. */
const VALUES: Readonly<Record<string, number>> = {
  [TagOperator.EQUAL]: 1,
  [TagOperator.KEY_EXIST]: 0,
  [TagOperator.KEY_EXIST_NOT_EQUAL]: 1,
} satisfies Record<TagOperator, number>;

/** An operation of BDRC that starts a task, for the prop `start` of a {@link BdrcTask}; values may be tokens. */
export class StartTask {
  /**
   * Refreshes BDRC's inventory, and counts the resources by type.
   *
   * The operation is UpdateResources; the identity needs `bdrc:UpdateResources` besides `bdrc:DescribeTask`.
   *
   * @throws Error when an option is empty
   */
  static updateResources(options: UpdateResourcesOptions = {}): StartTask {
    return new StartTask("UpdateResources", { ResourceType: options.resourceType });
  }

  /**
   * Checks a resource against the protection rules; such a task has no counts, they are 0.
   *
   * The operation is CheckRules; the identity needs `bdrc:CheckRules` besides `bdrc:DescribeTask`.
   *
   * @throws Error when an option is missing or empty
   */
  static checkRules(options: CheckRulesOptions): StartTask {
    // JavaScript callers get no help from the compiler.
    const { resourceArn, ruleId } = (options ?? {}) as Partial<CheckRulesOptions>;
    return new StartTask("CheckRules", { ResourceArn: resourceArn, RuleId: ruleId });
  }

  /**
   * Counts the resources that have certain tags.
   *
   * The operation is PrecheckResourceCount; the identity needs `bdrc:PrecheckResourceCount` besides
   * `bdrc:DescribeTask`.
   *
   * @throws Error when there is no matcher, or an option is empty
   */
  static precheckResourceCount(options: PrecheckResourceCountOptions): StartTask {
    const { tagMatchers = [], resourceType } = (options ?? {}) as Partial<PrecheckResourceCountOptions>;
    const matchers = tagMatchers.map(({ key, operator, values = [] }) => {
      const takes = Object.hasOwn(VALUES, operator) ? VALUES[operator] : undefined;
      if (!Token.isUnresolved(operator) && (takes === undefined || takes !== values.length)) {
        throw refused(
          `the tag ${JSON.stringify(key)} has ${JSON.stringify(operator)} with ${values.length} values`,
          "EQUAL or KEY_EXIST_NOT_EQUAL with one value, KEY_EXIST with none",
        );
      }
      return { Key: key, Operator: operator, Values: values };
    });
    return new StartTask("PrecheckResourceCount", {
      TagResourceMatchers: jsonList(matchers),
      ResourceType: resourceType,
    });
  }

  /**
   * **Changes an organisation**: lets BDRC manage other accounts from this one, or no longer. Nothing here takes that
   * back: a destroy leaves the accounts as they are. What such a task gives as its result is not documented: without one
   * all counts are 0.
   *
   * The operation is UpdateCrossAccounts; the identity needs `bdrc:UpdateCrossAccounts` besides `bdrc:DescribeTask`.
   *
   * @throws Error when there is no target, or a part of one is empty
   */
  static updateCrossAccounts(options: UpdateCrossAccountsOptions): StartTask {
    const { createTargets = [], deleteTargets = [] } = options ?? {};
    const written = (targets: readonly CrossAccountTarget[]): string | undefined =>
      jsonList(
        targets.map(({ targetId, targetType }) => {
          if (isText(targetId) && isText(targetType)) return { TargetId: targetId, TargetType: targetType };
          throw refused(
            `a target is ${JSON.stringify({ targetId, targetType })}`,
            'a targetId and a targetType, such as { targetId: "1234567890123456", targetType: "ACCOUNT" }',
          );
        }),
      );
    return new StartTask("UpdateCrossAccounts", {
      CreateTargets: written(createTargets),
      DeleteTargets: written(deleteTargets),
    });
  }

  /** The operation's parameters, those that were given. */
  readonly form: { [name: string]: string };

  /** @throws Error when a parameter is missing or empty */
  private constructor(
    /** The name of the operation. */
    readonly action: string,
    form: { [name: string]: string | undefined },
  ) {
    const given = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
    this.form = Object.fromEntries(given);
    const type = this.form["ResourceType"];
    const badType = type === undefined || Token.isUnresolved(type) ? undefined : resourceTypeProblem(type);
    const problem =
      badType === undefined
        ? startProblem(action, this.form)
        : `resourceType ${JSON.stringify(type)}: ${badType}`;
    if (problem !== undefined) throw refused(problem);
  }
}

function refused(what: string, expected?: string): Error {
  const facts = expected === undefined ? [] : [["Expected", expected] as const];
  return new Error(errorText("BAD_CONFIGURATION", `This task cannot be started: ${what}.`, facts));
}

/** A list as JSON text, made by Terraform when it holds tokens; undefined when it is empty. */
function jsonList(list: readonly object[]): string | undefined {
  if (list.length === 0) return undefined;
  const text = JSON.stringify(list);
  // A token within an object is none for the framework; its value may hold a quote.
  return Token.isUnresolved(text) ? Token.asString(Fn.jsonencode(list)) : text;
}

function isText(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === "string" && value.trim() !== "");
}
