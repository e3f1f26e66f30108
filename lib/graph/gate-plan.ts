import type { TerraformResourceLifecycle } from "../framework";
import type { QueryKey } from "../protocol/query";

/** The query of a wait, without what a graph adds itself; values may be tokens. */
export type GateQuery = Readonly<Partial<Record<Exclude<QueryKey, "remembered" | "wait">, string>>>;

/** How the waiter is run where Terraform runs. */
export interface WaiterProgram {
  /** The command and its arguments before the waiter's file, such as `["node"]`; may be a token. */
  readonly program: readonly string[];
  /** The path of the waiter's file, a Terraform template. */
  readonly file: string;
  /** The SHA-256 that the file has to have, as a Terraform expression. */
  readonly digest: string;
}

/** What both gates are made from. */
export interface GatePlan {
  readonly waiter: WaiterProgram;
  /** What lines of a wait at apply begin with. */
  readonly label: string;
  /** Whether the task is there before the apply, so that a plan can look at it; one that is started then is not. */
  readonly exists: boolean;
  readonly query: GateQuery;
  /** Values whose change is a new wait: the task id, or all of them. */
  readonly identity: readonly unknown[];
  /**
   * The condition under which a result opens the gate.
   *
   * @param result an expression for a result, such as `self.input`
   */
  readonly opens: (result: string) => string;
  /** What is required of a result besides; in the order in which it is said. */
  readonly requirements: (result: string) => readonly Requirement[];
}

/** A condition, and what to say when it does not hold. */
export interface Requirement {
  /** A Terraform expression. */
  readonly condition: string;
  /** A Terraform template. */
  readonly errorMessage: string;
}

/** A condition as it stands in a `lifecycle` block. */
export type LifecycleCondition = NonNullable<TerraformResourceLifecycle["postcondition"]>[number];
