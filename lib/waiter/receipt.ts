import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/** What is known of a task that an apply has started. */
export interface Receipt {
  readonly taskId: string;
  /** When it was started, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** Whether its end was seen; a task whose wait was interrupted is picked up again. */
  readonly done: boolean;
}

/** Keeps the receipt of one construct, so that the read after a start finds its task. */
export interface ReceiptFile {
  /** The receipt of this very request; undefined when there is none, or it is of another one. */
  read(): Receipt | undefined;
  /** Writes it as a whole or not at all. */
  write(receipt: Receipt): void;
}

/**
 * The receipt of a construct, in the folder that Terraform keeps for itself beside the configuration.
 *
 * @param folder TF_DATA_DIR, or `.terraform`
 * @param name the construct's name in the stack: letters, digits, `_` and `-`
 * @param request the text of what is started; another text is another task
 */
export function receiptFile(folder: string, name: string, request: string): ReceiptFile {
  const file = path.join(folder, "bdrc-task", `${name}.json`);
  return {
    read() {
      try {
        const value = JSON.parse(readFileSync(file, "utf8")) as Partial<Receipt & { request: string }>;
        const { taskId, startedAt, done } = value;
        if (value.request !== request || typeof taskId !== "string" || typeof startedAt !== "string")
          return undefined;
        return { taskId, startedAt, done: done === true };
      } catch {
        // There is none, on this machine: the snapshot knows the rest.
        return undefined;
      }
    },
    write(receipt) {
      mkdirSync(path.dirname(file), { recursive: true });
      const half = `${file}.${process.pid}`;
      writeFileSync(half, `${JSON.stringify({ request, ...receipt })}\n`);
      renameSync(half, file);
    },
  };
}
