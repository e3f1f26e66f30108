import {
  ROOT_CONTEXT,
  type Context,
  SpanKind,
  SpanStatusCode,
  type Span,
  type Tracer,
} from "@opentelemetry/api";
import { defaultTextMapGetter } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { version } from "../../package.json";
import type { EndEvent, WaitEvent } from "../protocol/event";
import type { Traces } from "./traces";

/** How long the end of a command may be held up by an exporter, in milliseconds. */
const SEND_LIMIT = 5000;

/**
 * Makes spans through the official packages, which read their settings (headers, timeout, endpoint) from the environment
 * themselves.
 *
 * @param say told in one line why spans were not sent
 */
export function startTraces(environment: NodeJS.ProcessEnv, say: (why: string) => void): Traces {
  const resource = resourceFromAttributes({
    "service.name": environment["OTEL_SERVICE_NAME"] || "bdrc-task",
    "service.version": version,
  });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const carrier = { traceparent: environment["TRACEPARENT"], tracestate: environment["TRACESTATE"] };
  const parent = new W3CTraceContextPropagator().extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
  const spans = new WaitSpans(provider.getTracer("bdrc-task", version), parent);
  return {
    take: (event) => spans.take(event),
    end: async () => {
      spans.endAll();
      const limit = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error(`no answer within ${SEND_LIMIT / 1000} s`)), SEND_LIMIT).unref();
      });
      await Promise.race([processor.forceFlush(), limit]).catch((error: unknown) => {
        say(error instanceof Error ? error.message : String(error));
      });
    },
  };
}

/** One span for each wait, with its looks and faults as events of the span. */
class WaitSpans {
  private readonly open = new Map<string, Span>();

  constructor(
    private readonly tracer: Tracer,
    private readonly parent: Context,
  ) {}

  take(event: WaitEvent): void {
    const at = new Date(event.at);
    const span = this.open.get(event.task_id);
    switch (event.type) {
      case "start": {
        span?.end(at);
        const attributes = {
          "bdrc.task_id": event.task_id,
          "server.address": event.endpoint,
          "bdrc.timeout_seconds": event.timeout_seconds,
          "bdrc.wait": event.wait,
        };
        const options = { startTime: at, kind: SpanKind.CLIENT, attributes };
        this.open.set(event.task_id, this.tracer.startSpan("bdrc wait", options, this.parent));
        return;
      }
      case "alone":
        span?.addEvent("alone", { "bdrc.message": event.message }, at);
        return;
      case "queue":
        span?.addEvent("queue", {}, at);
        return;
      case "look": {
        const progress = event.progress === null ? {} : { "bdrc.progress": event.progress };
        span?.addEvent("look", { "bdrc.look": event.look, "bdrc.status": event.status, ...progress }, at);
        return;
      }
      case "fault": {
        const what = { "bdrc.fault": event.fault, "bdrc.message": event.message };
        span?.addEvent("fault", { "bdrc.look": event.look, ...what }, at);
        return;
      }
      case "end":
        if (span) endSpan(span, event, at);
        this.open.delete(event.task_id);
    }
  }

  endAll(): void {
    for (const span of this.open.values()) span.end();
    this.open.clear();
  }
}

function endSpan(span: Span, event: EndEvent, at: Date): void {
  span.setAttributes({ "bdrc.status": event.status, "bdrc.looks": event.looks });
  if (event.problem !== "") span.setStatus({ code: SpanStatusCode.ERROR, message: event.problem });
  span.end(at);
}
