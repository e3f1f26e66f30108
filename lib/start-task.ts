import { Fn, Token } from "cdktf";
import { startProblem } from "./protocol/start";

/** What {@link StartTask.updateResources} starts. */
export interface UpdateResourcesOptions {
  /** Only this type, such as `ACS::OSS::Bucket`. @default - all types */
  readonly resourceType?: string;
}

/** What {@link StartTask.checkRules} starts. */
export interface CheckRulesOptions {
  /** The resource to check, by its ARN. */
  readonly resourceArn: string;
  /** Only this rule. @default - all rules */
  readonly ruleId?: string;
}

/** A condition on a tag of {@link StartTask.precheckResourceCount}. */
export interface TagMatcher {
  readonly key: string;
  /** EQUAL and KEY_EXIST_NOT_EQUAL take one value, KEY_EXIST takes none. */
  readonly operator: string;
  /** @default [] */
  readonly values?: string[];
}

/** What {@link StartTask.precheckResourceCount} starts. */
export interface PrecheckResourceCountOptions {
  /** All of them have to hold; at least one. */
  readonly tagMatchers: TagMatcher[];
  /** Only this type, such as `ACS::OSS::Bucket`. @default - all types */
  readonly resourceType?: string;
}

/** An operation of BDRC that starts a task, for the prop `start` of a {@link BdrcTask}; values may be tokens. */
export class StartTask {
  /** Refreshes the resource inventory (UpdateResources; RAM action `bdrc:UpdateResources`). */
  static updateResources(options: UpdateResourcesOptions = {}): StartTask {
    return new StartTask("UpdateResources", { ResourceType: options.resourceType });
  }

  /** Checks a resource against the rules (CheckRules; RAM action `bdrc:CheckRules`); such a task has no counts. */
  static checkRules(options: CheckRulesOptions): StartTask {
    return new StartTask("CheckRules", { ResourceArn: options.resourceArn, RuleId: options.ruleId });
  }

  /** Counts the resources that have tags (PrecheckResourceCount; RAM action `bdrc:PrecheckResourceCount`). */
  static precheckResourceCount(options: PrecheckResourceCountOptions): StartTask {
    const matchers = options.tagMatchers.map(({ key, operator, values = [] }) => ({
      Key: key,
      Operator: operator,
      Values: values,
    }));
    const text = Token.isUnresolved(matchers)
      ? Token.asString(Fn.jsonencode(matchers))
      : JSON.stringify(matchers);
    return new StartTask("PrecheckResourceCount", {
      TagResourceMatchers: matchers.length === 0 ? undefined : text,
      ResourceType: options.resourceType,
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
    const problem = startProblem(action, this.form);
    if (problem !== undefined) throw new Error(`This task cannot be started: ${problem}.`);
  }
}
