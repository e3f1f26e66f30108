export { BdrcTask, type BdrcTaskProps } from "./bdrc-task";
export { BdrcTasks, type BdrcTasksProps } from "./bdrc-tasks";
export { Duration } from "./duration";
export { BdrcTaskError } from "./errors";
export { ExposedFailure, FailureMode, type GateProps, WaitAt } from "./gate-props";
export type { CountRange } from "./graph/requirements";
export type { RemoteBdrcTaskProps } from "./remote-bdrc-task";
export { BdrcTaskResult, type IBdrcTaskResult } from "./task-result";
export {
  type CheckRulesOptions,
  type PrecheckResourceCountOptions,
  StartTask,
  type TagMatcher,
  type UpdateResourcesOptions,
} from "./start-task";
