import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { Duration } from "./duration";
import { BdrcTaskError } from "./errors";
import type { GateQuery } from "./graph/plan-time-gate";
import { parseEndpoint, regionProblem } from "./protocol/endpoint";
import { DEFAULT_MAX_OUTAGE_SECONDS, DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS } from "./protocol/query";
import { taskIdProblem } from "./protocol/task-id";

/** When the wait happens. */
export enum WaitAt {
  /** During `terraform plan`: the counts are known to the plan, and the plan lasts as long as the task. */
  PLAN = "plan",
}

/** What a {@link BdrcTask} is made of. */
export interface BdrcTaskProps {
  /** The task to wait for, such as `t-0004d9ctt1iiabcdefgh`; may be a token. A new id is a new wait. */
  readonly taskId: string;
  /**
   * The region whose BDRC knows the task; BDRC is documented in cn-shanghai, ap-southeast-1 and
   * cn-shanghai-finance-1.
   * @default - none; then `endpoint` is required
   */
  readonly regionId?: string;
  /**
   * The host to ask, as `host[:port]` or a URL, for a VPC endpoint or a fake service. Plain http is accepted for a
   * loopback address only.
   * @default - the endpoint of the region
   */
  readonly endpoint?: string;
  /**
   * The longest wait, up to 24 hours, retries included.
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;
  /**
   * How long the wait goes on without one good answer of the API.
   * @default Duration.minutes(5)
   */
  readonly maxOutage?: Duration;
  /**
   * A profile of ~/.aliyun/config.json or ~/.alibabacloud/credentials, on the machine that runs Terraform. Never a
   * key: keys come from the environment only.
   * @default - the credentials chain decides
   */
  readonly profile?: string;
  /**
   * When the wait happens.
   * @default WaitAt.PLAN
   */
  readonly waitAt?: WaitAt;
  /**
   * Whether the stack gets the outputs `<prefix>_resource_counts`, `_total_count`, `_status` and `_task_id`.
   * @default true
   */
  readonly outputs?: boolean;
  /**
   * What the names of the outputs begin with: letters, digits, `_` and `-`, not a digit first.
   * @default - the construct's id
   */
  readonly outputPrefix?: string;
}

const PROP_NAMES: Readonly<Record<keyof BdrcTaskProps, true>> = {
  taskId: true,
  regionId: true,
  endpoint: true,
  timeout: true,
  maxOutage: true,
  profile: true,
  waitAt: true,
  outputs: true,
  outputPrefix: true,
};

/**
 * Checks the props and gives the query that they mean; tokens pass, the waiter checks their values later.
 *
 * @throws BdrcTaskError that names the prop, its value and what is allowed
 */
export function queryOfProps(scope: IConstruct, props: BdrcTaskProps): GateQuery {
  for (const name of Object.keys(props)) {
    if (!Object.hasOwn(PROP_NAMES, name)) {
      // The value is not shown: it may be a key that somebody put here by mistake.
      throw new BdrcTaskError(scope, `There is no property ${name}.`, [
        ["Expected", Object.keys(PROP_NAMES).join(", ")],
        ["Note", "keys and secrets come from the environment only; a property would stand in plan and state"],
      ]);
    }
  }
  checkText(scope, "taskId", props.taskId, (id) => taskIdProblem(id), "an id such as t-0004d9ctt1iiabcdefgh");

  const { regionId, endpoint, profile } = props;
  if ((regionId === undefined) === (endpoint === undefined)) {
    throw new BdrcTaskError(
      scope,
      `${regionId === undefined ? "Neither" : "Both"} regionId and endpoint given.`,
      [["Expected", 'exactly one of them, such as regionId: "cn-shanghai"']],
    );
  }
  if (regionId !== undefined)
    checkText(scope, "regionId", regionId, regionProblem, "a region such as cn-shanghai");
  if (endpoint !== undefined) {
    const problem = (text: string): string | undefined => {
      const read = parseEndpoint(text);
      return "problem" in read ? read.problem : undefined;
    };
    checkText(scope, "endpoint", endpoint, problem, "host[:port] or https://host[:port]");
  }
  if (profile !== undefined) {
    checkText(
      scope,
      "profile",
      profile,
      (name) => (name.trim() === "" ? "it is empty" : undefined),
      "a profile name",
    );
  }
  const waitAt: unknown = props.waitAt ?? WaitAt.PLAN;
  if (!Object.values(WaitAt).includes(waitAt as WaitAt)) {
    throw new BdrcTaskError(scope, `waitAt is ${JSON.stringify(waitAt)}.`, [
      [
        "Expected",
        Object.keys(WaitAt)
          .map((name) => `WaitAt.${name}`)
          .join(" or "),
      ],
    ]);
  }

  return {
    task_id: props.taskId,
    ...(regionId === undefined ? {} : { region_id: regionId }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(profile === undefined ? {} : { profile }),
    timeout_seconds: seconds(scope, "timeout", props.timeout, DEFAULT_TIMEOUT_SECONDS),
    max_outage_seconds: seconds(scope, "maxOutage", props.maxOutage, DEFAULT_MAX_OUTAGE_SECONDS),
  };
}

function checkText(
  scope: IConstruct,
  name: string,
  value: unknown,
  problemOf: (text: string) => string | undefined,
  expected: string,
): void {
  if (Token.isUnresolved(value)) return;
  const problem = typeof value === "string" ? problemOf(value) : "it is not a text";
  if (problem === undefined) return;
  throw new BdrcTaskError(
    scope,
    `${name} ${JSON.stringify(value) ?? "is missing and"} cannot be used: ${problem}.`,
    [["Expected", expected]],
  );
}

function seconds(scope: IConstruct, name: string, value: Duration | undefined, otherwise: number): string {
  if (value === undefined) return String(otherwise);
  // Asked by what it can do: a second copy of this package would have another class.
  const length: unknown = typeof value === "object" && "toSeconds" in value ? value.toSeconds() : undefined;
  if (typeof length === "number" && length > 0 && length <= MAX_TIMEOUT_SECONDS) return String(length);
  throw new BdrcTaskError(
    scope,
    `${name} is ${length === undefined ? JSON.stringify(value) : String(value)}.`,
    [["Expected", "more than 0 and at most 24 hours, such as Duration.minutes(90)"]],
  );
}
