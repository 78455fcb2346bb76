/**
 * Stalls as span events, and counters as metrics, for apps that use OpenTelemetry. It needs the package
 * `@opentelemetry/api`. The guide is [docs/opentelemetry.md](../opentelemetry.md).
 *
 * @packageDocumentation
 */

import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { Handle } from "../index.js";

/** Options of {@link instrument}. */
export interface InstrumentOptions {
  /**
   * The provider of the metrics.
   *
   * @default the global one, which must be registered before this call
   * @throws `ERR_ONESCOPE_OPTION` if it has no `getMeter()`
   */
  meterProvider?: MeterProvider;
  /**
   * The provider of the spans that are made for stalls whose own span had already ended when they were reported.
   *
   * @default the global one
   * @throws `ERR_ONESCOPE_OPTION` if it has no `getTracer()`
   */
  tracerProvider?: TracerProvider;
  /**
   * Whether to throw, instead of emitting a process warning, if this thread is already instrumented.
   *
   * @default false
   * @throws `ERR_ONESCOPE_OPTION` unless a boolean
   */
  strict?: boolean;
}

/**
 * Reports stalls and counters to OpenTelemetry. Stalls that a `watch()` reports become events `onescope.stall` on the span that was
 * active when this thread blocked; call it in each thread that makes spans. In the main thread, the counters and stalls of the
 * process also become metrics. The order of `watch()` and `instrument()` does not matter. If this thread is already
 * instrumented, one process warning (`OnescopeWarning`) says so and the handle does nothing.
 *
 * @throws `ERR_ONESCOPE_OPENTELEMETRY` if the package `@opentelemetry/api` is not installed; `ERR_ONESCOPE_OPTION` for an
 *   invalid option; with `strict` also `ERR_ONESCOPE_INSTRUMENTED` if this thread is already instrumented
 * @example
 * ```js
 * // after the OpenTelemetry SDK has started
 * import { watch } from "onescope/inspect";
 * import { instrument } from "onescope/opentelemetry";
 *
 * watch();
 * instrument();
 * ```
 */
export function instrument(options?: InstrumentOptions): Handle;

/**
 * A span processor that shows client spans, such as the queries of a database's instrumentation, as what their requests wait for:
 * `waiting` of `inFlight()`, the diagnostics server and recordings. Give it to the OpenTelemetry SDK beside the processor that
 * exports. Spans of HTTP requests are left out: `trackRequests()` sees these without it. It keeps the name of a span and the
 * server's address, no statement.
 *
 * @example
 * ```js
 * import { TracerProvider } from "@opentelemetry/sdk-trace";
 * import { OutgoingSpanProcessor } from "onescope/opentelemetry";
 *
 * const provider = new TracerProvider({ spanProcessors: [new OutgoingSpanProcessor()] });
 * ```
 */
export class OutgoingSpanProcessor {
  /** Called by the SDK when a span starts. */
  onStart(span: unknown): void;
  /** Called by the SDK when a span ends. */
  onEnd(span: unknown): void;
  /** Called by the SDK. Nothing waits to be sent. */
  forceFlush(): Promise<void>;
  /** Called by the SDK. */
  shutdown(): Promise<void>;
}
