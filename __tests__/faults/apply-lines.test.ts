import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { runWaiter } from "./waiter-process";

test("a receipt that somebody has changed steers no terminal at apply", async () => {
  const data = mkdtempSync(path.join(tmpdir(), "receipt-"));
  try {
    const evil = "\u001b[2J\u009b1m\u202e\u200b\u007f";
    const start = JSON.stringify({ action: "UpdateResources", form: {}, triggers: {} });
    mkdirSync(path.join(data, "bdrc-task"));
    const receipt = { request: start, taskId: `t-1${evil}`, startedAt: `now${evil}`, done: false };
    writeFileSync(path.join(data, "bdrc-task", "inventory.json"), JSON.stringify(receipt));
    const query = { start, receipt: "inventory", endpoint: "http://127.0.0.1:1", timeout_seconds: "2" };
    const { stdout, stderr, late } = await runWaiter({
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
    expect(late).toBe(false);
    expect(stderr).toBe("");
    // The text of the problem keeps its lines.
    expect(stdout).toContain("\n\n");
    expect(`${stdout}${stderr}`).not.toMatch(/[\u001b\u009b\u202e\u200b\u007f]/);
  } finally {
    rmSync(data, { recursive: true });
  }
});
