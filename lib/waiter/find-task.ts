import type { FindRequest } from "../protocol/find";
import { taskTypeOf } from "../protocol/start";
import { taskIdProblem } from "../protocol/task-id";
import { callOnce, type Reply } from "./bdrc/call";
import { getProtectionPolicy, type ApiClient, type Operation } from "./bdrc/client";
import { lookAt, tellable } from "./bdrc/look";
import type { BdrcTaskRecord } from "./bdrc/task";
import { insteadText, latestTask, requestText, stateText } from "./choose-task";
import type { Clock } from "./clock";
import type { Fault } from "./failure";
import { duration } from "./report";
import { listTasks } from "./task-list";
import type { LookAnswer } from "./wait";

/** A task that was found, and why it is this one, in one line. */
export interface FoundTask {
  readonly taskId: string;
  readonly choice: string;
}

/** What is looked for, as a person says it. */
export function findText(find: FindRequest): string {
  return "policy" in find
    ? `the latest task of protection policy ${find.policy}`
    : `the newest ${requestText(find)} within ${duration(find.within * 1000)}`;
}

/**
 * Makes looks that find the task first: until it is known, a look asks for it, and that it is not there is a fault like
 * that of a task that is missing. So all rules of a wait hold for the finding, too. Once found it stays the one.
 */
export class Finder {
  /** The task that was found; undefined before. */
  found: FoundTask | undefined;
  private answered = false;
  private lookAtFound: ((limit: number) => Promise<LookAnswer<BdrcTaskRecord>>) | undefined;

  constructor(
    private readonly client: ApiClient,
    private readonly find: FindRequest,
    private readonly clock: Clock,
  ) {}

  /** One look; see `WaitPorts.look`. */
  async look(limit: number): Promise<LookAnswer<BdrcTaskRecord>> {
    const { client, clock } = this;
    const begin = clock.now();
    const left = (): number => Math.max(1, limit - (clock.now() - begin));
    if (!this.lookAtFound) {
      const call = async (operation: Operation): Promise<Reply> => {
        const reply = await callOnce(client, operation, left(), clock.date(), this.answered);
        this.answered ||= reply.fault === undefined;
        return reply;
      };
      const found = await ("policy" in this.find
        ? ofPolicy(this.find.policy, call)
        : latest(this.find, call, clock));
      if (!("taskId" in found)) return { fault: tellable(found, (text) => client.redact(text)) };
      this.found = found;
      this.lookAtFound = lookAt(client, found.taskId, () => clock.date());
    }
    return this.lookAtFound(left());
  }
}

type Call = (operation: Operation) => Promise<Reply>;

async function latest(
  find: Exclude<FindRequest, { policy: string }>,
  call: Call,
  clock: Clock,
): Promise<FoundTask | Fault> {
  const listed = await listTasks(call, { type: taskTypeOf(find.action) });
  if (listed.fault) return listed.fault;
  const now = listed.date ?? clock.date();
  const choice = { request: find, tasks: listed.tasks, within: find.within * 1000, now };
  const task = latestTask(choice);
  if (task) {
    return { taskId: task.taskId, choice: `${task.taskId} is ${findText(find)}: ${stateText(task)}` };
  }
  return nothing(find, [
    ["Found instead", insteadText(choice)],
    ["Next", "start one, or let `within` reach further back; of one resource type alone with `resourceType`"],
  ]);
}

async function ofPolicy(policy: string, call: Call): Promise<FoundTask | Fault> {
  const reply = await call(getProtectionPolicy(policy));
  if (reply.fault) return reply.fault;
  const { LatestTaskId: taskId } = (reply.document.get("Data") ?? {}) as { LatestTaskId?: unknown };
  if (typeof taskId === "string" && taskIdProblem(taskId) === undefined) {
    return { taskId, choice: `${taskId} is ${findText({ policy })}` };
  }
  return nothing({ policy }, [
    ["Found instead", "the policy, without a task"],
    ["Next", "apply the policy, which starts one"],
  ]);
}

function nothing(find: FindRequest, facts: NonNullable<Fault["facts"]>): Fault {
  return { class: "missing", message: `${findText(find)} is not there`, facts };
}
