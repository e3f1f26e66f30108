import { text } from "node:stream/consumers";
import { ENVIRONMENT } from "../protocol/environment";
import { isDestroying, systemLookup } from "./ancestry";
import { systemClock } from "./clock";
import { eventFile } from "./events";
import { QueryError, readQuery } from "./read-query";
import { runQuery } from "./run";

/** How the waiter ends; see docs/design.md, "The contract of the waiter". */
const EXIT = { ok: 0, usage: 2, defect: 70, interrupted: 130 } as const;

async function main(): Promise<void> {
  // The SDK uses url.parse; Node 24 would print a warning about it on stderr.
  process.noDeprecation = true;
  process.on("SIGINT", () => process.exit(EXIT.interrupted));
  process.on("SIGTERM", () => process.exit(EXIT.interrupted));
  endWithParent();

  const query = readQuery(await text(process.stdin));
  const result = await runQuery(query, {
    clock: systemClock,
    environment: process.env,
    events: eventFile(process.env[ENVIRONMENT.events]),
    never: readWaitSwitch() || isDestroying(process.ppid, systemLookup),
  });
  process.stdout.write(JSON.stringify(result), () => process.exit(EXIT.ok));
}

/** @throws QueryError when the variable holds anything but `never` */
function readWaitSwitch(): boolean {
  const value = process.env[ENVIRONMENT.wait];
  if (value === undefined || value === "") return false;
  if (value === "never") return true;
  throw new QueryError(
    `The environment variable ${ENVIRONMENT.wait} is wrong.\n\n` +
      `  Value:    ${JSON.stringify(value.slice(0, 60))}\n  Expected: never, or not set`,
  );
}

/** Nobody reads the answer of a waiter whose provider was killed; it must not go on calling the API. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(EXIT.interrupted);
  }, 1000).unref();
}

main().catch((error: unknown) => {
  if (error instanceof QueryError) {
    process.stderr.write(`${error.message}\n`, () => process.exit(EXIT.usage));
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `The waiter has a defect; please report it with this text.\n\n${stack.replace(/^/gm, "  ")}\n`,
    () => process.exit(EXIT.defect),
  );
});
