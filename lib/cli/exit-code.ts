import type { ProblemCode } from "../protocol/problem";

/** How `bdrc-task` ends; the same numbers for every subcommand. */
export const EXIT = {
  /** The task is complete, or the command did what it says. */
  ok: 0,
  /** The task ended otherwise than complete, or doctor found a problem. */
  failed: 1,
  /** The command line, the environment or a file is wrong; nothing was asked of the API. */
  usage: 2,
  /** The deadline came before the task ended. */
  deadline: 3,
  /** The API does not know the task. */
  notFound: 4,
  /** The API refused: keys, permission, clock, or a wrong parameter. */
  refused: 5,
  /** No good answer from the API. */
  noAnswer: 6,
  /** `run`: the command cannot be run; as a shell has it. */
  notRun: 126,
  /** `run`: there is no such command; as a shell has it. */
  noCommand: 127,
  /** A defect of bdrc-task itself. */
  defect: 70,
  /** What was to be printed could not be written, as to a full disk. */
  unwritten: 74,
  /** Ended by Ctrl-C or a signal. */
  interrupted: 130,
} as const;

/** One of the numbers of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** How a command line ends: one of ours, or as the command of `run` did, which may have been ended by a signal. */
export type CommandExit = number | NodeJS.Signals;

const EXIT_OF: Readonly<Record<ProblemCode, ExitCode>> = {
  TASK_FAILED: EXIT.failed,
  TASK_EXPIRED: EXIT.failed,
  TASK_CANCELED: EXIT.failed,
  BAD_RESULT: EXIT.failed,
  // Only who was told not to wait sees a task that has not ended.
  NOT_ENDED: EXIT.ok,
  DEADLINE: EXIT.deadline,
  NOT_FOUND: EXIT.notFound,
  GONE: EXIT.notFound,
  NO_CREDENTIALS: EXIT.refused,
  BAD_CREDENTIALS: EXIT.refused,
  NO_PERMISSION: EXIT.refused,
  CLOCK: EXIT.refused,
  CERTIFICATE: EXIT.refused,
  PROXY: EXIT.refused,
  WRONG_ENDPOINT: EXIT.refused,
  BAD_PARAMETER: EXIT.refused,
  REFUSED: EXIT.refused,
  UNKNOWN_HOST: EXIT.noAnswer,
  OTHER_TASK: EXIT.noAnswer,
  BAD_ANSWER: EXIT.noAnswer,
  OUTAGE: EXIT.noAnswer,
  SEVERAL: EXIT.failed,
  REQUIREMENT: EXIT.failed,
  NO_RESULT: EXIT.failed,
  OTHER_PLACE: EXIT.ok,
  START_UNCLEAR: EXIT.noAnswer,
  NO_RECEIPT: EXIT.failed,
  BAD_RECEIPT: EXIT.failed,
  BAD_INPUT: EXIT.usage,
  // These are met at synth or plan, and never by the command.
  BAD_CONFIGURATION: EXIT.usage,
  GATE_BROKEN: EXIT.usage,
  NO_WAITER: EXIT.usage,
  UNKNOWN: EXIT.noAnswer,
};

/** The exit code that a problem means. @param code empty where there is no problem */
export function exitOfProblem(code: ProblemCode | ""): ExitCode {
  return code === "" ? EXIT.ok : EXIT_OF[code];
}

/** The exit code of several tasks: the highest of theirs, so that it is 0 only when all are complete. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return codes.reduce((worst, code) => (code > worst ? code : worst), EXIT.ok as ExitCode);
}
