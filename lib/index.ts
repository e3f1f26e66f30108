export { BdrcTask } from "./bdrc-task";
export { Duration } from "./duration";
export { BdrcTaskError } from "./errors";
export { type BdrcTaskProps, WaitAt } from "./task-props";
export { BdrcTaskResult, type IBdrcTaskResult } from "./task-result";
