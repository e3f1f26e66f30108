import * as path from "node:path";
import { placeOf } from "../protocol/endpoint";
import type { ResultMap } from "../protocol/result";
import { taskIdProblem } from "../protocol/task-id";
import { type ApplyWaitOptions, isAccepted, isSeen, labelled, withLines } from "./apply-wait";
import { adviceOn, againIn, codeOfFault, isDenied, NO_CREDENTIALS } from "./advice";
import { callApi, isUnclear } from "./bdrc/call";
import { startTask } from "./bdrc/client";
import type { BdrcTaskRecord } from "./bdrc/task";
import type { Fault } from "./failure";
import { findStarted, type Found } from "./find-started";
import { printable } from "./printable";
import type { StartQuery } from "./query";
import { choiceOf, type Intent, type Receipt, ReceiptError, type ReceiptFile } from "./receipt";
import { type Fact, problemWith, serverText } from "./report";
import { unreadableResult } from "./result";
import { findReusable } from "./reuse";
import { connect, runQuery, type RunContext, runWait } from "./run";

/**
 * Starts a task and waits for it, unless the query says otherwise; or picks up one whose wait was interrupted, or takes
 * one that is fresh enough.
 *
 * @returns whether the task opens the gate. If not, its text is printed and Terraform makes the wait again in the next
 * apply: one that has not ended is picked up then, after one that has ended badly another one is started. One whose id
 * was never seen, since the start itself was interrupted, is looked for in the list of tasks.
 * @throws ReceiptError when what is started could not be remembered; nothing was asked of the API then, or the intent is
 * kept
 */
export async function startAtApply(
  query: StartQuery,
  receipts: ReceiptFile,
  context: RunContext,
  options: ApplyWaitOptions,
): Promise<boolean> {
  const connection = connect(query, context.environment);
  const shown = { ...withLines(context, options), connection };
  const clean = (text: string): string => connection.client.redact(text);
  const now = (): string => new Date(context.clock.date()).toISOString();
  const say = (text: string): void => options.print(labelled(options, text));

  const earlier = receipts.read();
  const known = earlier && "intendedAt" in earlier ? await whatBecameOf(earlier) : earlier;
  if (known === "unknown") return false;
  if (known && !known.done) {
    say(`${known.taskId} was started at ${known.startedAt} and is picked up again`);
    const end = await waitFor(known, true);
    if (end !== "lost") return end === "opens";
  }

  let why = "";
  if (query.reuseSeconds !== undefined) {
    const { task, text, fault } = await findReusable(connection, query.start, {
      within: query.reuseSeconds * 1000,
      notTaskId: known?.taskId ?? "",
      clock: context.clock,
    });
    if (fault) {
      const first = `No task was started, since the list of tasks cannot be read: ${clean(fault.message)}.`;
      const told = problemWith(codeOfFault(fault), first, [
        ["Action", query.start.action],
        ["Reason", "one that is fresh enough would be taken instead (reuse)"],
        ["Endpoint", query.endpoint.host],
        ...(isDenied(fault) ? ([["Permission", "bdrc:DescribeTasks on *"]] as const) : []),
        ...serverFacts(fault, clean),
        ["Next", howToGoOn(fault, "DescribeTasks")],
      ]);
      options.print(`\n${told.text}`);
      return false;
    }
    if (task) {
      say(text);
      const receipt = { taskId: task.taskId, startedAt: beginText(task) ?? now(), done: false, choice: text };
      receipts.write(receipt);
      const end = await waitFor(receipt, true);
      if (end !== "lost") return end === "opens";
    } else why = `: ${text}`;
  }

  // From here on whoever kills this process leaves a trace of what it was about to do.
  receipts.write({ intendedAt: now(), notTaskId: known?.taskId ?? "" });
  const reply = await callApi(connection, startTask(query.start.action, query.start.form), context.clock);
  const taskId = (reply.document?.get("Data") as { TaskId?: unknown } | undefined)?.TaskId;
  if (typeof taskId !== "string" || taskIdProblem(taskId) !== undefined) {
    const isCertain = reply.fault !== undefined && !isUnclear(reply.fault);
    if (isCertain && known) receipts.write(known);
    else if (isCertain) receipts.remove();
    options.print(`\n${notStarted(query, reply.fault, clean)}`);
    return false;
  }
  const choice = choiceOf(`${taskId} started with ${query.start.action}${why}`);
  say(choice);
  const receipt = { taskId, startedAt: now(), done: false, choice };
  receipts.write(receipt);
  return (await waitFor(receipt, false)) === "opens";

  /** What a task does to the gate. @param mayBeLost whether another one is started when BDRC does not know it any more */
  async function waitFor(kept: Receipt, mayBeLost: boolean): Promise<"opens" | "closes" | "lost"> {
    if (query.startOnly) {
      finish(kept, true);
      return "opens";
    }
    const run = await runWait({ ...query, taskId: kept.taskId }, shown);
    const opens = run.result.problem === "" || isAccepted(run, options);
    const isLost = run.outcome.ending === "missing" || run.outcome.ending === "gone";
    if (isLost && !opens && mayBeLost) {
      say(`BDRC does not know ${kept.taskId} any more; another task is started`);
      return "lost";
    }
    finish(kept, isSeen(run, options));
    if (opens) return "opens";
    options.print(`\n${run.result.problem}`);
    return "closes";
  }

  function finish(kept: Receipt, done: boolean): void {
    try {
      receipts.write({ ...kept, done });
    } catch (error) {
      // The id is kept already, which is all that the read after this needs.
      if (!(error instanceof ReceiptError)) throw error;
      say(`that the end of ${kept.taskId} was seen cannot be kept in ${receipts.file}`);
    }
  }

  /** The task of a start whose answer nobody saw; undefined when there was none. */
  async function whatBecameOf(intent: Intent): Promise<Receipt | "unknown" | undefined> {
    say(`an apply was interrupted at ${intent.intendedAt} while it started a task; it is looked for`);
    const found = await findStarted(connection, query.start, intent, context.clock);
    if (found.kind === "none") {
      say("BDRC lists no task of that start");
      return intent.notTaskId === ""
        ? undefined
        : { taskId: intent.notTaskId, startedAt: intent.intendedAt, done: true };
    }
    if (found.kind === "task") {
      const { taskId } = found.task;
      const choice = `${taskId} was started by an apply that was interrupted`;
      const receipt = { taskId, startedAt: beginText(found.task) ?? intent.intendedAt, done: false, choice };
      receipts.write(receipt);
      return receipt;
    }
    options.print(`\n${notFound(query, intent, found, receipts.file, clean)}`);
    return "unknown";
  }
}

/** When a task began, ISO 8601 in UTC; undefined when it does not say. */
function beginText({ startTime }: BdrcTaskRecord): string | undefined {
  return startTime && startTime < 8.64e12 ? new Date(startTime * 1000).toISOString() : undefined;
}

/** Why an apply cannot go on after one that was interrupted in the middle of a start. */
function notFound(
  query: StartQuery,
  intent: Intent,
  found: Exclude<Found, { kind: "task" | "none" }>,
  file: string,
  clean: (text: string) => string,
): string {
  const byHand = `delete ${printable(path.resolve(file))} when no task of it is under way; the next apply starts one then`;
  const common = [
    ["Action", query.start.action],
    ["Interrupted", intent.intendedAt],
    ["Endpoint", query.endpoint.host],
  ] as const;
  if (found.kind === "unsure") {
    return problemWith(
      "START_UNCLEAR",
      "An earlier apply may have started one of several tasks; no other one is started.",
      [
        ...common,
        [
          "Tasks",
          printable(
            found.tasks
              .slice(0, 10)
              .map(({ taskId }) => taskId)
              .join(", "),
          ),
        ],
        ["Next", `look at them with bdrc-task show; ${byHand}`],
      ],
    ).text;
  }
  const { fault } = found;
  const denied = isDenied(fault);
  return problemWith(
    "START_UNCLEAR",
    `An earlier apply may have started a task, and the list of tasks cannot be read: ${clean(fault.message)}.`,
    [
      ...common,
      ...(denied ? ([["Permission", "bdrc:DescribeTasks on *"]] as const) : []),
      ...serverFacts(fault, clean),
      ["Next", `${denied ? "grant it and apply again" : howToGoOn(fault, "DescribeTasks")}; or ${byHand}`],
    ],
  ).text;
}

function notStarted(query: StartQuery, fault: Fault | undefined, clean: (text: string) => string): string {
  const { action } = query.start;
  const isCertain = fault !== undefined && !isUnclear(fault);
  return problemWith(
    isCertain ? codeOfFault(fault) : "START_UNCLEAR",
    `No task was started: ${clean(fault?.message ?? "the answer holds no task id")}.`,
    [
      ["Action", action],
      ...(fault && isDenied(fault) ? ([["Permission", `bdrc:${action} on *`]] as const) : []),
      ...(fault ? serverFacts(fault, clean) : []),
      ...(fault?.code === NO_CREDENTIALS ? (fault.facts ?? []) : []),
      ["Endpoint", query.endpoint.host],
      [
        "Next",
        isCertain
          ? howToGoOn(fault, action)
          : "it may have been started all the same: apply again, which looks for it before it starts another one",
      ],
    ],
  ).text;
}

function serverFacts(fault: Fault, clean: (text: string) => string): Fact[] {
  return [
    ...(fault.serverMessage ? ([["Server says", clean(serverText(fault.serverMessage))]] as const) : []),
    ...(fault.requestId ? ([["Request id", clean(fault.requestId)]] as const) : []),
  ];
}

/** What mends a start that was refused, after which the apply makes it again. */
function howToGoOn(fault: Fault, action: string): string {
  const advice = adviceOn(fault, { by: "terraform", action });
  return advice.includes(againIn({ by: "terraform" })) ? advice : `${advice}; then apply again`;
}

/** Looks at the task that an apply on this machine has started; without its receipt nothing is asked. */
export async function readStarted(
  query: StartQuery,
  receipts: ReceiptFile,
  context: RunContext,
): Promise<ResultMap> {
  let receipt: Receipt | Intent | undefined;
  try {
    receipt = receipts.read();
  } catch (error) {
    if (!(error instanceof ReceiptError)) throw error;
    return unreadableResult({ code: error.code, text: error.message }, placeOf(query.endpoint));
  }
  if (receipt && "taskId" in receipt) {
    const { taskId, choice = "" } = receipt;
    if (!query.startOnly) return runQuery({ ...query, taskId, choice }, context);
    // Nobody has seen its end, so it is no success.
    const text = `Task ${taskId} was started and not waited for.`;
    const unseen = unreadableResult({ code: "NOT_ENDED", text }, placeOf(query.endpoint));
    return { ...unseen, status: "STARTED", task_id: taskId, choice };
  }
  const none = problemWith("NO_RECEIPT", "There is no receipt of a started task on this machine.", [
    ["Action", query.start.action],
    ["Reason", "its result was not kept before the file with its id was lost"],
    [
      "Next",
      "change a value of triggers, or apply with -replace=<address of the wait>: that starts another task",
    ],
  ]);
  return unreadableResult(none, placeOf(query.endpoint));
}
