import type { ResultMap } from "../protocol/result";
import { UNREADABLE } from "../protocol/status";
import { taskIdProblem } from "../protocol/task-id";
import { type ApplyWaitOptions, isAccepted, isSeen, withLines } from "./apply-wait";
import { callApi, isUnclear } from "./bdrc/call";
import { startTask } from "./bdrc/client";
import type { Fault } from "./failure";
import type { StartQuery } from "./read-query";
import type { Receipt, ReceiptFile } from "./receipt";
import { emptyResult } from "./result";
import { factText } from "./report";
import { connect, type Run, runQuery, type RunContext, runWait } from "./run";

/**
 * Starts a task and waits for it, or picks up one whose wait was interrupted.
 *
 * @returns whether the task opens the gate. If not, its text is printed and Terraform makes the wait again in the next
 * apply: one that has not ended is picked up then, after one that has ended badly another one is started.
 */
export async function startAtApply(
  query: StartQuery,
  receipts: ReceiptFile,
  context: RunContext,
  options: ApplyWaitOptions,
): Promise<boolean> {
  const connection = connect(query, context.environment);
  const shown = { ...withLines(context, options), connection };
  const say = (text: string): void =>
    options.print(`${options.label === "" ? "" : `${options.label}: `}${text}`);

  const earlier = receipts.read();
  if (earlier && !earlier.done) {
    say(`${earlier.taskId} was started at ${earlier.startedAt} and is picked up again`);
    const run = await runWait({ ...query, taskId: earlier.taskId }, shown);
    const lost = run.outcome.ending === "missing" || run.outcome.ending === "gone";
    if (!lost || isAccepted(run, options)) return finish(run, earlier);
    say(`BDRC does not know ${earlier.taskId} any more; another task is started`);
  }

  const reply = await callApi(connection, startTask(query.start.action, query.start.form), context.clock);
  const taskId = (reply.document?.get("Data") as { TaskId?: unknown } | undefined)?.TaskId;
  if (typeof taskId !== "string" || taskIdProblem(taskId) !== undefined) {
    options.print(`\n${notStarted(query, reply.fault, (text) => connection.client.redact(text))}`);
    return false;
  }
  say(`${taskId} started with ${query.start.action}`);
  const receipt = { taskId, startedAt: new Date(context.clock.date()).toISOString(), done: false };
  receipts.write(receipt);
  return finish(await runWait({ ...query, taskId }, shown), receipt);

  function finish(run: Run, kept: Receipt): boolean {
    const opens = run.result.problem === "" || isAccepted(run, options);
    receipts.write({ ...kept, done: isSeen(run, options) });
    if (!opens) options.print(`\n${run.result.problem}`);
    return opens;
  }
}

function notStarted(query: StartQuery, fault: Fault | undefined, clean: (text: string) => string): string {
  return factText(`No task was started: ${clean(fault?.message ?? "the answer holds no task id")}.`, [
    ["Action", query.start.action],
    ...(fault?.serverMessage ? ([["Server says", clean(fault.serverMessage)]] as const) : []),
    ...(fault?.requestId ? ([["Request id", clean(fault.requestId)]] as const) : []),
    ["Endpoint", query.endpoint.host],
    [
      "Next",
      fault && isUnclear(fault)
        ? "it may have been started all the same: look with bdrc-task list; the next apply starts another one"
        : `check the parameters and the permission bdrc:${query.start.action}, then apply again`,
    ],
  ]);
}

/** Looks at the task that an apply on this machine has started; without its receipt nothing is asked. */
export async function readStarted(
  query: StartQuery,
  receipts: ReceiptFile,
  context: RunContext,
): Promise<ResultMap> {
  const receipt = receipts.read();
  if (receipt) return runQuery({ ...query, taskId: receipt.taskId }, context);
  return {
    ...emptyResult(""),
    status: UNREADABLE,
    problem: factText("There is no receipt of a started task on this machine.", [
      ["Action", query.start.action],
      ["Reason", "its result was not kept before the file with its id was lost"],
      [
        "Next",
        "change a value of triggers, or apply with -replace=<address of the wait>: that starts another task",
      ],
    ]),
  };
}
