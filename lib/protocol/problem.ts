/**
 * Every problem that can be met when something runs: its code, and what it means in one sentence. The one registry:
 * results, events, `--json` and texts hold the codes, and docs/troubleshooting.md has a heading for each.
 *
 * A code keeps its name and its meaning. What is new may get a code of its own; a program treats one that it does not
 * know like REFUSED when nothing can be done without a person, which is right for every code but OUTAGE and DEADLINE.
 */
export const PROBLEMS = {
  TASK_FAILED: "The task ended as FAILED.",
  TASK_EXPIRED: "The task ended as EXPIRED.",
  TASK_CANCELED: "The task ended as CANCELED.",
  BAD_RESULT: "The task is COMPLETE, and what it found cannot be understood.",
  NOT_ENDED: "The task was looked at once and had not ended; nothing was to wait for it.",
  DEADLINE: "The task had not ended when the timeout was over.",
  NOT_FOUND: "BDRC does not know the task.",
  GONE: "BDRC knew the task before and does not know it any more.",
  NO_CREDENTIALS: "Nothing gives an access key, so nothing was asked.",
  BAD_CREDENTIALS: "BDRC does not accept the access key, its secret or its token.",
  NO_PERMISSION: "The identity whose keys are used may not do this.",
  CLOCK: "This machine's clock is too far from BDRC's.",
  CERTIFICATE: "The certificate of the endpoint cannot be trusted.",
  PROXY: "The proxy between this machine and BDRC refuses, or is none.",
  UNKNOWN_HOST: "DNS does not know the endpoint.",
  WRONG_ENDPOINT: "What answers at the endpoint is not BDRC.",
  BAD_PARAMETER: "BDRC does not accept a parameter of the call.",
  REFUSED: "BDRC refused for another reason; asking again would bring the same.",
  OTHER_TASK: "Something on the way answers for another task.",
  BAD_ANSWER: "An answer of BDRC makes no sense, or names no task.",
  OUTAGE: "There was no good answer for too long.",
  SEVERAL: "Several tasks of one wait did not succeed, each with another code.",
  REQUIREMENT: "The task succeeded, and what it found is not what was required.",
  NO_RESULT: "The result is none of a task; most likely a test mocks the provider.",
  OTHER_PLACE:
    "A warning: the kept result is from another region or endpoint than the one that is asked now.",
  START_UNCLEAR: "A task may have been started, and nobody knows which.",
  NO_RECEIPT: "The file with the id of a started task is not on this machine.",
  BAD_RECEIPT: "The file with the id of a started task cannot be read or written.",
  BAD_INPUT: "The query, the command line, the environment or a file is wrong; nothing was asked of BDRC.",
  UNKNOWN: "The result was kept by a version that knew no codes, and its status does not tell.",
} as const satisfies Readonly<Record<string, string>>;

/** The code of a problem; see {@link PROBLEMS}. */
export type ProblemCode = keyof typeof PROBLEMS;

/** A problem: its code, and the whole text for a person. */
export interface Problem {
  readonly code: ProblemCode;
  readonly text: string;
}

/** What a result that was kept before there were codes means, by its status; any other is UNKNOWN. */
export const CODE_OF_STATUS: Readonly<Record<string, ProblemCode>> = {
  COMPLETE: "BAD_RESULT",
  FAILED: "TASK_FAILED",
  EXPIRED: "TASK_EXPIRED",
  CANCELED: "TASK_CANCELED",
  CREATED: "DEADLINE",
  RUNNING: "DEADLINE",
  NOT_FOUND: "NOT_FOUND",
};

/** The code that a status alone tells of a task that did not succeed. */
export function codeOfStatus(status: string): ProblemCode {
  return (Object.hasOwn(CODE_OF_STATUS, status) ? CODE_OF_STATUS[status] : undefined) ?? "UNKNOWN";
}
