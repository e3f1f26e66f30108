import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { runWaiter, type WaiterEnd } from "./waiter-process";

test("a receipt that somebody has changed steers no terminal at apply", async () => {
  const data = mkdtempSync(path.join(tmpdir(), "receipt-"));
  try {
    const evil = "\u001b[2J\u009b1m\u202e\u200b\u007f";
    const start = JSON.stringify({ action: "UpdateResources", form: {}, triggers: {} });
    mkdirSync(path.join(data, "bdrc-task"));
    const query = { start, receipt: "inventory", endpoint: "http://127.0.0.1:1", timeout_seconds: "2" };
    const applyWith = (receipt: object): Promise<WaiterEnd> => {
      writeFileSync(
        path.join(data, "bdrc-task", "inventory.json"),
        JSON.stringify({ request: start, ...receipt }),
      );
      return runWaiter({
        query: "",
        environment: {
          BDRC_TASK_QUERY: JSON.stringify(query),
          BDRC_TASK_LABEL: `inventory${evil}`,
          BDRC_TASK_WAIT: "never",
          TF_DATA_DIR: data,
          ALIBABA_CLOUD_ACCESS_KEY_ID: "id",
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: "secret-of-the-test",
        },
        killAfterSeconds: 20,
      });
    };
    const changed = await applyWith({ taskId: `t-1${evil}`, startedAt: `now${evil}`, done: false });
    expect(changed).toMatchObject({ code: 73, late: false });
    expect(changed.stderr).toMatch(/^The receipt of a started task cannot be read\.\n/);
    // A label comes from the configuration, and is shown with a good receipt.
    const labelled = await applyWith({ taskId: "t-1", startedAt: "2026-11-24T00:00:00.000Z", done: false });
    expect(labelled).toMatchObject({ late: false, stderr: "" });
    expect(labelled.stdout).toContain("t-1 was started at 2026-11-24T00:00:00.000Z");
    for (const { stdout, stderr } of [changed, labelled]) {
      expect(`${stdout}${stderr}`).not.toMatch(/[\u001b\u009b\u202e\u200b\u007f]/);
    }
  } finally {
    rmSync(data, { recursive: true });
  }
});
