/** What a code says. */
interface Meaning {
  /** What is the matter, in one sentence. */
  readonly means: string;
  /** What to do, and what to know for that, as Markdown: it stands in docs/troubleshooting.md and nowhere else. */
  readonly next: string;
}

/**
 * Every problem that can be met, at synth or when something runs: its code, what it means, and what to do. The one
 * registry: results, events, `--json` and texts hold the codes, and `npm run docs:codes` writes the part of
 * docs/troubleshooting.md on them.
 *
 * A code keeps its name and its meaning. What is new may get a code of its own; a program treats one that it does not
 * know like REFUSED when nothing can be done without a person, which is right for every code but OUTAGE and DEADLINE.
 */
export const PROBLEMS = {
  TASK_FAILED: {
    means: "The task ended as FAILED.",
    next: "`Message` is what BDRC says of it. Mend what it names, start a new task and use its id. To go on all the same: `onFailure: FailureMode.EXPOSE`.",
  },
  TASK_EXPIRED: {
    means: "The task ended as EXPIRED.",
    next: "Start a new task and use its id.",
  },
  TASK_CANCELED: {
    means: "The task ended as CANCELED.",
    next: "Find out who canceled it; start a new task and use its id.",
  },
  BAD_RESULT: {
    means: "The task is COMPLETE, and what it found cannot be understood.",
    next: "See [below](#while-terraform-runs). The gate stays closed, since taking it for zero would remove what is sized by it.",
  },
  NOT_ENDED: {
    means: "The task was looked at once and had not ended; nothing was to wait for it.",
    next: "`BDRC_TASK_WAIT=never` is set (the text says so; unset it), or a read came before the task's end.",
  },
  DEADLINE: {
    means: "The task had not ended when the timeout was over.",
    next: "Run it again to go on waiting, or allow more time: the prop `timeout`, the flag `--timeout`. With a status that BDRC does not document, ask BDRC what it means: more time may not help.",
  },
  NOT_FOUND: {
    means: "BDRC does not know the task.",
    next: "Check the id, the account, and the region: a task is known at one endpoint only.",
  },
  GONE: {
    means: "BDRC knew the task before and does not know it any more.",
    next: "Its record has expired. A kept result is not touched by it. If nothing was kept yet, start a new task.",
  },
  NO_CREDENTIALS: {
    means: "Nothing gives an access key, so nothing was asked.",
    next: "The text says where it looked, and which profiles there are: see [Where credentials come from](#where-credentials-come-from). With a named profile the keys of the environment are not used.",
  },
  BAD_CREDENTIALS: {
    means: "BDRC does not accept the access key, its secret or its token.",
    next: "Check the access key, its secret and the security token.",
  },
  NO_PERMISSION: {
    means: "The identity whose keys are used may not do this.",
    next: "Grant the RAM action that the text names, on `*`.",
  },
  CLOCK: {
    means: "This machine's clock is too far from BDRC's.",
    next: "Set the clock; the text says how far off it is.",
  },
  CERTIFICATE: {
    means: "The certificate of the endpoint cannot be trusted.",
    next: "Check the endpoint; name an authority of your own in `NODE_EXTRA_CA_CERTS`.",
  },
  PROXY: {
    means: "The proxy between this machine and BDRC refuses, or is none.",
    next: "Check `HTTPS_PROXY` and `NO_PROXY`.",
  },
  UNKNOWN_HOST: {
    means: "DNS does not know the endpoint.",
    next: "Most likely a misspelt region. It ends a wait that had no answer yet after 30 seconds.",
  },
  WRONG_ENDPOINT: {
    means: "What answers at the endpoint is not BDRC.",
    next: "Check the endpoint.",
  },
  BAD_PARAMETER: {
    means: "BDRC does not accept a parameter of the call.",
    next: "Correct what the message names.",
  },
  REFUSED: {
    means: "BDRC refused for another reason; asking again would bring the same.",
    next: "Read what the server says; check endpoint, region and account.",
  },
  OTHER_TASK: {
    means: "Something on the way answers for another task.",
    next: "Look for a proxy, cache or gateway.",
  },
  BAD_ANSWER: {
    means: "An answer of BDRC makes no sense, or names no task.",
    next: "Report it to BDRC with the text.",
  },
  OUTAGE: {
    means: "There was no good answer for too long.",
    next: "Check network, proxy and endpoint, and run it again; `bdrc-task doctor` looks at each part of the way.",
  },
  SEVERAL: {
    means: "Several tasks of one wait did not succeed, each with another code.",
    next: "From `BdrcTasks`; the code of each is `task(id).problemCode`.",
  },
  REQUIREMENT: {
    means: "The task succeeded, and what it found is not what was required.",
    next: "See `require` of the construct.",
  },
  NO_RESULT: {
    means: "The result is none of a task; most likely a test mocks the provider.",
    next: "Give the mock a result: [testing.md](testing.md).",
  },
  OTHER_PLACE: {
    means: "A warning: the kept result is from another region or endpoint than the one that is asked now.",
    next: "The same task id is the same wait, so a changed region or endpoint keeps the result, and a plan never breaks over it. If it is the same task reached another way, nothing is to be done; else give another id, or replace the snapshot, which takes what is there or stops with its problem. A VPC endpoint of the same region is the same place.",
  },
  START_UNCLEAR: {
    means: "A task may have been started, and nobody knows which.",
    next: "Apply again, which looks for it first; by hand, `bdrc-task list`.",
  },
  NO_RECEIPT: {
    means: "The file with the id of a started task is not on this machine.",
    next: "See [below](#while-terraform-runs).",
  },
  BAD_RECEIPT: {
    means: "The file with the id of a started task cannot be read or written.",
    next: "Make the file that the text names readable and writable.",
  },
  BAD_INPUT: {
    means: "The query, the command line, the environment or a file is wrong; nothing was asked of BDRC.",
    next: "The text names the key, flag, variable or file, its value, and what is allowed.",
  },
  BAD_CONFIGURATION: {
    means: "A construct, or a module's input, is used in a way that cannot work; nothing was asked of BDRC.",
    next: "Nearly always at synth: the text begins with the construct's path, and names the prop, its value and what is allowed.",
  },
  GATE_BROKEN: {
    means: "What is written would not hold the gate, since something changed it after it was made.",
    next: "At synth: the text names the block, and what changed it where that can be seen. See [below](#at-synth).",
  },
  NO_WAITER: {
    means: "The waiter's file is missing, or is not the one that belongs here.",
    next: "Copy the whole folder of the stack or module once more, with everything in it.",
  },
  UNKNOWN: {
    means: "The result was kept by a version that knew no codes, and its status does not tell.",
    next: "Read the text; the next result has a code.",
  },
} as const satisfies Readonly<Record<string, Meaning>>;

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
