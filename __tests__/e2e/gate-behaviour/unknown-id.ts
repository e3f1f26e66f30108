import type { WaitAt } from "../../../lib";
import { DONE, FAILED, play, RUNNING } from "./scene";
import type { Row } from "./row";

/** A task id that Terraform does not know before the apply: the wait is made at apply, wherever it is placed. */
export function unknownId(waitAt: WaitAt): Promise<Row[]> {
  return play(waitAt, { "t-1": RUNNING, "t-2": RUNNING }, async (scene) => {
    const { service } = scene.workspace;
    scene.gateOfUnknown("t-1");
    await scene.observe("the id is unknown at plan", ["apply"]);
    await scene.observe("and its second plan", ["plan"]);
    scene.gateOfUnknown("t-2");
    await scene.observe("a new one whose task fails", ["apply"], {
      onceBlocked: () => service.addTask("t-2", FAILED),
    });
    await scene.observe("and its next plan", ["plan"]);
    scene.gateOfUnknown("t-1");
    await scene.observe("back to the one before", ["apply"]);
  });
}

/** An unknown id whose first wait does not come to an end; what a failed run leaves must not be in the way. */
export function unknownIdAtFirst(waitAt: WaitAt): Promise<Row[]> {
  return play(waitAt, { "t-1": RUNNING }, async (scene) => {
    const { service } = scene.workspace;
    scene.gateOfUnknown("t-1");
    await scene.observe("unknown at plan, and BDRC refuses during the wait", ["apply"], {
      onceBlocked: () => service.failEveryCall({ kind: "forbidden" }),
    });
    await scene.observe("BDRC refuses still", ["plan"]);
    service.failEveryCall(undefined);
    await scene.observe("BDRC answers again, the task runs", ["apply"]);

    scene.forget();
    // As after the resource that starts it: the first looks do not find it yet.
    service.addTask("t-1", { startsAtFirstLook: true, appearsAfterSeconds: 1, ...DONE });
    await scene.observe("unknown at plan, and BDRC finds the task only after a second", ["apply"]);
  });
}
