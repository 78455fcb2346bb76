/**
 * Stalls as span events, and counters as metrics, for apps that use OpenTelemetry. It needs the package
 * `@opentelemetry/api`. [docs/opentelemetry.md](../opentelemetry.md) is the guide.
 *
 * @packageDocumentation
 */

import type { MeterProvider, TracerProvider } from "@opentelemetry/api";
import type { Handle } from "../index.js";

export interface InstrumentOptions {
  /** where the metrics go; the global one unless given, which must be registered by then */
  meterProvider?: MeterProvider;
  /** where spans of stalls go whose own span ended before they were reported; the global one unless given */
  tracerProvider?: TracerProvider;
  /** throw `ERR_ONESCOPE_INSTRUMENTED` where this thread is instrumented already; default false */
  strict?: boolean;
}

/**
 * Tells OpenTelemetry what onescope sees. Stalls that a `watch()` tells become events `onescope.stall` on the span that was
 * active where this thread was blocked; call it in each thread whose spans are to have them. In the main thread the process's
 * counters and stalls become metrics, too. It may be called before or after `watch()`. Where this thread is instrumented
 * already, a process warning (`OnescopeWarning`) says so once, and the handle does nothing.
 *
 * @throws `ERR_ONESCOPE_OPENTELEMETRY` if the package `@opentelemetry/api` is not installed, `ERR_ONESCOPE_OPTION`, and
 *   with `strict` `ERR_ONESCOPE_INSTRUMENTED` while this thread is instrumented already
 */
export function instrument(options?: InstrumentOptions): Handle;
