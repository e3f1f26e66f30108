import { type BdrcTaskProps, Duration, ExposedFailure, FailureMode, WaitAt } from "../../../lib";
import { DONE, FAILED, play, RUNNING } from "./scene";
import type { Row } from "./row";

const PARTIAL = { "ACS::OSS::Bucket": 1 };

/** `remember: false`, which is for waits at plan only. */
export function forgetful(): Promise<Row[]> {
  return play(WaitAt.PLAN, { "t-1": RUNNING }, async (scene) => {
    const { service } = scene.workspace;
    scene.gate({ remember: false });
    await scene.observe("first apply, the task runs", ["apply"]);
    await scene.observe("second plan", ["plan"]);
    service.addTask("t-1", RUNNING);
    await scene.observe("the task runs again", ["plan"]);
    scene.keep();
    service.removeTask("t-1");
    // Long enough for the time in which a task may be missing.
    scene.gate({ remember: false, timeout: Duration.minutes(1) });
    await scene.observe("the task is gone", ["plan"]);
    await scene.observe("destroy, the task is gone", ["destroy"]);
    scene.restore();
    service.addTask("t-1", FAILED);
    await scene.observe("destroy, the task has failed", ["destroy"]);
    scene.restore();
    service.addTask("t-1", RUNNING);
    await scene.observe("destroy, the task runs", ["destroy"]);
  });
}

/** `onFailure: EXPOSE`: every end of a task opens the gate, and nothing else does. */
export function exposed(waitAt: WaitAt): Promise<Row[]> {
  const tasks = {
    "t-1": RUNNING,
    "t-2": { ends: "EXPIRED", partialCounts: PARTIAL },
    "t-3": { ends: "CANCELED", partialCounts: PARTIAL },
    "t-5": RUNNING,
    "t-6": { faults: [{ kind: "forbidden" as const }] },
  };
  return play(waitAt, tasks, async (scene) => {
    const { service } = scene.workspace;
    const gate = (taskId: string, more: Partial<BdrcTaskProps> = {}): void =>
      scene.gate({ taskId, onFailure: FailureMode.EXPOSE, ...more });
    gate("t-1");
    await scene.observe("the task fails during the wait", ["apply"], {
      onceBlocked: () => service.addTask("t-1", { ...FAILED, partialCounts: PARTIAL }),
    });
    gate("t-2");
    await scene.observe("a task that has EXPIRED", ["apply"]);
    gate("t-3");
    await scene.observe("a task that was CANCELED", ["apply"]);
    scene.forget();
    gate("t-4", { timeout: Duration.minutes(1) });
    await scene.observe("a task that is NOT_FOUND", ["apply"]);
    gate("t-6");
    await scene.observe("a task that is UNREADABLE", ["apply"]);
    gate("t-5", { timeout: Duration.seconds(1.5) });
    await scene.observe("the deadline comes first", ["apply"], { onceBlocked: () => undefined });
  });
}

/** `exposeAlso`: failures that are no end of a task, each named. */
export function exposedAlso(waitAt: WaitAt): Promise<Row[]> {
  const tasks = { "t-1": RUNNING, "t-2": { faults: [{ kind: "forbidden" as const }] } };
  return play(waitAt, tasks, async (scene) => {
    const gate = (taskId: string, failure: ExposedFailure): void =>
      scene.gate({
        taskId,
        onFailure: FailureMode.EXPOSE,
        exposeAlso: [failure],
        timeout: Duration.seconds(1.5),
      });
    gate("t-1", ExposedFailure.DEADLINE);
    await scene.observe("DEADLINE, the task runs on", ["apply"], {
      onceBlocked: () => undefined,
      planAfter: false,
    });
    await scene.observe("and its second plan, the task runs still", ["plan"]);
    await scene.observe("destroy, the task runs still", ["destroy"]);
    gate("t-2", ExposedFailure.UNREADABLE);
    await scene.observe("UNREADABLE", ["apply"]);
    scene.forget();
    gate("t-3", ExposedFailure.NOT_FOUND);
    await scene.observe("NOT_FOUND", ["apply"]);
  });
}

/** `require`: conditions on what was found. */
export function required(waitAt: WaitAt): Promise<Row[]> {
  return play(waitAt, { "t-1": RUNNING, "t-2": RUNNING, "t-3": DONE }, async (scene) => {
    const { service } = scene.workspace;
    const gate = (taskId: string, min: number): void =>
      scene.gate({ taskId, require: { "ACS::OSS::Bucket": { min }, total: { max: 500 } } });
    gate("t-1", 3);
    await scene.observe("met", ["apply"]);
    gate("t-1", 4);
    await scene.observe("tightened later", ["plan"]);
    scene.keep();
    await scene.observe("destroy, not met", ["destroy"]);
    scene.restore();
    gate("t-1", 3);
    await scene.observe("loosened again", ["plan"]);
    gate("t-3", 4);
    await scene.observe("a new id, not met", ["plan"]);
    gate("t-2", 4);
    await scene.observe("a new id that runs, not met", ["apply"], {
      onceBlocked: () => service.addTask("t-2", DONE),
    });
    await scene.observe("and its next plan", ["plan"]);
    gate("t-1", 3);
    await scene.observe("back to the id before", ["apply"]);
  });
}
