import type { ProblemCode } from "./problem";

/**
 * One line of a file of events: what the waiter saw or did, at once when it happened. The file is in a private folder that
 * waiter and command agree on, unless BDRC_TASK_EVENTS names a file or a folder.
 *
 * Terraform shows nothing of a waiting data source, so this is how a person or a program follows it.
 */
export type WaitEvent = StartEvent | AloneEvent | QueueEvent | LookEvent | FaultEvent | EndEvent;

interface Common {
  /** When it happened, ISO 8601 in UTC. */
  readonly at: string;
  readonly task_id: string;
  /** Seconds since the wait began, to the millisecond. */
  readonly waited_seconds: number;
}

/** The wait has begun. */
export interface StartEvent extends Common {
  readonly type: "start";
  /** The host that is asked. */
  readonly endpoint: string;
  readonly timeout_seconds: number;
  /** False when the waiter looks only once. */
  readonly wait: boolean;
  /** Set by a wait at apply: it prints lines of its own, which Terraform shows. */
  readonly prints?: true;
}

/**
 * The looks of this process are not counted with those of the other waits on this machine, so that together they may ask
 * for more than the limit. Said once in a process; the wait goes on.
 */
export interface AloneEvent extends Common {
  readonly type: "alone";
  /** One line for a person: what cannot be used, and why. */
  readonly message: string;
}

/** A look is due, and its turn among all that share a limit has not come yet: a sign of life, every 30 seconds. */
export interface QueueEvent extends Common {
  readonly type: "queue";
}

/** A look brought an answer with the task in it. */
export interface LookEvent extends Common {
  readonly type: "look";
  /** Which look this was, from 1. */
  readonly look: number;
  readonly status: string;
  /** 0–10000, or null when the API gave none. */
  readonly progress: number | null;
  /** Seconds since the task began, as its StartTime and the server's date say; absent when they say nothing that can be. */
  readonly running_seconds?: number;
  /** Seconds until the next look, or null when there is none. */
  readonly next_look_seconds: number | null;
  /** What is odd about the answer, for a person: a status that BDRC does not document. Absent when nothing is. */
  readonly note?: string;
}

/** A look failed; the wait goes on when there is a next one. */
export interface FaultEvent extends Common {
  readonly type: "fault";
  readonly look: number;
  /** The fault class of docs/design.md. */
  readonly fault: string;
  /** The code of the problem that it is when the wait ends with it; one of PROBLEMS. */
  readonly problem_code: ProblemCode;
  /** One line for a person; never holds a secret. */
  readonly message: string;
  readonly next_look_seconds: number | null;
  /** Where it is no answer that counts: for how long there was none. */
  readonly silent_seconds?: number;
  /** And how long the wait goes on without one. */
  readonly gives_up_seconds?: number;
}

/** The wait is over. */
export interface EndEvent extends Common {
  readonly type: "end";
  readonly status: string;
  /** The first line of the problem; empty when the task is complete and its result was understood. */
  readonly problem: string;
  /** The stable code of the problem, one of PROBLEMS; empty exactly when the problem is. */
  readonly problem_code: ProblemCode | "";
  readonly looks: number;
  /** The JSON text of the counts by resource type, as in the result. */
  readonly resource_counts?: string;
}
