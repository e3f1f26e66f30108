import { DataResource, TerraformCount } from "cdktf";
import { Duration, ExposedFailure, FailureMode, WaitAt } from "../../../lib";
import { DONE, FAILED, play, RUNNING } from "./scene";
import type { Row } from "./row";

/** Runs that fail in the middle: nothing bad is ever kept, and the next run can do better. */
export function neverFrozen(waitAt: WaitAt): Promise<Row[]> {
  return play(waitAt, { "t-1": RUNNING, "t-2": DONE }, async (scene) => {
    const { service } = scene.workspace;
    scene.gate({ timeout: Duration.seconds(1.5) });
    await scene.observe("the deadline comes first", ["apply"], { onceBlocked: () => undefined });
    service.addTask("t-1", FAILED);
    scene.gate();
    await scene.observe("then the task has failed", ["apply"]);
    scene.gate({ taskId: "t-2" });
    await scene.observe("then a new id", ["apply"]);
  });
}

/** The look after the wait fails, though the wait went well. */
export function unreadableAfterTheWait(): Promise<Row[]> {
  const refusedFromTheSecondLook = { faults: [{ kind: "forbidden" as const, look: { from: 2 } }] };
  return play(WaitAt.APPLY, { "t-1": RUNNING }, async (scene) => {
    const { service } = scene.workspace;
    scene.gate();
    await scene.observe("the wait sees the end, the look after it is refused", ["apply"], {
      onceBlocked: () => service.addTask("t-1", { ...DONE, ...refusedFromTheSecondLook }),
    });
    await scene.observe("BDRC refuses still", ["plan"]);
    service.addTask("t-1", DONE);
    await scene.observe("BDRC answers again", ["apply"]);

    scene.forget();
    service.addTask("t-1", RUNNING);
    scene.gate({
      timeout: Duration.seconds(1.5),
      onFailure: FailureMode.EXPOSE,
      exposeAlso: [ExposedFailure.DEADLINE],
    });
    await scene.observe("DEADLINE is exposed and comes, the look after it is refused", ["apply"], {
      onceBlocked: () => service.addTask("t-1", { ...RUNNING, ...refusedFromTheSecondLook }),
    });
    service.addTask("t-1", RUNNING);
    await scene.observe("BDRC answers again, the task runs still", ["apply"], {
      onceBlocked: () => undefined,
    });
  });
}

/** A `count` on a result that is waited for at apply. */
export function countAtApply(): Promise<Row[]> {
  return play(WaitAt.APPLY, { "t-1": RUNNING, "t-2": DONE, "t-3": FAILED }, async (scene) => {
    const { workspace } = scene;
    const { service } = workspace;
    const gate = (taskId: string): void =>
      workspace.synth({
        gate: (stack) => {
          const task = scene.task(stack, { taskId });
          new DataResource(stack, "sized", { count: TerraformCount.of(task.count("ACS::OSS::Bucket")) });
        },
      });
    gate("t-1");
    await scene.observe("the task runs", ["plan"]);
    gate("t-2");
    await scene.observe("the task has ended", ["apply"]);
    service.removeTask("t-2");
    await scene.observe("the task is gone", ["plan"]);
    scene.keep();
    await scene.observe("destroy, the task is gone", ["destroy"]);
    scene.restore();
    gate("t-3");
    await scene.observe("destroy with a new id that has failed", ["destroy"]);
    scene.restore();
    gate("t-1");
    await scene.observe("destroy with a new id that runs", ["destroy"]);
    await scene.observe("destroy without refresh", ["destroy", "-refresh=false"]);
  });
}
