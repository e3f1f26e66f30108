import type { TaskScript } from "../task-script";
import type { Fault } from "./fault";

/** A span of time in which every call meets a fault. */
export interface Outage {
  /**
   * When it begins, in seconds since the service started.
   * @default 0
   */
  readonly fromSeconds?: number;
  /**
   * When it is over, in seconds since the service started.
   * @default - never
   */
  readonly toSeconds?: number;
  /** What every call meets. */
  readonly fault: Fault;
}

/** A protection policy of a fake service. */
export interface ProtectionPolicy {
  /**
   * The task of its latest application, as GetProtectionPolicy gives it; what it does stands in `tasks`.
   * @default - none; it was never applied
   */
  readonly latestTaskId?: string;
  /**
   * Its name.
   * @default - its id
   */
  readonly name?: string;
}

/** What a fake service is like, as plain data: a JSON file can say all of it. */
export interface FakeBdrcScenario {
  /**
   * The port to listen on, on 127.0.0.1.
   * @default 0 - any free one
   */
  readonly port?: number;
  /**
   * The one AccessKey id that the service knows.
   * @default "FakeKeyId"
   */
  readonly accessKeyId?: string;
  /**
   * The secret of that AccessKey.
   * @default "FakeKeySecret"
   */
  readonly accessKeySecret?: string;
  /**
   * The STS token that belongs to the AccessKey.
   * @default - it is a permanent one, and a call with a token is refused
   */
  readonly securityToken?: string;
  /**
   * How many calls of one operation are answered in any second; 0 sets no limit.
   * @default 10 - as page "Quota" of BDRC API 2023-08-08 says
   */
  readonly quotaPerSecond?: number;
  /**
   * Whether keys, date, nonce, body hash and signature are checked; version, action and path always are.
   * @default true
   */
  readonly checkSignature?: boolean;
  /**
   * The tasks that are there from the start, by id.
   * @default {}
   */
  readonly tasks?: Readonly<Record<string, TaskScript>>;
  /**
   * The protection policies, by id.
   * @default {}
   */
  readonly protectionPolicies?: Readonly<Record<string, ProtectionPolicy>>;
  /**
   * What a task does that UpdateResources, CheckRules, PrecheckResourceCount or UpdateCrossAccounts starts.
   * @default - 5 seconds, then COMPLETE with 12 ECS instances and 3 OSS buckets
   */
  readonly newTask?: TaskScript;
  /**
   * Spans of time in which every call meets a fault; the first that fits wins.
   * @default []
   */
  readonly outages?: readonly Outage[];
}

/** What {@link startFakeBdrc} takes: a scenario, and the clock. */
export interface FakeBdrcOptions extends FakeBdrcScenario {
  /**
   * The clock, in milliseconds since 1970. Tasks, quota, outages, the date check and the Date header follow it;
   * a client that signs by its own clock needs one within 15 minutes of it.
   * @default Date.now
   */
  readonly now?: () => number;
}

/** The script of a task that an operation starts, when the options name none. */
export const DEFAULT_NEW_TASK: TaskScript = {
  seconds: 5,
  counts: { "ACS::ECS::Instance": 12, "ACS::OSS::Bucket": 3 },
};
