import type { LookEvent, WaitEvent } from "../protocol/event";
import { printable } from "./printable";
import { duration, percent } from "./report";
import { remember, type SeenProgress } from "./history";
import { estimateRemaining } from "./schedule";

/** What a failed look is called, by its class; an answer that nobody wanted is an answer all the same. */
const FAULTS: Readonly<Record<string, string>> = {
  missing: "not found",
  throttled: "throttled",
  refused: "refused",
  stale: "credentials refused, renewed",
};

/**
 * Turns the events of a wait into lines for people, one whenever something changed:
 * `inventory: t-… RUNNING 42 % · 3m 10s · about 4m left`.
 */
export class WaitLines {
  private readonly tasks = new Map<
    string,
    { shown: string; fault: string; since: number; note: string; history: SeenProgress[] }
  >();

  /** @param label what each line begins with, such as the construct's id; may be empty */
  constructor(private readonly label: string) {}

  /** The line for an event, or undefined when it says nothing new. */
  line(event: WaitEvent): string | undefined {
    const task = this.tasks.get(event.task_id) ?? { shown: "", fault: "", since: 0, note: "", history: [] };
    this.tasks.set(event.task_id, task);
    const waited = duration(event.waited_seconds * 1000);
    switch (event.type) {
      case "start":
      case "alone":
      case "queue":
        return undefined;
      case "fault": {
        const isOld = task.fault === event.message && event.waited_seconds < task.since + REMINDER;
        if (event.next_look_seconds === null || isOld) return undefined;
        task.fault = event.message;
        task.since = event.waited_seconds;
        const { silent_seconds: silent = 0, gives_up_seconds: left } = event;
        const what =
          FAULTS[event.fault] ?? (left === undefined ? NOTHING : silenceText(silent * 1000, left * 1000));
        return this.say(event.task_id, `${what}: ${event.message}`, waited);
      }
      case "look": {
        const at = event.waited_seconds * 1000;
        const progress = event.progress ?? undefined;
        task.history = remember(task.history, { at, progress, age: ageOf(event) });
        const shown = `${event.status}${progress === undefined ? "" : ` ${percent(progress)}`}`;
        const cameBack = task.fault !== "";
        task.fault = "";
        // The end has an event of its own.
        if (event.next_look_seconds === null || (shown === task.shown && !cameBack)) return undefined;
        task.shown = shown;
        const left = estimateRemaining(task.history, at);
        const note = event.note ?? "";
        // Once: it stays true as long as the status does.
        const isNew = note !== task.note;
        task.note = note;
        return this.say(
          event.task_id,
          shown,
          waited,
          left === undefined ? "" : `about ${roughly(left)} left`,
          isNew ? note : "",
        );
      }
      case "end":
        return this.say(event.task_id, event.status, waited);
    }
  }

  private say(taskId: string, what: string, ...facts: string[]): string {
    const begin = this.label === "" ? "" : `${this.label}: `;
    // Also what stands in a file of events that somebody else may have written.
    return printable(`${begin}${[`${taskId} ${what}`, ...facts.filter((fact) => fact !== "")].join(" · ")}`);
  }
}

/** Milliseconds since the task began, as its look says. */
export function ageOf({ running_seconds: seconds }: LookEvent): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** How long no answer comes, and until when: `no good answer for 40s, 4m 20s left before it gives up`. In milliseconds. */
export function silenceText(silent: number, left: number): string {
  const [since, until] = [silent, left].map((time) => duration(Math.round(time / 1000) * 1000));
  return `${NOTHING}${silent < 1000 ? "" : ` for ${since}`}, ${until} left before it gives up`;
}

const NOTHING = "no good answer";

/** When a fault that goes on is told again, in seconds. */
const REMINDER = 60;

/** An estimate is not better than this: whole seconds below a minute and a half, whole minutes above. */
function roughly(milliseconds: number): string {
  return milliseconds < 90_000
    ? duration(Math.ceil(milliseconds / 1000) * 1000)
    : duration(Math.round(milliseconds / 60_000) * 60_000);
}
