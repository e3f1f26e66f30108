import type { Fault } from "../waiter/failure";
import type { Ending } from "../waiter/wait";

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

/** The exit code of a wait. @param complete whether the task is COMPLETE and its result was understood */
export function exitOfEnding(ending: Ending, complete: boolean): ExitCode {
  switch (ending) {
    case "terminal":
      return complete ? EXIT.ok : EXIT.failed;
    case "looked":
      return EXIT.ok;
    case "deadline":
      return EXIT.deadline;
    case "missing":
    case "gone":
      return EXIT.notFound;
    case "refused":
      return EXIT.refused;
    case "outage":
      return EXIT.noAnswer;
  }
}

/** The exit code of a call that failed for good. */
export function exitOfFault(fault: Pick<Fault, "class">): ExitCode {
  switch (fault.class) {
    case "missing":
      return EXIT.notFound;
    case "refused":
    case "clock":
    case "stale":
      return EXIT.refused;
    case "throttled":
    case "transient":
      return EXIT.noAnswer;
  }
}

/** The exit code of several tasks: the highest of theirs, so that it is 0 only when all are complete. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return codes.reduce((worst, code) => (code > worst ? code : worst), EXIT.ok as ExitCode);
}
