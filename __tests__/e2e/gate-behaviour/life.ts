import type { WaitAt } from "../../../lib";
import { pressKey } from "../../support/workspace";
import { DONE, FAILED, play, RUNNING, type Scene } from "./scene";
import type { Row } from "./row";

/** From the first apply on: plans, new ids, and what becomes of a kept result. */
export function lifeOfAGate(waitAt: WaitAt): Promise<Row[]> {
  return play(waitAt, { "t-1": RUNNING, "t-2": RUNNING, "t-3": RUNNING }, async (scene) => {
    const { service } = scene.workspace;
    const ends = (id: string, script = DONE) => ({
      onceBlocked: (): void => service.addTask(id, script),
    });
    scene.gate();
    await scene.observe("first apply, the task runs", ["apply"], ends("t-1"));
    await scene.observe("second plan", ["plan"]);
    await scene.observe("apply without a change", ["apply"]);
    await scene.observe("plan without refresh", ["plan", "-refresh=false"]);
    scene.gate({ taskId: "t-2" });
    await scene.observe("a new id", ["apply"], ends("t-2"));
    scene.gate({ taskId: "t-3" });
    await scene.observe("a new id whose task fails", ["apply"], ends("t-3", FAILED));
    scene.gate({ taskId: "t-2" });
    await scene.observe("back to the id before", ["apply"]);
    service.removeTask("t-2");
    await scene.observe("the task is gone", ["plan"]);
    service.failEveryCall({ kind: "reset" });
    await scene.observe("BDRC is down", ["plan"]);
    service.failEveryCall(undefined);
    withoutKeys(scene);
    await scene.observe("the credentials are gone", ["plan"]);
  });
}

/** A destroy with everything that can be the matter with the task. */
export function destroys(waitAt: WaitAt): Promise<Row[]> {
  return play(waitAt, { "t-1": DONE }, async (scene) => {
    const { service } = scene.workspace;
    scene.gate();
    await scene.workspace.terraform("gate", "apply");
    scene.keep();
    const destroy = async (what: string): Promise<void> => {
      scene.restore();
      await scene.observe(`destroy, ${what}`, ["destroy"]);
    };
    await destroy("the task is there");
    service.addTask("t-1", RUNNING);
    await destroy("the task runs");
    service.addTask("t-1", FAILED);
    await destroy("the task has failed");
    service.removeTask("t-1");
    await destroy("the task is gone");
    service.failEveryCall({ kind: "reset" });
    await destroy("BDRC is down");
    service.failEveryCall(undefined);
    withoutKeys(scene);
    await destroy("the credentials are gone");
  });
}

/** Ways to run Terraform, and an interrupt. */
export function commands(waitAt: WaitAt): Promise<Row[]> {
  return play(waitAt, { "t-1": RUNNING }, async (scene) => {
    const { workspace } = scene;
    const again = (): void => {
      scene.forget();
      workspace.service.addTask("t-1", RUNNING);
    };
    scene.gate();
    await scene.observe("Ctrl-C during the wait", ["apply"], { onceBlocked: (child) => pressKey(child) });
    await scene.observe("again after Ctrl-C", ["apply"]);
    again();
    await scene.observe("-target of something else", ["apply", "-target=terraform_data.free"], {
      planAfter: false,
    });
    await scene.observe("destroy of what that made, the task runs", ["destroy"]);
    workspace.service.addTask("t-1", FAILED);
    await workspace.terraform("gate", "apply", "-target=terraform_data.free");
    await scene.observe("and again, the task has failed", ["destroy"]);
    again();
    await scene.observe("-target of a gated thing", ["apply", "-target=terraform_data.gated"], {
      planAfter: false,
    });
    again();
    await scene.observe("a plan that is saved", ["plan", "-out=saved.plan"]);
    await scene.observe("apply of the saved plan", ["apply", "saved.plan"]);
    again();
    await scene.observe("two slots only", ["apply", "-parallelism=2"]);
    again();
    workspace.setEnvironment({ BDRC_TASK_WAIT: "never" });
    await scene.observe("BDRC_TASK_WAIT=never, the task runs", ["apply"]);
    await scene.observe("BDRC_TASK_WAIT=never, destroy", ["destroy"]);
  });
}

function withoutKeys(scene: Scene): void {
  scene.workspace.setEnvironment({ ALIBABA_CLOUD_ACCESS_KEY_ID: "", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "" });
}
