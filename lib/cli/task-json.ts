import { readCounts, readResourceTypes, type BdrcTaskRecord } from "../waiter/bdrc/task";

/** A task as `--json` prints it; the names of its members are kept from version to version. */
export interface TaskJson {
  readonly task_id: string;
  readonly task_name: string;
  readonly task_description: string;
  readonly task_type: string;
  readonly task_priority: string;
  /** As the API gave it, or NOT_FOUND, or UNREADABLE. */
  readonly status: string;
  /** 0–10000. */
  readonly progress: number | null;
  /** ISO 8601 in UTC, as all moments here. */
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly expires_at: string | null;
  /** From start to completion; up to now while it runs. */
  readonly run_seconds: number | null;
  readonly resource_types: readonly string[];
  readonly resource_counts: Readonly<Record<string, number>>;
  readonly total_count: number;
  readonly error_message: string;
}

/** A task for machines. @param now milliseconds since 1970 */
export function taskJson(task: BdrcTaskRecord, now: number): TaskJson {
  const counts = countsOf(task);
  const run = runTime(task, now);
  return {
    task_id: task.taskId,
    task_name: task.taskName,
    task_description: task.taskDescription,
    task_type: task.taskType,
    task_priority: task.taskPriority,
    status: task.status,
    progress: task.progress ?? null,
    started_at: isoOf(task.startTime),
    completed_at: isoOf(task.completeTime),
    expires_at: isoOf(task.expireTime),
    run_seconds: run === undefined ? null : Math.round(run / 1000),
    resource_types: readResourceTypes(task.taskDetail),
    resource_counts: Object.fromEntries(counts),
    total_count: totalOf(counts),
    error_message: task.errorMessage,
  };
}

/** What is left to say of a task that was never seen. */
export function unseenTask(taskId: string, status: string): TaskJson {
  return {
    ...taskJson({ ...NO_TASK, taskId, status }, 0),
    run_seconds: null,
  };
}

const NO_TASK: BdrcTaskRecord = {
  taskId: "",
  taskName: "",
  taskDescription: "",
  taskType: "",
  taskPriority: "",
  status: "",
  progress: undefined,
  startTime: undefined,
  completeTime: undefined,
  expireTime: undefined,
  errorMessage: "",
  taskDetail: "",
  taskResult: "",
};

/** Counts by resource type; none when the task's result holds none or makes no sense. */
export function countsOf(task: BdrcTaskRecord): ReadonlyMap<string, number> {
  const read = readCounts(task.taskResult, task.taskType);
  return "counts" in read ? read.counts : new Map<string, number>();
}

/** Whether a task counts resources, were it none: a check of rules does not, and what has not ended not yet. */
export function isCounted(task: BdrcTaskRecord): boolean {
  const read = readCounts(task.taskResult, task.taskType);
  return "counts" in read && task.taskResult.includes('"resourceCounts"');
}

/** The sum of counts. */
export function totalOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, number) => sum + number, 0);
}

/** Milliseconds from a task's start to its completion, or to now while it has none; undefined before its start. */
export function runTime(task: BdrcTaskRecord, now: number): number | undefined {
  if (!task.startTime) return undefined;
  const end = task.completeTime ? task.completeTime * 1000 : now;
  return Math.max(0, end - task.startTime * 1000);
}

function isoOf(seconds: number | undefined): string | null {
  // BDRC writes 0 where there is no moment yet.
  const date = new Date((seconds || NaN) * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
