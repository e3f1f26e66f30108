import { diagnostic, type Diagnostic, type Outcome } from "./diagnostic";
import { UNKNOWN, type Value } from "./dynamic-value";

/** What a `data "external"` block asks for, in the form in which it is carried out. */
export interface Request {
  /** The program and its arguments, at least one text, none of them empty. */
  readonly program: readonly string[];
  /** The folder in which the program runs; empty for the one in which Terraform runs. */
  readonly workingDir: string;
  readonly query: Readonly<Record<string, string>>;
}

/** The attributes of the block as Terraform sent them. */
export type Config = { readonly [attribute: string]: Value };

/**
 * Checks a block whose values may still be unknown, as `terraform validate` does.
 *
 * @returns what is wrong for certain, whatever the unknown values turn out to be
 */
export function validateConfig(config: Config): readonly Diagnostic[] {
  const program = config["program"] ?? null;
  if (program === UNKNOWN) return [];
  if (program === null) return [missingProgram("It is null.")];
  if (asList(program).length === 0) return [missingProgram("It is an empty list.")];
  return [];
}

/** Reads a block whose values are all known; null and empty items of the program and null ones of the query are dropped. */
export function readConfig(config: Config): Outcome<Request> {
  const problems = validateConfig(config);
  if (problems.length > 0) return { diagnostics: problems };
  const program = asList(config["program"] ?? null).filter((item) => typeof item === "string" && item !== "");
  if (program.length === 0) return { diagnostics: [missingProgram("All its items are null or empty.")] };

  const query = Object.entries(asMap(config["query"] ?? null)).filter(
    ([, value]) => typeof value === "string",
  );
  const workingDir = config["working_dir"];
  return {
    value: {
      program: program as string[],
      workingDir: typeof workingDir === "string" ? workingDir : "",
      query: Object.fromEntries(query) as Record<string, string>,
    },
  };
}

function missingProgram(what: string): Diagnostic {
  return diagnostic(
    "No external program given",
    `The list "program" names no program to run. ${what} Give the program's name or path as its first item, ` +
      `and each argument as an item of its own.`,
  );
}

function asList(value: Value): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

function asMap(value: Value): { readonly [key: string]: Value } {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as { readonly [key: string]: Value })
    : {};
}
