/* What the package exports in every language of CDKTF: jsii compiles just this, and reaches nothing else. */
export { BdrcTask, type BdrcTaskOutputs, type BdrcTaskProps } from "./construct/bdrc-task";
export { BdrcTasks, type BdrcTasksOutputs, type BdrcTasksProps } from "./construct/bdrc-tasks";
export { Duration } from "./construct/duration";
export { type FindLatestOptions, FindTask, TaskType } from "./construct/find-task";
export { ExposedFailure, FailureMode, type GateProps, WaitAt } from "./construct/gate-props";
export type { CountRange } from "./graph/requirements";
export type { RemoteBdrcTaskProps } from "./construct/remote-bdrc-task";
export { BdrcTaskResult, type IBdrcTaskResult } from "./construct/task-result";
export {
  type CheckRulesOptions,
  type CrossAccountTarget,
  type PrecheckResourceCountOptions,
  StartTask,
  type TagMatcher,
  TagOperator,
  type UpdateCrossAccountsOptions,
  type UpdateResourcesOptions,
} from "./construct/start-task";
