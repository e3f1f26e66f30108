import { type Acs3Credentials, parseAcs3Authorization } from "../acs3";
import type { TaskScript } from "../task-script";
import { type Call, type RecordedCall, withoutSecrets } from "./call";
import type { Fault } from "./fault";
import { replyWithFault } from "./fault-reply";
import { Gatekeeper, type Refusal } from "./gatekeeper";
import { DESCRIBE_TASK } from "./operations";
import { DEFAULT_NEW_TASK, type FakeBdrcScenario, type Outage } from "./options";
import { Quota } from "./quota";
import { type Answer, type Reply, failure } from "./reply";
import { type Route, routeOf } from "./route";
import { type Look, TaskStore } from "./task-store";

/** What a service without I/O is made of; see FakeBdrcScenario. */
export interface ServiceSettings {
  readonly credentials: Acs3Credentials;
  readonly quotaPerSecond: number;
  readonly checkSignature: boolean;
  readonly newTask: TaskScript | undefined;
  readonly protectionPolicies?: FakeBdrcScenario["protectionPolicies"];
  readonly outages: readonly Outage[];
  /** When the service started, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** The fake service without its socket: a call goes in, a reply comes out, and the call is remembered. */
export class Service {
  /** Every call, in the order of coming. */
  readonly calls: RecordedCall[] = [];
  /** The scripted tasks. */
  readonly tasks = new TaskStore();
  /** What every call meets at present; undefined for nothing. */
  faultForAll: Fault | undefined;

  private readonly gatekeeper: Gatekeeper;
  private readonly quota: Quota;

  constructor(private readonly settings: ServiceSettings) {
    this.gatekeeper = new Gatekeeper(settings);
    this.quota = new Quota(settings.quotaPerSecond);
  }

  /** Answers a call. */
  handle(call: Call): Reply {
    const found = routeOf(call);
    const route = "operation" in found ? found : undefined;
    const look = route?.name === DESCRIBE_TASK ? this.tasks.look(route.pathId, call.now) : undefined;
    const step = "operation" in found ? (this.refusalOf(call, found) ?? found) : found;
    const answer = () => ("operation" in step ? this.answerOf(call, step, look) : failureOf(call, step));
    // A refused call never gets as far as the task, so that a scripted fault is not met either.
    const fault = this.faultForAllAt(call.now) ?? ("operation" in step ? look?.view?.fault : undefined);
    const reply: Reply =
      fault === undefined
        ? { answer: answer(), delivery: { how: "whole" } }
        : replyWithFault(fault, answer, call);
    this.calls.push(this.recordOf(call, route, look?.look, fault, reply));
    return reply;
  }

  private answerOf(call: Call, { operation, pathId }: Route, look: Look | undefined): Answer {
    const { newTask = DEFAULT_NEW_TASK, protectionPolicies = {}, startedAt } = this.settings;
    return operation.answer({
      call,
      pathId,
      look,
      tasks: this.tasks,
      newTask,
      protectionPolicies,
      startedAt,
    });
  }

  private refusalOf(call: Call, route: Route): Refusal | undefined {
    const refusal = this.gatekeeper.check(call, route.name);
    if (refusal !== undefined) return refusal;
    const waitMs = this.quota.take(route.name, call.now);
    if (waitMs === 0) return undefined;
    return {
      status: 400,
      code: "Throttling.User",
      message: "Request was denied due to user flow control.",
      headers: { "x-acs-retry-after": String(waitMs) },
    };
  }

  private faultForAllAt(now: number): Fault | undefined {
    if (this.faultForAll !== undefined) return this.faultForAll;
    const seconds = (now - this.settings.startedAt) / 1000;
    const covers = ({ fromSeconds = 0, toSeconds = Number.POSITIVE_INFINITY }: Outage) =>
      seconds >= fromSeconds && seconds < toSeconds;
    return this.settings.outages.find(covers)?.fault;
  }

  private recordOf(
    call: Call,
    route: Route | undefined,
    look: number | undefined,
    fault: Fault | undefined,
    reply: Reply,
  ): RecordedCall {
    return {
      at: call.now - this.settings.startedAt,
      operation: route?.name,
      method: call.method,
      path: call.path,
      taskId: look === undefined ? undefined : route?.pathId,
      look,
      status: reply.answer?.status,
      code: reply.answer?.code,
      fault: fault?.kind,
      accessKeyId: parseAcs3Authorization(call.headers["authorization"] ?? "")?.accessKeyId,
      userAgent: call.headers["user-agent"],
      headers: withoutSecrets(call.headers),
    };
  }
}

function failureOf(call: Call, refusal: Refusal): Answer {
  return failure(call, refusal.status, refusal.code, refusal.message, { headers: refusal.headers ?? {} });
}
