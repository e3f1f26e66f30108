import { ENVIRONMENT } from "../protocol/environment";
import { isDestroying, isOrphan, systemLookup } from "./ancestry";
import { systemClock } from "./clock";
import { eventFile } from "./events";
import { type ApplyWaitOptions, waitAtApply } from "./apply-wait";
import { runMany } from "./many";
import { printableLines } from "./printable";
import { readInput } from "./read-input";
import type { AnyQuery, StartQuery } from "./query";
import { QueryError } from "./query-error";
import { readQuery } from "./read-query";
import { ReceiptError, receiptFile, type ReceiptFile } from "./receipt";
import { type RunContext, runQuery } from "./run";
import { readStarted, startAtApply } from "./start";
import { EXPECTED_LIMIT, limitFrom, machineTurns } from "./turns/machine-turns";

/** How the waiter ends; see docs/design.md, "The contract of the waiter". */
const EXIT = { ok: 0, unseen: 1, usage: 2, defect: 70, unkept: 73, interrupted: 130 } as const;

/** How often it is checked that somebody still waits for the answer, in milliseconds. */
const PARENT_CHECK_GAP = 1000;

async function main(): Promise<void> {
  // The SDK uses url.parse; Node 24 would print a warning about it on stderr.
  process.noDeprecation = true;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupted);
  // A pipe that nobody reads any more.
  process.stdout.on("error", interrupted);
  process.stderr.on("error", interrupted);
  process.on("uncaughtException", endWithError);
  endWithParent();

  const destroying = isDestroying(process.ppid, systemLookup, process.env);
  const context: RunContext = {
    clock: systemClock,
    environment: process.env,
    events: eventFile(process.env[ENVIRONMENT.events]),
    never: readWaitSwitch() || destroying,
    destroying,
    turns: machineTurns(readLimit(), systemClock),
  };
  const given = process.env[ENVIRONMENT.query];
  if (given !== undefined) return atApply(readQuery(given), context);
  const query = readQuery(await readInput(process.stdin));
  const result = await resultFor(query, context);
  process.stdout.write(JSON.stringify(result), (error) => process.exit(error ? EXIT.interrupted : EXIT.ok));
}

async function resultFor(query: AnyQuery, context: RunContext): Promise<object> {
  if ("taskIds" in query) return (await runMany(query, context)).result;
  return "start" in query ? readStarted(query, receiptOf(query), context) : runQuery(query, context);
}

async function atApply(query: AnyQuery, context: RunContext): Promise<void> {
  const options: ApplyWaitOptions = {
    label: process.env[ENVIRONMENT.label] ?? "",
    accept: process.env[ENVIRONMENT.accept] ?? "",
    print: (line) => process.stdout.write(`${printableLines(line)}\n`),
  };
  const seen =
    "start" in query
      ? await startAtApply(query, receiptOf(query), context, options)
      : await waitAtApply(query, context, options);
  process.stdout.write("", () => process.exit(seen ? EXIT.ok : EXIT.unseen));
}

function receiptOf(query: StartQuery): ReceiptFile {
  return receiptFile(process.env["TF_DATA_DIR"] || ".terraform", query.receipt, query.request);
}

/** @throws QueryError when the variable holds anything but `never` */
function readWaitSwitch(): boolean {
  const value = process.env[ENVIRONMENT.wait];
  if (value === undefined || value === "") return false;
  if (value === "never") return true;
  throw wrongVariable(ENVIRONMENT.wait, "never, or not set");
}

/** @throws QueryError when the variable holds no number of looks */
function readLimit(): number | undefined {
  const limit = limitFrom(process.env);
  if (limit !== "wrong") return limit;
  throw wrongVariable(ENVIRONMENT.looksPerSecond, EXPECTED_LIMIT);
}

function wrongVariable(name: string, expected: string): QueryError {
  const value = JSON.stringify((process.env[name] ?? "").slice(0, 60));
  return new QueryError(`The environment variable ${name} is wrong.`, [
    ["Value", value],
    ["Expected", expected],
  ]);
}

/** Nobody reads the answer of a waiter whose provider was killed; it must not go on calling the API. */
function endWithParent(): void {
  const parent = process.ppid;
  // The parent can have ended before this script began to run.
  if (isOrphan(process.pid, systemLookup)) interrupted();
  setInterval(() => {
    if (process.ppid !== parent) interrupted();
  }, PARENT_CHECK_GAP).unref();
}

function interrupted(): never {
  process.exit(EXIT.interrupted);
}

function endWithError(error: unknown): void {
  if (error instanceof QueryError) {
    process.stderr.write(`${error.message}\n`, () => process.exit(EXIT.usage));
    return;
  }
  if (error instanceof ReceiptError) {
    process.stderr.write(`${error.message}\n`, () => process.exit(EXIT.unkept));
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `The waiter has a defect; please report it with this text.\n\n${stack.replace(/^/gm, "  ")}\n`,
    () => process.exit(EXIT.defect),
  );
}

main().catch(endWithError);
