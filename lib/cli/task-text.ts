import type { BdrcTaskRecord } from "../waiter/bdrc/task";
import { isTerminal } from "../protocol/status";
import { percent } from "../waiter/report";
import { countsOf, isCounted, runTime, totalOf } from "./task-json";
import { printable } from "../waiter/printable";
import { factLines, table, type Fact } from "./text";
import { dateText, relativeText, shortDuration } from "./time";

/** What the texts depend on besides the task. */
export interface TextSetting {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The IANA name of the user's time zone; undefined means this machine's. */
  readonly zone: string | undefined;
  /** How the heads of tables look. */
  readonly head: (text: string) => string;
}

/** Names of DescribeTask's members that {@link taskText} shows in a form of its own. */
const SHOWN = [
  "TaskId",
  "TaskName",
  "TaskDescription",
  "TaskType",
  "TaskPriority",
  "TaskStatus",
  "Progress",
  "StartTime",
  "CompleteTime",
  "ExpireTime",
  "ErrorMessage",
  "TaskDetail",
  "TaskResult",
  "RequestId",
];

/**
 * Everything that DescribeTask says of a task, for a person.
 *
 * @param data the answer's Data as it came, for what this package has no word for
 */
export function taskText(
  task: BdrcTaskRecord,
  data: ReadonlyMap<string, unknown>,
  setting: TextSetting,
): string {
  const moment = (seconds: number | undefined): string =>
    seconds ? `${dateText(seconds, setting.zone)} (${relativeText(seconds, setting.now)})` : "–";
  const run = runTime(task, setting.now);
  const others = [...data].filter(([name, value]) => !SHOWN.includes(name) && value !== "" && value !== null);
  const facts: Fact[] = [
    ["Task", task.taskId || "–"],
    ["Name", task.taskName || "–"],
    ["Description", task.taskDescription || "–"],
    ["Type", task.taskType || "–"],
    ["Priority", task.taskPriority || "–"],
    ["Status", task.status],
    ["Progress", task.progress === undefined ? "–" : `${percent(task.progress)} (${task.progress} of 10000)`],
    ["Started", moment(task.startTime)],
    ["Completed", moment(task.completeTime)],
    ["Expires", moment(task.expireTime)],
    [isTerminal(task.status) ? "Took" : "Running for", run === undefined ? "–" : shortDuration(run)],
    ["Message", task.errorMessage || "–"],
    ["Created by request", textOf(data.get("RequestId")) || "–"],
    ["Detail", task.taskDetail || "–"],
    ...(!isCounted(task) ? ([["Result", task.taskResult || "–"]] as const) : []),
    ...others.map(([name, value]): Fact => [name, textOf(value)]),
  ];
  const counts = countsText([task], setting);
  return [...factLines(facts), ...(counts === "" ? [] : ["", counts])].join("\n");
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The counts of tasks as a table with a total, and a column of tasks when there are several; "" when none counts. */
export function countsText(tasks: readonly BdrcTaskRecord[], { head }: Pick<TextSetting, "head">): string {
  const counted = tasks.filter(isCounted).map((task) => ({ task, counts: countsOf(task) }));
  if (counted.length === 0) return "";
  const several = tasks.length > 1;
  const rows = counted.flatMap(({ task, counts }) =>
    [...counts].map(([type, number]) => [...(several ? [task.taskId] : []), type, String(number)]),
  );
  const total = counted.reduce((sum, { counts }) => sum + totalOf(counts), 0);
  return table(
    [...(several ? [{ head: "TASK" }] : []), { head: "RESOURCE TYPE" }, { head: "COUNT", align: "right" }],
    [...rows, [...(several ? [""] : []), "Total", String(total)]],
    head,
  );
}

/** Tasks as a table, one line each. */
export function tasksTable(tasks: readonly BdrcTaskRecord[], { now, zone, head }: TextSetting): string {
  const rows = tasks.map((task) => {
    const run = runTime(task, now);
    const counts = countsOf(task);
    return [
      task.taskId,
      task.taskType || "–",
      task.status,
      task.progress === undefined ? "–" : percent(task.progress),
      task.startTime ? dateText(task.startTime, zone) : "–",
      run === undefined ? "–" : shortDuration(run),
      isCounted(task) ? String(totalOf(counts)) : "–",
      printable(task.taskName),
    ];
  });
  return table(
    [
      { head: "TASK" },
      { head: "TYPE" },
      { head: "STATUS" },
      { head: "PROGRESS", align: "right" },
      { head: "STARTED" },
      { head: "TOOK", align: "right" },
      { head: "COUNT", align: "right" },
      { head: "NAME" },
    ],
    rows,
    head,
  );
}
