// Fastify traced by OpenTelemetry, set up as its SDK for Node does it, but with an exporter that sends nothing.

import { FastifyOtelInstrumentation } from "@fastify/otel";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { announce } from "./announce.mjs";
import { step } from "./step.mjs";

const exporter = {
  export: (_spans, done) => done({ code: 0 }),
  shutdown: async () => {},
};
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] }));
registerInstrumentations({
  instrumentations: [new HttpInstrumentation(), new FastifyOtelInstrumentation({ registerOnInitialization: true })],
});

// After the instrumentation, which replaces what they load.
const { default: fastify } = await import("fastify");
const tracer = trace.getTracer("orders");

/** The trace that the caller asked for, and the kind of the innermost span: proves that the context got here. */
const active = () => {
  const span = /** @type {any} */ (trace.getActiveSpan());
  return { trace: span?.spanContext().traceId, span: span?.name };
};

/** @param {string} id */
const load = (id) =>
  tracer.startActiveSpan("load order", async (span) => {
    await step(1, null);
    const found = { id, rows: await step(3, 2), during: active() };
    span.end();
    return found;
  });

const app = fastify();
app.get("/orders/:id", async (request) => {
  await step(0, null);
  const order = await load(/** @type {any} */ (request.params).id);
  await step(2, null);
  return { order, afterwards: active() };
});
app.get("/ping", async () => ({ pong: true }));

await app.listen({ port: 0, host: "127.0.0.1" });
announce(app.server);
