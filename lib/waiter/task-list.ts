import type { Reply } from "./bdrc/call";
import type { Operation } from "./bdrc/client";
import { readTask, type BdrcTaskRecord } from "./bdrc/task";
import type { Fault } from "./failure";

/** Bounds of MaxResults in DescribeTasks. */
const PAGE = { least: 10, most: 500 };
/** How many pages are read at the most. */
const MOST_PAGES = 1000;
/** Our own code of a list whose pages do not end. */
export const SAME_PAGE = "SAME_PAGE";

/** What the API itself picks of the list. */
export interface TaskFilter {
  readonly type?: string | undefined;
  readonly status?: string | undefined;
}

/** The tasks that DescribeTasks lists, or the fault that ended the reading. */
export type Listed =
  | {
      readonly tasks: readonly BdrcTaskRecord[];
      /** Whether there are more than were asked for. */
      readonly more: boolean;
      /** The server's own time at the last page, in milliseconds since 1970; undefined when it did not say. */
      readonly date: number | undefined;
      readonly fault?: undefined;
    }
  | { readonly fault: Fault; readonly tasks: readonly BdrcTaskRecord[] };

/**
 * Reads DescribeTasks page after page, until there are enough tasks or no more. BDRC documents no order.
 *
 * @param call makes one call
 * @param most how many tasks are enough
 */
export async function listTasks(
  call: (operation: Operation) => Promise<Reply>,
  { type, status }: TaskFilter,
  most = Infinity,
): Promise<Listed> {
  const tasks: BdrcTaskRecord[] = [];
  const tokens = new Set<string>();
  for (let token = ""; ;) {
    const query = {
      MaxResults: String(Math.max(PAGE.least, Math.min(PAGE.most, most - tasks.length))),
      ...(token ? { NextToken: token } : {}),
      ...(status ? { TaskStatus: status } : {}),
      ...(type ? { TaskType: type } : {}),
    };
    const reply = await call({ action: "DescribeTasks", method: "GET", path: "/api/v1/tasks", query });
    if (reply.fault) return { fault: reply.fault, tasks };
    const data = reply.document.get("Data");
    const { Content: content, NextToken: next } = (data ?? {}) as { Content?: unknown; NextToken?: unknown };
    // An empty list may be left out; an answer without Data must not be taken for "there is none".
    if (typeof data !== "object" || data === null || !Array.isArray(content ?? [])) {
      return { fault: { class: "transient", message: "the answer holds no list of tasks" }, tasks };
    }
    tasks.push(...((content ?? []) as unknown[]).map(readTask).filter((task) => task !== undefined));
    token = typeof next === "string" ? next : "";
    if (tasks.length >= most || token === "") {
      return { tasks: tasks.slice(0, most), more: tasks.length > most || token !== "", date: reply.date };
    }
    if (tokens.has(token) || tokens.size >= MOST_PAGES) {
      return {
        fault: { class: "transient", message: "the pages of the list of tasks do not end", code: SAME_PAGE },
        tasks,
      };
    }
    tokens.add(token);
  }
}
