import { randomInt, randomUUID } from "node:crypto";
import { type TaskScript, type TaskView, taskAt } from "../task-script";

interface StoredTask {
  readonly script: TaskScript;
  readonly requestId: string;
  /** When its clock starts, in milliseconds since 1970; undefined until its first look. */
  startedAt: number | undefined;
}

/** A look at a task. */
export interface Look {
  /** Which look at this id it is, from 1. */
  readonly look: number;
  /** What there is to see; undefined when no such task was ever added. */
  readonly view: TaskView | undefined;
}

/** The scripted tasks of a fake service, and how often each id was looked at. */
export class TaskStore {
  private readonly tasks = new Map<string, StoredTask>();
  private readonly looks = new Map<string, number>();

  /** Puts a task in, at a moment (milliseconds since 1970); one with the same id is replaced and forgotten. */
  add(taskId: string, script: TaskScript, now: number, requestId = newRequestId()): void {
    this.tasks.delete(taskId);
    const startedAt = script.startsAtFirstLook ? undefined : now - (script.ageSeconds ?? 0) * 1000;
    this.tasks.set(taskId, { script, requestId, startedAt });
    this.looks.delete(taskId);
  }

  /** Takes a task out, as if it had never been there. */
  remove(taskId: string): void {
    this.tasks.delete(taskId);
  }

  /** Looks at a task, which counts, and which starts the clock of one that waits for its first look. */
  look(taskId: string, now: number): Look {
    const look = (this.looks.get(taskId) ?? 0) + 1;
    this.looks.set(taskId, look);
    const task = this.tasks.get(taskId);
    if (task === undefined) return { look, view: undefined };
    task.startedAt ??= now;
    return { look, view: viewOf(taskId, task, now, look) };
  }

  /** Every task whose record exists at a moment, the last added first; this is no look at any of them. */
  list(now: number): TaskView[] {
    const views = [...this.tasks].map(([taskId, task]) => viewOf(taskId, task, now, 0));
    return views.filter((view) => view.exists).reverse();
  }
}

/** A new id in the form of the documentation's samples: `t-` and 20 lower-case letters and digits. */
export function newTaskId(): string {
  const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
  return `t-${Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join("")}`;
}

/** A new request id: a UUID in upper case, as the API writes them. */
export function newRequestId(): string {
  return randomUUID().toUpperCase();
}

function viewOf(taskId: string, task: StoredTask, now: number, look: number): TaskView {
  const startedAt = task.startedAt ?? now;
  return taskAt(task.script, now - startedAt, look, { taskId, requestId: task.requestId, startedAt });
}
