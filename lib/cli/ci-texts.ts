import { markdownTable } from "markdown-table";
import { COMPLETE } from "../protocol/status";
import { printable } from "../waiter/printable";

/** What is told of one task. */
export interface TaskReport {
  readonly taskId: string;
  readonly status: string;
  /** Empty when the task is complete and its result was understood; else a text for a person. */
  readonly problem: string;
  /** The JSON text of the counts by resource type. */
  readonly counts: string;
}

/** The values for later steps: one task as it is, several as one. */
interface Values {
  readonly task_id: string;
  readonly status: string;
  readonly total_count: string;
  readonly counts: string;
}

/** The lines for GITHUB_OUTPUT: `status`, `total_count`, `counts` as JSON, and `task_id`. */
export function githubOutputs(tasks: readonly TaskReport[]): string {
  return Object.entries(valuesOf(tasks))
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** The most that GitLab takes as a dotenv report, in bytes. */
const GITLAB_MOST = 5000;

/**
 * A dotenv report for GitLab CI: BDRC_TASK_ID, BDRC_TASK_STATUS, BDRC_TASK_TOTAL_COUNT and BDRC_TASK_COUNTS. Counts that
 * would make it larger than GitLab takes are left out.
 */
export function gitlabReport(tasks: readonly TaskReport[]): string {
  const { task_id: id, status, total_count: total, counts } = valuesOf(tasks);
  const lines = [`BDRC_TASK_ID=${id}`, `BDRC_TASK_STATUS=${status}`, `BDRC_TASK_TOTAL_COUNT=${total}`];
  const all = `${[...lines, `BDRC_TASK_COUNTS=${counts}`].join("\n")}\n`;
  return Buffer.byteLength(all) < GITLAB_MOST ? all : `${lines.join("\n")}\n`;
}

/** An error annotation of GitHub Actions for a task that did not succeed. */
export function githubAnnotation({ taskId, status, problem }: TaskReport): string {
  const data = problem.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  // What ends a property stands in no id and no status that BDRC documents.
  const title = printable(`BDRC task ${taskId} ${status}`).replace(/[%:,\r\n]/g, " ");
  return `::error title=${title}::${data}`;
}

/** A part of a job summary: the state of each task, and a table of the counts. */
export function githubSummary(tasks: readonly TaskReport[]): string {
  const counts = [...countsOfAll(tasks)].map(([type, number]) => [escape(type), String(number)]);
  const table = markdownTable(
    [["Resource type", "Count"], ...counts, ["**Total**", `**${valuesOf(tasks).total_count}**`]],
    { align: ["l", "r"] },
  );
  const states = tasks.map(({ taskId, status, problem }) => {
    const why = problem.split("\n", 1)[0] ?? "";
    return `- ${escape(taskId)}: **${escape(status)}**${why === "" ? "" : ` – ${escape(why)}`}`;
  });
  const none = tasks.length === 0 ? ["No task was waited for."] : [];
  return ["### BDRC tasks", "", ...states, ...none, "", ...(tasks.length > 0 ? [table, ""] : []), ""].join(
    "\n",
  );
}

function valuesOf(tasks: readonly TaskReport[]): Values {
  const counts = countsOfAll(tasks);
  const unlike = tasks.find(({ status, problem }) => status !== COMPLETE || problem !== "");
  const values = {
    task_id: tasks.map(({ taskId }) => taskId).join(" "),
    status: (unlike ?? tasks[0])?.status ?? "",
    total_count: String([...counts.values()].reduce((sum, number) => sum + number, 0n)),
    counts: `{${[...counts].map(([type, number]) => `${JSON.stringify(type)}:${number}`).join(",")}}`,
  };
  return { ...values, task_id: printable(values.task_id), status: printable(values.status) };
}

/** The sums of the counts of all tasks, by resource type; what is no counts adds nothing. */
function countsOfAll(tasks: readonly TaskReport[]): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { counts } of tasks) {
    for (const [type, number] of entriesOf(counts)) sums.set(type, (sums.get(type) ?? 0n) + BigInt(number));
  }
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function entriesOf(counts: string): (readonly [string, number])[] {
  try {
    return Object.entries(JSON.parse(counts) as object).filter((entry): entry is [string, number] =>
      Number.isSafeInteger(entry[1]),
    );
  } catch {
    return [];
  }
}

/** A text within Markdown, of which nothing becomes a mark, a link or HTML. */
function escape(text: string): string {
  return printable(text).replace(/[\\`*_[\]<>|~#@]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
