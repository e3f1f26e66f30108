import type { Duration } from "./duration";
import type { CountRange } from "../graph/requirements";

/** When the wait happens. */
export enum WaitAt {
  /** During `terraform plan`: the counts are known to the plan, and the plan lasts as long as the task. */
  PLAN = "plan",
  /** During `terraform apply`, with the task's progress in Terraform's own output: the plan never waits. */
  APPLY = "apply",
}

/** What a task that did not succeed does. */
export enum FailureMode {
  /** It stops the run with its text, and nothing behind the gate is touched. */
  FAIL = "fail",
  /** It opens the gate: `status`, `problem` and what it found become values, and the configuration decides. */
  EXPOSE = "expose",
}

/** Failures that are no end of a task and open the gate only when they are named. */
export enum ExposedFailure {
  /** BDRC does not know the task, or no longer. */
  NOT_FOUND = "NOT_FOUND",
  /** The task cannot be read: no access, no answer, or no sense in it. */
  UNREADABLE = "UNREADABLE",
  /** The task was still under way when the timeout was over. */
  DEADLINE = "DEADLINE",
}

/** What every gate is made of; {@link BdrcTaskProps} and {@link BdrcTasksProps} list it with what is their own. */
export interface GateProps {
  /**
   * Required unless `endpoint` is given: the region whose BDRC knows the task, which is documented in cn-shanghai,
   * ap-southeast-1 and cn-shanghai-finance-1.
   * @default - none
   */
  readonly regionId?: string;
  /**
   * Required unless `regionId` is given: the host to ask, as `host[:port]` or a URL, for a VPC endpoint or a fake
   * service. Plain http is accepted for a loopback address only.
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
   * What runs the waiter on the machine that runs Terraform, and its arguments, where `node` is not on PATH there or
   * needs some: `["/opt/node/bin/node", "--use-system-ca"]`. The waiter's file comes after them. It has to be Node.js
   * 20.9 or newer; may be a token. No new wait comes of another program.
   * @default ["node"]
   */
  readonly program?: string[];
  /**
   * When the wait happens.
   * @default WaitAt.PLAN
   */
  readonly waitAt?: WaitAt;
  /**
   * Whether the result, once seen, is kept: later plans then need neither the task nor BDRC. `false` looks at the
   * task in each plan anew, and a task that is gone closes the gate again. Only with {@link WaitAt.PLAN}.
   * @default true
   */
  readonly remember?: boolean;
  /**
   * What a task that did not succeed does.
   * @default FailureMode.FAIL
   */
  readonly onFailure?: FailureMode;
  /**
   * What opens the gate besides a task that ended, with {@link FailureMode.EXPOSE}.
   * @default - nothing
   */
  readonly exposeAlso?: ExposedFailure[];
  /**
   * What has to be found, by resource type or `total`; the gate stays closed when it is not:
   * `{ "ACS::OSS::Bucket": { min: 1 }, total: { max: 500 } }`. Only said of tasks that succeeded.
   * @default - nothing
   */
  readonly require?: { [resourceType: string]: CountRange };
  /**
   * What the names of the outputs begin with: letters, digits, `_` and `-`, not a digit first.
   * @default - the construct's id; within other constructs their ids and this one, such as `level1_inventory`
   */
  readonly outputPrefix?: string;
}

/** The name of every prop, so that an unknown one is refused. */
export const GATE_PROPS: Readonly<Record<keyof GateProps, true>> = {
  regionId: true,
  endpoint: true,
  timeout: true,
  maxOutage: true,
  profile: true,
  program: true,
  waitAt: true,
  remember: true,
  onFailure: true,
  exposeAlso: true,
  require: true,
  outputPrefix: true,
};
