import Table from "cli-table3";
import { printable } from "../waiter/printable";
import type { ProblemCode } from "../protocol/problem";
import { exitOfProblem, type ExitCode } from "./exit-code";

/** One fact of a text: what it is, and its value. */
export type Fact = readonly [key: string, value: string];

/** Ends a command with a text for the user and an exit code; it is no defect, so it shows no stack. */
export class CliError extends Error {
  override readonly name = "CliError";
  /**
   * @param message the first line: what happened, with the value
   * @param facts what was expected and what to do
   * @param code of the problem, which gives the exit code, too
   */
  constructor(
    message: string,
    readonly facts: readonly Fact[],
    readonly code: ProblemCode,
  ) {
    super(message);
  }

  /** The exit code that the problem means. */
  get exitCode(): ExitCode {
    return exitOfProblem(this.code);
  }

  /** The whole text: the first line, a blank one, and the facts, of which the code is the first. */
  get text(): string {
    return withFacts(this.message, [["Code", this.code], ...this.facts]);
  }
}

/** A first line, a blank one, and indented facts whose values stand below each other. */
export function withFacts(first: string, facts: readonly Fact[]): string {
  return [printable(first), "", ...factLines(facts).map((line) => `  ${line}`)].join("\n");
}

/** One line for each fact, `Key:  value`, with the values below each other. */
export function factLines(facts: readonly Fact[]): string[] {
  const width = Math.max(0, ...facts.map(([key]) => key.length)) + 2;
  return facts.map(([key, value]) => `${`${printable(key)}:`.padEnd(width)}${printable(value)}`);
}

/** A column of a table. */
export interface Column {
  readonly head: string;
  /** @default "left" */
  readonly align?: "left" | "right";
}

/** A table without lines, the same on a terminal and in a pipe. @param paint how the heads look */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: (head: string) => string = (head) => head,
): string {
  const borders = ["top", "bottom", "left", "right", "mid", "left-mid", "mid-mid", "right-mid"];
  const corners = ["top-mid", "top-left", "top-right", "bottom-mid", "bottom-left", "bottom-right"];
  const drawn = new Table({
    chars: { ...Object.fromEntries([...borders, ...corners].map((name) => [name, ""])), middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colAligns: columns.map(({ align = "left" }) => align),
    head: columns.map(({ head }) => paint(head)),
  });
  drawn.push(...rows.map((row) => row.map(printable)));
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
