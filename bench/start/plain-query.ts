/** What the scripts beside the waiter read: the waiter's own query, and keys from the environment. */
export interface PlainQuery {
  readonly host: string;
  readonly taskId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** Reads the query from stdin, as each of the compared scripts does. */
export async function readQuery(): Promise<PlainQuery> {
  let text = "";
  for await (const part of process.stdin.setEncoding("utf8")) text += String(part);
  const { endpoint, task_id } = JSON.parse(text) as { endpoint: string; task_id: string };
  return {
    host: endpoint.replace("http://", ""),
    taskId: task_id,
    accessKeyId: process.env["ALIBABA_CLOUD_ACCESS_KEY_ID"] ?? "",
    accessKeySecret: process.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] ?? "",
  };
}
