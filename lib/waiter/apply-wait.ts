import { NOT_FOUND, UNREADABLE } from "../protocol/status";
import { runMany } from "./many";
import type { ManyQuery, WaitQuery } from "./query";
import { runWait, type Run, type RunContext } from "./run";
import { WaitLines } from "./wait-lines";

/** How a wait at apply presents itself. */
export interface ApplyWaitOptions {
  /** What each line begins with; may be empty. */
  readonly label: string;
  /** Statuses, and DEADLINE, with which the wait ends well besides a task that has ended; joined by commas. */
  readonly accept: string;
  /** Takes one line at a time. */
  readonly print: (line: string) => void;
}

/** The word in `accept` for a task that was still under way at the deadline. */
const DEADLINE = "DEADLINE";

/**
 * Waits where Terraform shows the output, and prints a line whenever something changed.
 *
 * @returns whether the wait saw what it waited for. If not, its text is printed, and Terraform makes the wait again
 * in the next apply. A task that failed was seen: what that means is said by the conditions on its result.
 */
export async function waitAtApply(
  query: WaitQuery | ManyQuery,
  context: RunContext,
  options: ApplyWaitOptions,
): Promise<boolean> {
  const shown = withLines(context, options);
  if ("taskIds" in query) {
    const { runs, result } = await runMany(query, shown);
    const unseen = runs.filter((run) => !isSeen(run, options)).length;
    if (unseen > 0) options.print(`\n${result.problem}`);
    return unseen === 0;
  }
  const { find, choice } = query;
  if (choice) options.print(labelled(options, choice));
  const run = await runWait(query, shown);
  // Of what was found another one can be, so that one which ended badly must not stand for a wait that is over.
  const seen = find ? run.result.problem === "" || isAccepted(run, options) : isSeen(run, options);
  if (!seen) options.print(`\n${run.result.problem}`);
  return seen;
}

/** A line with what it begins with. */
export function labelled({ label }: ApplyWaitOptions, text: string): string {
  return label === "" ? text : `${label}: ${text}`;
}

/** A context whose events are printed as lines, too. */
export function withLines(context: RunContext, options: ApplyWaitOptions): RunContext {
  const lines = new WaitLines(options.label);
  return {
    ...context,
    events: (event) => {
      context.events(event.type === "start" ? { ...event, prints: true } : event);
      const line = lines.line(event);
      if (line !== undefined) options.print(line);
    },
  };
}

/** Whether an apply need not wait again: the task ended, or is something that opens the gate all the same. */
export function isSeen({ outcome, result }: Run, options: ApplyWaitOptions): boolean {
  return outcome.ending === "terminal" || isAccepted({ outcome, result }, options);
}

/** Whether what the task came to opens the gate besides success. */
export function isAccepted({ outcome, result }: Run, options: ApplyWaitOptions): boolean {
  const accepted = options.accept.split(",").filter((word) => word !== "");
  if (accepted.includes(result.status)) return true;
  // A deadline with a task that was never seen says nothing of the task, and the graph does not let it pass.
  const known = result.status !== NOT_FOUND && result.status !== UNREADABLE;
  return outcome.ending === "deadline" && accepted.includes(DEADLINE) && known;
}
