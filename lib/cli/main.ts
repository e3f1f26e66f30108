import { constants } from "node:os";
import { EXIT, type CommandExit } from "./exit-code";
import { run } from "./program";
import { systemTerminal } from "./terminal";

/** How long a command may take to end after an interrupt, in milliseconds. */
const GRACE = 800;

async function main(): Promise<void> {
  // The SDK uses url.parse; Node 24 would print a warning about it.
  process.noDeprecation = true;
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // Whoever asks twice will not wait for anything.
      if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
      interrupt.abort();
      setTimeout(() => process.exit(EXIT.interrupted), GRACE).unref();
    });
  }
  process.stderr.on("error", () => process.exit(EXIT.interrupted));
  process.stdout.on("error", endUnwritten);

  const code = await run(process.argv.slice(2), systemTerminal(interrupt.signal));
  // Connections that are kept open must not hold the process; what was written must be out first.
  process.stdout.write("", (error) => {
    if (error) endUnwritten(error);
    else process.stderr.write("", () => endWith(code));
  });
}

function endWith(code: CommandExit): void {
  if (typeof code === "number") process.exit(code);
  // As the command ended: a shell that runs a script stops at a Ctrl-C only when it sees one.
  process.removeAllListeners(code);
  process.kill(process.pid, code);
  setTimeout(() => process.exit(128 + (constants.signals[code] ?? 0)), GRACE);
}

/** Ends a command whose results got lost: whoever reads them must not take it for a good end. */
function endUnwritten(error: NodeJS.ErrnoException): void {
  // A pipe that nobody reads any more, as in `bdrc-task list | head`.
  if (error.code === "EPIPE") process.exit(EXIT.interrupted);
  process.stderr.write(`The output cannot be written (${error.code ?? "closed"}).\n`, () =>
    process.exit(EXIT.unwritten),
  );
}

main().catch((error: unknown) => {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `bdrc-task has a defect; please report it with this text.\n\n${stack.replace(/^/gm, "  ")}\n`,
    () => process.exit(EXIT.defect),
  );
});
