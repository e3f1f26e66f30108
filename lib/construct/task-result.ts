import { call, type IResolvable, Token } from "../framework";
import { Construct, type IConstruct } from "constructs";
import { BdrcTaskError } from "../graph/errors";
import { resourceTypeProblem } from "../protocol/resource-type";
import { warnOfArithmetic } from "./lost-arithmetic";
import { unreadableCounts, unreadableList } from "./terraform-values";

/**
 * The result of a BDRC task as typed values for a configuration.
 *
 * All of them are tokens: they have no value while the program runs, only in the plan. For arithmetic use `Op`
 * (`Op.add(task.totalCount, 1)`); JavaScript's own `+ 1` would be lost.
 */
export interface IBdrcTaskResult {
  /** The task's id, as the API gave it. */
  readonly taskId: string;
  /** With `find` or `start`: which task was taken and why, in one line; else empty. */
  readonly choice: string;
  /** COMPLETE, FAILED, EXPIRED, CANCELED, or what the task was when it was last seen. */
  readonly status: string;
  /** Whether the task is complete and its result was understood; a boolean for `count` and conditions. */
  readonly succeeded: IResolvable;
  /** Why it did not succeed, as a text for a person; empty when it did. */
  readonly problem: string;
  /**
   * The stable code of the problem, such as TASK_FAILED, DEADLINE or OUTAGE; empty when it succeeded. Branch on it,
   * not on the text; docs/troubleshooting.md lists all of them.
   */
  readonly problemCode: string;
  /** How far it is, in hundredths of a percent: 0–10000; null when the API gave none. */
  readonly progress: number;
  /** The name of the task, as the API gave it. */
  readonly taskName: string;
  /** The description of the task, as the API gave it; often empty. */
  readonly taskDescription: string;
  /** UPDATE_RESOURCES, CHECK_RULES, or another word: the set is open. */
  readonly taskType: string;
  /** HIGH for a task that a user started, LOW for one of the background. */
  readonly taskPriority: string;
  /** When it began to run, in Unix seconds; null when the API gave none. */
  readonly startTime: number;
  /** When it ended, in Unix seconds; null when the API gave none. */
  readonly completeTime: number;
  /** When BDRC drops its record, in Unix seconds; null when the API gave none. */
  readonly expireTime: number;
  /** `startTime` as RFC 3339, such as `2026-11-28T04:05:06Z`; empty when the API gave none. */
  readonly startedAt: string;
  /** `completeTime` as RFC 3339; empty when the API gave none. */
  readonly completedAt: string;
  /** `expireTime` as RFC 3339; empty when the API gave none. */
  readonly expiresAt: string;
  /** What the API says of a failed task; else empty. */
  readonly errorMessage: string;
  /** The JSON text of TaskDetail, as given. */
  readonly taskDetail: string;
  /** The JSON text of TaskResult, as given. */
  readonly taskResult: string;
  /** The resource types that the task is about, sorted; a token, asked with `Fn.contains` and `Fn.lengthOf`. */
  readonly resourceTypes: string[];
  /** How many resources of each type the task found, as a whole for outputs and `Fn`; one of them is `count`. */
  readonly counts: { [resourceType: string]: number };
  /** How many resources the task found in all. */
  readonly totalCount: number;
  /**
   * How many resources of one type the task found; 0 when the type is absent.
   *
   * @param resourceType such as `ACS::OSS::Bucket`
   */
  count(resourceType: string): number;
}

/** A construct that gives the typed result of a task: the properties of {@link IBdrcTaskResult}. */
export abstract class BdrcTaskResult extends Construct implements IBdrcTaskResult {
  get taskId(): string {
    return this.text("taskId", "task_id");
  }
  get choice(): string {
    return this.text("choice", "choice");
  }
  get status(): string {
    return this.text("status", "status");
  }
  get succeeded(): IResolvable {
    warnOfArithmetic(this, "succeeded");
    return this.attribute("succeeded");
  }
  get problem(): string {
    return this.text("problem", "problem");
  }
  get problemCode(): string {
    return this.text("problemCode", "problem_code");
  }
  get progress(): number {
    return this.number("progress", "progress");
  }
  get taskName(): string {
    return this.text("taskName", "task_name");
  }
  get taskDescription(): string {
    return this.text("taskDescription", "task_description");
  }
  get taskType(): string {
    return this.text("taskType", "task_type");
  }
  get taskPriority(): string {
    return this.text("taskPriority", "task_priority");
  }
  get startTime(): number {
    return this.number("startTime", "start_time");
  }
  get completeTime(): number {
    return this.number("completeTime", "complete_time");
  }
  get expireTime(): number {
    return this.number("expireTime", "expire_time");
  }
  get startedAt(): string {
    return this.text("startedAt", "started_at");
  }
  get completedAt(): string {
    return this.text("completedAt", "completed_at");
  }
  get expiresAt(): string {
    return this.text("expiresAt", "expires_at");
  }
  get errorMessage(): string {
    return this.text("errorMessage", "error_message");
  }
  get taskDetail(): string {
    return this.text("taskDetail", "task_detail");
  }
  get taskResult(): string {
    return this.text("taskResult", "task_result");
  }
  get resourceTypes(): string[] {
    return unreadableList(this, Token.asList(this.attribute("resource_types")), "resourceTypes");
  }
  get counts(): { [resourceType: string]: number } {
    return unreadableCounts(this, Token.asNumberMap(this.attribute("resource_counts")));
  }
  get totalCount(): number {
    return this.number("totalCount", "total_count");
  }

  /**
   * How many resources of one type the task found; 0 when the type is absent.
   *
   * @param resourceType such as `ACS::OSS::Bucket`
   * @throws BdrcTaskError when the type is empty or not a text: JavaScript callers get no help from the compiler
   */
  count(resourceType: string): number {
    return countOf(this, this.attribute("resource_counts"), resourceType);
  }

  /** A reference to one part of the result, by the name that it has in Terraform. */
  protected abstract attribute(name: string): IResolvable;

  private text(member: string, name: string): string {
    warnOfArithmetic(this, member);
    return Token.asString(this.attribute(name));
  }
  private number(member: string, name: string): number {
    warnOfArithmetic(this, member);
    return Token.asNumber(this.attribute(name));
  }
}

/**
 * One count of a map of counts; 0 when the type is absent.
 *
 * @throws BdrcTaskError when the type cannot be one: a misspelt type would be 0 for ever
 */
export function countOf(owner: IConstruct, counts: IResolvable, resourceType: string): number {
  const isToken = Token.isUnresolved(resourceType);
  const problem = typeof resourceType === "string" ? resourceTypeProblem(resourceType) : "it is not a text";
  if (!isToken && problem !== undefined) {
    throw new BdrcTaskError(
      owner,
      `count(${JSON.stringify(resourceType)}) names no resource type: ${problem}.`,
      [["Expected", 'a resource type such as "ACS::OSS::Bucket"; upper and lower case matter']],
    );
  }
  warnOfArithmetic(owner, "count");
  // Not Fn.lookup: it drops a default of 0, and the plan then fails where the type is absent.
  return Token.asNumber(call("lookup", [counts, resourceType, 0]));
}
