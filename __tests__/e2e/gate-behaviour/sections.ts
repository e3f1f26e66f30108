import { WaitAt } from "../../../lib";
import { commands, destroys, lifeOfAGate } from "./life";
import { exposed, exposedAlso, forgetful, required } from "./modes";
import type { Row } from "./row";
import { countAtApply, neverFrozen, unreadableAfterTheWait } from "./safety";
import { unknownId, unknownIdAtFirst } from "./unknown-id";

/** Scenarios that belong together, and what a reader has to know before the tables. */
export interface Section {
  readonly title: string;
  readonly says: string;
  readonly scenarios: readonly Scenario[];
}

/** One scenario in one placement. */
export interface Scenario {
  readonly waitAt: WaitAt;
  readonly play: () => Promise<Row[]>;
}

const at = (waitAt: WaitAt, play: (waitAt: WaitAt) => Promise<Row[]>): Scenario => ({
  waitAt,
  play: () => play(waitAt),
});
const both = (play: (waitAt: WaitAt) => Promise<Row[]>): Scenario[] => [
  at(WaitAt.PLAN, play),
  at(WaitAt.APPLY, play),
];

/** All sections, in the order of the page. */
export const SECTIONS: readonly Section[] = [
  {
    title: "The life of a gate",
    says: "The rows of a table follow one another in one state.",
    scenarios: both(lifeOfAGate),
  },
  {
    title: "Destroy",
    says: "Each from the state of a task that was COMPLETE. Each read looks once at the most, and waits for nothing.",
    scenarios: both(destroys),
  },
  {
    title: "Ways to run Terraform",
    says: "Each from nothing, except what comes after Ctrl-C and after a saved plan.",
    scenarios: both(commands),
  },
  {
    title: "A task id that is unknown at plan",
    says:
      "The id is an attribute of another resource, `source`. The wait is made at apply then, wherever it is placed. " +
      "At plan it has no place to refuse a bad result before the old snapshot is replaced; at apply the old one stays.",
    scenarios: both(unknownId),
  },
  {
    title: "The first wait of an unknown id fails",
    says: "What a failed run leaves in state is not in the way of the next one.",
    scenarios: both(unknownIdAtFirst),
  },
  {
    title: "Runs that fail in the middle",
    says: "Nothing bad is ever kept.",
    scenarios: both(neverFrozen),
  },
  {
    title: "A look that is refused after a wait that went well",
    says: "The wait stands, so the next apply only looks again. What was refused is not kept in place of the result.",
    scenarios: [{ waitAt: WaitAt.APPLY, play: unreadableAfterTheWait }],
  },
  {
    title: "remember: false",
    says: "Each plan looks anew, and a task that is gone closes the gate again.",
    scenarios: [{ waitAt: WaitAt.PLAN, play: forgetful }],
  },
  {
    title: "onFailure: EXPOSE",
    says: "Every end of a task opens the gate. Failures that are none do not, unless `exposeAlso` names them.",
    scenarios: both(exposed),
  },
  {
    title: "exposeAlso",
    says: "What was let pass is kept like any other result.",
    scenarios: both(exposedAlso),
  },
  {
    title: "require",
    says: 'At least three buckets are required where it is met, and four where it is not: `{ "ACS::OSS::Bucket": { min: 4 } }`.',
    scenarios: both(required),
  },
  {
    title: "A count on a result that is waited for at apply",
    says:
      "Terraform must know a `count` at plan. It works only when the task has ended by then, and a destroy fails while " +
      "a new id runs: go back to the id before, or run `terraform destroy -refresh=false`.",
    scenarios: [{ waitAt: WaitAt.APPLY, play: countAtApply }],
  },
];
