// `onescope/opentelemetry`: stalls and counters for servers that use OpenTelemetry.

import "#process";
import module from "node:module";
import { isMainThread } from "node:worker_threads";
import { observeCounters, stallMetrics } from "./opentelemetry/metrics.js";
import { StallSpans } from "./opentelemetry/spans.js";
import { startUnlessRefused } from "./store/start.js";
import { CODES, OnescopeError, shown } from "./util/errors.js";
import { createHandle, inactiveHandle } from "./util/handle.js";
import { readOptions, refuseOption } from "./util/options.js";
import { packageVersion, pathOf } from "./util/package-folder.js";
import { warn } from "./util/warn.js";
import { stallHooks } from "./watchdog/stall-hooks.js";

export { OutgoingSpanProcessor } from "./opentelemetry/outgoing-spans.js";

/** @import { Handle } from "../index.js" */
/** @import { InstrumentOptions } from "./opentelemetry.js" */

const require = module.createRequire(pathOf(import.meta.url));
const name = "onescope";

const OPTIONS = ["meterProvider", "tracerProvider", "strict"];

/** @type {typeof import("./opentelemetry.js").instrument} */
export function instrument(options) {
  const { meterProvider, tracerProvider, strict = false } = readOptions("instrument()", options, OPTIONS);
  if (typeof strict !== "boolean") refuseOption("instrument()", "strict", strict, "true or false");
  const api = loadApi();
  const start = () => startOn(api, meterProvider, tracerProvider);
  return startUnlessRefused("instrument()", strict, start) ?? inactiveHandle();
}

/**
 * Loads OpenTelemetry's API, which an app that uses OpenTelemetry has.
 *
 * @returns {typeof import("@opentelemetry/api")}
 * @throws {OnescopeError} `ERR_ONESCOPE_OPENTELEMETRY` if it is not installed or does not load
 */
function loadApi() {
  try {
    return require("@opentelemetry/api");
  } catch (cause) {
    const reason =
      /** @type {{ code?: unknown }} */ (cause).code === "MODULE_NOT_FOUND" ? "is not installed" : "does not load";
    throw new OnescopeError(
      CODES.OPENTELEMETRY,
      `instrument() needs the package @opentelemetry/api, which ${reason} here; install it beside your OpenTelemetry SDK ` +
        "(npm install @opentelemetry/api), or do not call instrument()",
      { cause },
    );
  }
}

/**
 * @param {ReturnType<typeof loadApi>} api
 * @param {InstrumentOptions["meterProvider"]} meterProvider
 * @param {InstrumentOptions["tracerProvider"]} tracerProvider
 * @returns {Handle}
 */
function startOn(api, meterProvider, tracerProvider) {
  if (stallHooks.onProbe !== undefined) {
    throw new OnescopeError(CODES.INSTRUMENTED, "instrument() is already running in this thread; call stop() first");
  }
  const version = packageVersion();
  const meters = checked("meterProvider", meterProvider ?? api.metrics.getMeterProvider(), "getMeter");
  const tracers = checked("tracerProvider", tracerProvider ?? api.trace.getTracerProvider(), "getTracer");
  const spans = new StallSpans(api, tracers.getTracer(name, version));
  // They are the process's; a second thread would count them twice.
  const meter = isMainThread ? meters.getMeter(name, version) : undefined;
  const observe = meter && guarded(stallMetrics(meter));
  const stopMetrics = meter === undefined ? () => {} : observeCounters(meter);
  // Last, so that a provider that fails leaves nothing behind.
  stallHooks.onReport = observe;
  stallHooks.onProbe = guarded((id) => spans.see(id));
  stallHooks.onTick = guarded(() => spans.turn());
  return createHandle(() => {
    stallHooks.onProbe = stallHooks.onTick = stallHooks.onReport = undefined;
    spans.stop();
    stopMetrics();
  });
}

/**
 * @template T
 * @param {string} option
 * @param {T} provider
 * @param {keyof T} method what it must have
 */
function checked(option, provider, method) {
  try {
    if (typeof provider?.[method] === "function") return provider;
  } catch {
    // Not one that can be asked.
  }
  throw new OnescopeError(
    CODES.OPTION,
    `option ${option} of instrument() must be an OpenTelemetry provider with ${String(method)}(); correct or omit it`,
  );
}

/**
 * What fails here must not reach the program that is looked at.
 *
 * @template {unknown[]} Args
 * @param {(...args: Args) => void} fn
 * @returns {(...args: Args) => void}
 */
function guarded(fn) {
  let warned = false;
  return (...args) => {
    try {
      fn(...args);
    } catch (error) {
      if (!warned) warn(`onescope cannot report stalls to OpenTelemetry: ${shown(error)}`);
      warned = true;
    }
  };
}
