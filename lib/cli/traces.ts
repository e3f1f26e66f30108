import type { WaitEvent } from "../protocol/event";
import { printable } from "../waiter/printable";
import type { Terminal } from "./terminal";

/** Takes the events of waits, and makes a span of each wait. */
export interface Traces {
  take(event: WaitEvent): void;
  /** Sends what was made; spans of waits that go on end here. Never fails. */
  end(): Promise<void>;
}

/**
 * Traces, when TRACEPARENT and OTEL_EXPORTER_OTLP_ENDPOINT are set as the tools of a traced pipeline set them; else
 * undefined, and nothing is loaded.
 */
export async function openTraces({ environment, stderr }: Terminal): Promise<Traces | undefined> {
  if (!environment["TRACEPARENT"] || !environment["OTEL_EXPORTER_OTLP_ENDPOINT"]) return undefined;
  const say = (why: string): void => stderr.write(`The trace could not be sent: ${printable(why)}.\n`);
  try {
    const { startTraces } = await import("./otel.js");
    return startTraces(environment, say);
  } catch (error) {
    // Nobody waits less for want of a trace.
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
