import type { ResultMap } from "../protocol/result";
import { UNREADABLE } from "../protocol/status";
import { taskIdProblem } from "../protocol/task-id";
import { type ApplyWaitOptions, waitAtApply } from "./apply-wait";
import { callApi, isUnclear } from "./bdrc/call";
import { startTask } from "./bdrc/client";
import type { StartQuery } from "./read-query";
import type { ReceiptFile } from "./receipt";
import { emptyResult } from "./result";
import { factText } from "./report";
import { connect, runQuery, type RunContext } from "./run";

/**
 * Starts a task and waits for it, or picks up one whose wait was interrupted.
 *
 * @returns whether the wait saw what it waited for; see {@link waitAtApply}
 */
export async function startAtApply(
  query: StartQuery,
  receipts: ReceiptFile,
  context: RunContext,
  options: ApplyWaitOptions,
): Promise<boolean> {
  const connection = connect(query, context.environment);
  const shared = { ...context, connection };
  const say = (text: string): void =>
    options.print(`${options.label === "" ? "" : `${options.label}: `}${text}`);

  const earlier = receipts.read();
  if (earlier && !earlier.done) {
    say(`${earlier.taskId} was started at ${earlier.startedAt} and is picked up again`);
    return finish(earlier.taskId, earlier.startedAt);
  }
  const reply = await callApi(connection, startTask(query.start.action, query.start.form), context.clock);
  const taskId = (reply.document?.get("Data") as { TaskId?: unknown } | undefined)?.TaskId;
  if (typeof taskId !== "string" || taskIdProblem(taskId) !== undefined) {
    const clean = (text: string): string => connection.client.redact(text);
    const { fault } = reply;
    options.print(
      `\n${factText(`No task was started: ${clean(fault?.message ?? "the answer holds no task id")}.`, [
        ["Action", query.start.action],
        ...(fault?.serverMessage ? ([["Message", clean(fault.serverMessage)]] as const) : []),
        ...(fault?.requestId ? ([["Request id", fault.requestId]] as const) : []),
        ["Endpoint", query.endpoint.host],
        [
          "Next",
          fault && isUnclear(fault)
            ? "it may have been started all the same: look with bdrc-task list; the next apply starts another one"
            : `check the parameters and the permission bdrc:${query.start.action}, then apply again`,
        ],
      ])}`,
    );
    return false;
  }
  say(`${taskId} started with ${query.start.action}`);
  const startedAt = new Date(context.clock.date()).toISOString();
  receipts.write({ taskId, startedAt, done: false });
  return finish(taskId, startedAt);

  async function finish(id: string, since: string): Promise<boolean> {
    const seen = await waitAtApply({ ...query, taskId: id }, shared, options);
    if (seen) receipts.write({ taskId: id, startedAt: since, done: true });
    return seen;
  }
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
      ["Next", "apply again: a task is started at apply, and its result is kept in the state"],
    ]),
  };
}
