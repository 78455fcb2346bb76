import async_hooks from "node:async_hooks";
import module, { Module } from "node:module";
import { DD_PROFILING_ENABLED, DD_TRACE_OTEL_CTX_ENABLED } from "../util/env.js";
import { entry } from "./entry.js";
import { nodeHooks } from "./node-hooks.js";

// Profilers and tracers with a native part that reads async context frames: it keeps a sample's context in the current frame,
// or looks a storage of its own up there by identity. Such a storage must be one of Node's own, and what was put into a frame
// must survive the entries of others. They are noticed when they load, before or after this module.
//
// @datadog/pprof is what dd-trace, New Relic and Platformatic profile with, and Datadog's writer of OpenTelemetry's thread
// context (OTEP-4947); @polarsignals/custom-labels is Parca's, and the writer's reference implementation.

/** By name of the package: whether it reads frames. dd-trace does only where its profiler or writer is on. */
const FRAME_READERS = new Map([
  ["@datadog/pprof", true],
  ["@polarsignals/custom-labels", true],
  ["newrelic", true],
  ["dd-trace", [DD_PROFILING_ENABLED, DD_TRACE_OTEL_CTX_ENABLED].some((value) => /^(1|true|auto)$/i.test(value ?? ""))],
]);

const PACKAGE = /^.*[\\/]node_modules[\\/](@[^\\/]+[\\/][^\\/]+|[^\\/]+)[\\/]/;

/**
 * @param {unknown} filename
 * @returns {string | undefined} the package that a file belongs to, if it is one of those
 */
function frameReader(filename) {
  const name = typeof filename === "string" ? PACKAGE.exec(filename)?.[1].replace("\\", "/") : undefined;
  return name !== undefined && FRAME_READERS.get(name) === true ? name : undefined;
}

/** @param {string} name */
function found(name) {
  if (entry.frameReaders.includes(name)) return;
  // A snapshot must capture their storages and frames too.
  entry.configure({ frameReaders: [...entry.frameReaders, name], allSlots: false });
}

/** Enters scopes plainly once such a package is in the process, and gives it Node's own class. */
export function watchFrameReaders() {
  for (const filename of Object.keys(module.createRequire(process.execPath).cache)) {
    const name = frameReader(filename);
    if (name !== undefined) found(name);
  }
  const { require } = Module.prototype;
  /** @type {object | undefined} */
  let stock;
  /**
   * @this {Module}
   * @param {string} id
   */
  Module.prototype.require = function (id) {
    if (id === "async_hooks" || id === "node:async_hooks") {
      const name = frameReader(this.filename);
      if (name !== undefined) {
        found(name);
        stock ??= { ...async_hooks, AsyncLocalStorage: nodeHooks.AsyncLocalStorage };
        return stock;
      }
    }
    return Reflect.apply(require, this, arguments);
  };
  const { dlopen } = process;
  process.dlopen = function (...args) {
    const name = frameReader(args[1]);
    if (name !== undefined) found(name);
    return Reflect.apply(dlopen, this, args);
  };
}
