import { Fn, type IResolvable, propertyAccess, type TerraformStack, Token } from "../framework";
import { Construct, type IConstruct } from "constructs";
import { checkNames } from "./check-props";
import { chosenOutputs, type OfferedOutput } from "./choose-outputs";
import { BdrcTaskError } from "../graph/errors";
import { checkFramework } from "../graph/frameworks";
import type { GateProps } from "./gate-props";
import { allOpen } from "../graph/conditions";
import type { Gate } from "../graph/gate";
import { manyResultLocal } from "../graph/many-result-local";
import { addMovedFrom } from "../graph/moved-from";
import { addOutputs } from "../graph/outputs";
import { makeGate } from "./make-gate";
import { DEFAULT_LOOKS_PER_SECOND, MAX_LOOKS_PER_SECOND, MAX_TASKS } from "../protocol/query";
import { taskIdProblem, taskIdsProblem } from "../protocol/task-id";
import { warnOfArithmetic } from "./lost-arithmetic";
import { BdrcTaskResult, countOf, type IBdrcTaskResult } from "./task-result";
import { unreadableCounts, unreadableList, unreadableMap } from "./terraform-values";

/** Which outputs of {@link BdrcTasks} their stack gets; what is not said stays as it is by default. */
export interface BdrcTasksOutputs {
  /**
   * `<prefix>_resource_counts`: how many resources of each type all tasks found together.
   * @default true
   */
  readonly resourceCounts?: boolean;
  /**
   * `<prefix>_total_count`: how many resources all tasks found together.
   * @default true
   */
  readonly totalCount?: boolean;
  /**
   * `<prefix>_statuses`: the status of each task by its id.
   * @default true
   */
  readonly statuses?: boolean;
  /**
   * `<prefix>_failed_task_ids`: the ids of the tasks that did not succeed.
   * @default true
   */
  readonly failedTaskIds?: boolean;
}

/** What {@link BdrcTasks} are made of. */
export interface BdrcTasksProps extends GateProps {
  /** Required: the tasks to wait for, at most 200, each once; may be a token. Another list is a new wait for all of them. */
  readonly taskIds: string[];
  /**
   * How many looks a second all of them share, up to 10, the documented quota of a whole account. One look at each
   * of 200 tasks takes 40 seconds at 5 a second: so long does a later plan take, and by so much can a wait outlast
   * its timeout. Other waits of the same user on the same machine use the same limit; when the environment variable
   * `BDRC_TASK_LOOKS_PER_SECOND` names one there, that is the most.
   * @default 5
   */
  readonly looksPerSecond?: number;
  /**
   * Which outputs the stack gets, named `<prefix>_…`: `false` for none, `{ statuses: false }` for all others.
   * @default true
   */
  readonly outputs?: boolean | BdrcTasksOutputs;
}

/**
 * Many BDRC tasks as one Terraform value: waited for in one process that takes one of Terraform's slots, with one
 * limiter for all calls. One task that fails does not lose the results of the others.
 *
 * @example
 * const all = new BdrcTasks(this, "all", { taskIds: ["t-0004d9ctt1iiaaaaaaaa", "t-0004d9ctt1iibbbbbbbb"], regionId: "cn-shanghai" });
 * new TerraformOutput(this, "buckets", { value: all.count("ACS::OSS::Bucket") });
 */
export class BdrcTasks extends Construct {
  private readonly result: IResolvable;
  private readonly behind: Gate;
  private readonly ids: readonly string[] | undefined;

  /**
   * @param scope the stack, or a construct in it
   * @param id the name within the scope; see `outputPrefix` for the names of the outputs
   * @param props the tasks, where BDRC is, and what the gate does
   * @throws BdrcTaskError when a prop is wrong; the text names the prop, its value and what is allowed
   */
  constructor(scope: Construct, id: string, props: BdrcTasksProps) {
    super(scope, id);
    checkFramework(this);
    checkNames(this, props, ["taskIds", "looksPerSecond", "outputs"]);
    const { taskIds } = props;
    this.ids = this.checkIds(taskIds);

    const { result, behind } = makeGate(this, props, {
      exists: true,
      query: {
        task_ids: this.ids ? JSON.stringify(this.ids) : Fn.jsonencode(taskIds),
        looks_per_second: this.checkLooks(props.looksPerSecond),
      },
      // In another order they are the same tasks.
      identity: [this.ids ? [...this.ids].sort() : Fn.sort(taskIds)],
      opens: allOpen,
      typed: manyResultLocal,
    });
    this.result = result;
    this.behind = behind;
    const offered: Record<keyof BdrcTasksOutputs, OfferedOutput> = {
      resourceCounts: { name: "resource_counts", byDefault: true, value: () => this.counts },
      totalCount: { name: "total_count", byDefault: true, value: () => this.totalCount },
      statuses: { name: "statuses", byDefault: true, value: () => this.statuses },
      failedTaskIds: { name: "failed_task_ids", byDefault: true, value: () => this.failedTaskIds },
    };
    addOutputs(this, props.outputPrefix, chosenOutputs(this, props.outputs, offered));
  }

  /** COMPLETE when every task succeeded; else FAILED, RUNNING, NOT_FOUND or UNREADABLE, the worst that there is. */
  get status(): string {
    warnOfArithmetic(this, "status");
    return Token.asString(this.attribute("status"));
  }

  /** Whether every task succeeded; a boolean for `count` and conditions. */
  get succeeded(): IResolvable {
    warnOfArithmetic(this, "succeeded");
    return this.attribute("succeeded");
  }

  /** Which tasks did not succeed and why, as a text for a person; empty when all did. */
  get problem(): string {
    warnOfArithmetic(this, "problem");
    return Token.asString(this.attribute("problem"));
  }

  /**
   * The code that all tasks have which did not succeed, SEVERAL when theirs differ, empty when all succeeded; that of
   * one task is `task(id).problemCode`.
   */
  get problemCode(): string {
    return Token.asString(this.attribute("problem_code"));
  }

  /** The status of each task by its id, as a whole for outputs and `Fn`; one of them is `task(id).status`. */
  get statuses(): { [taskId: string]: string } {
    return unreadableMap(
      this,
      Token.asStringMap(this.attribute("statuses")),
      (name) => /^t-/.test(name) || (this.ids?.includes(name) ?? false),
      (id) => `task(${id}).status`,
    );
  }

  /**
   * The ids of the tasks that did not succeed, in the order of `taskIds`; empty when all did. A token, asked with
   * `Fn.contains` and `Fn.lengthOf`.
   */
  get failedTaskIds(): string[] {
    return unreadableList(this, Token.asList(this.attribute("failed_task_ids")), "failedTaskIds");
  }

  /** How many tasks there are. */
  get taskCount(): number {
    warnOfArithmetic(this, "taskCount");
    return Token.asNumber(this.attribute("task_count"));
  }

  /** The resource types of all tasks, sorted; a token, asked with `Fn.contains` and `Fn.lengthOf`. */
  get resourceTypes(): string[] {
    return unreadableList(this, Token.asList(this.attribute("resource_types")), "resourceTypes");
  }

  /** How many resources of each type all tasks found together, as a whole for outputs and `Fn`; one of them is `count`. */
  get counts(): { [resourceType: string]: number } {
    return unreadableCounts(this, Token.asNumberMap(this.attribute("resource_counts")));
  }

  /** How many resources all tasks found together. */
  get totalCount(): number {
    warnOfArithmetic(this, "totalCount");
    return Token.asNumber(this.attribute("total_count"));
  }

  /**
   * How many resources of one type all tasks found together; 0 when the type is absent.
   *
   * @param resourceType such as `ACS::OSS::Bucket`
   */
  count(resourceType: string): number {
    return countOf(this, this.attribute("resource_counts"), resourceType);
  }

  /**
   * The result of one of the tasks, typed as that of a single {@link BdrcTask}.
   *
   * @throws BdrcTaskError when the id is not one of the tasks, as far as synth knows them
   */
  task(taskId: string): IBdrcTaskResult {
    const problem = Token.isUnresolved(taskId) ? undefined : taskIdProblem(taskId);
    if (problem !== undefined || (this.ids && !Token.isUnresolved(taskId) && !this.ids.includes(taskId))) {
      throw new BdrcTaskError(this, `${JSON.stringify(taskId)} is none of the tasks.`, [
        ["Expected", this.ids ? shorten(this.ids.join(", ")) : "an id such as t-0004d9ctt1iiabcdefgh"],
      ]);
    }
    // With a prefix, since an id may be the name of a part of this construct.
    const name = `task-${Token.isUnresolved(taskId) ? `token-${this.node.children.length}` : taskId}`;
    const present = this.node.tryFindChild(name);
    return present instanceof OneOfMany
      ? present
      : new OneOfMany(this, name, propertyAccess(this.attribute("tasks"), [taskId]));
  }

  /**
   * Lets things wait for all tasks, as {@link BdrcTask.gate} does for one.
   *
   * @param dependables of this construct's stack
   * @throws BdrcTaskError when a thing is in another stack, holds the tasks, or cannot wait
   */
  gate(...dependables: IConstruct[]): void {
    this.behind.add(dependables);
  }

  /**
   * Lets another stack wait for all tasks, as {@link BdrcTask.gateStack} does for one.
   *
   * @throws BdrcTaskError when the stack is the tasks' own, or is itself waited for
   */
  gateStack(stack: TerraformStack): void {
    this.behind.addStack(stack);
  }

  /**
   * Takes over what stands at another place in the state, as {@link BdrcTask.movedFrom} does for one task.
   *
   * @param places where it stood, the oldest first; not a module, since there is none for many tasks
   * @throws BdrcTaskError when a place cannot be one, or is named in a second call; at synth when something is still there
   */
  movedFrom(...places: string[]): void {
    addMovedFrom(this, places);
  }

  private attribute(name: string): IResolvable {
    return propertyAccess(this.result, [name]);
  }

  /** @returns the ids, or undefined when the list is a token, which the waiter checks */
  private checkIds(taskIds: unknown): readonly string[] | undefined {
    if (Token.isUnresolved(taskIds)) return undefined;
    const refuseIds = (what: string): never => {
      throw new BdrcTaskError(this, `taskIds cannot be used: ${what}.`, [
        ["Expected", `a list of 1 to ${MAX_TASKS} different ids such as t-0004d9ctt1iiabcdefgh`],
      ]);
    };
    if (!Array.isArray(taskIds)) return refuseIds("it is not a list");
    const known = (taskIds as unknown[]).filter((taskId) => !Token.isUnresolved(taskId));
    const problem =
      taskIds.length > MAX_TASKS ? taskIdsProblem(taskIds, MAX_TASKS) : taskIdsProblem(known, MAX_TASKS);
    if (problem !== undefined && !(known.length === 0 && taskIds.length > 0)) return refuseIds(problem);
    return known.length === taskIds.length ? (known as string[]) : undefined;
  }

  private checkLooks(looks: unknown = DEFAULT_LOOKS_PER_SECOND): string {
    if (typeof looks === "number" && looks > 0 && looks <= MAX_LOOKS_PER_SECOND) return String(looks);
    throw new BdrcTaskError(this, `looksPerSecond is ${JSON.stringify(looks)}.`, [
      ["Expected", `a number over 0 and up to ${MAX_LOOKS_PER_SECOND}, the quota of a whole account`],
    ]);
  }
}

/** One task of many; its values come from the snapshot of all. */
class OneOfMany extends BdrcTaskResult {
  constructor(
    scope: Construct,
    id: string,
    private readonly result: IResolvable,
  ) {
    super(scope, id);
  }

  protected override attribute(name: string): IResolvable {
    return propertyAccess(this.result, [name]);
  }
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}
