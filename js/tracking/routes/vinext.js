import { getOrCreateAls } from "../../async-context/keyed-storages.js";
import { currentTracked } from "../../store/tracked.js";

// vinext reports the route of a request to its tracing: it enters an object with `setRoute` in its own storage,
// and calls that. If any of this is missing, labels stay method and path.

/**
 * Observes the routes that vinext finds.
 *
 * @returns {() => void} ends it
 */
export function watchVinext() {
  const storage = /** @type {{ run?: Function }} */ (getOrCreateAls("vinext.requestTracing.als"));
  const own = Object.getOwnPropertyDescriptor(storage, "run");
  const { run } = storage;
  if (typeof run !== "function") return () => {};
  /**
   * @param {{ setRoute?: unknown }} trace
   * @param {Function} fn
   * @param {unknown[]} args
   */
  const runAndObserve = (trace, fn, ...args) => {
    observe(trace);
    return args.length === 0 ? run.call(storage, trace, fn) : run.call(storage, trace, fn, ...args);
  };
  Object.defineProperty(storage, "run", { value: runAndObserve, configurable: true, writable: true });
  return () => {
    if (storage.run !== runAndObserve) return;
    delete storage.run;
    if (own !== undefined) Object.defineProperty(storage, "run", own);
  };
}

/** @param {{ setRoute?: unknown }} trace */
function observe(trace) {
  const request = currentTracked();
  if (request?.setRoute === undefined) return;
  const setRoute = trace?.setRoute;
  if (typeof setRoute !== "function") return;
  const observedSetRoute = (/** @type {unknown} */ route, /** @type {unknown} */ isRsc) => {
    // The App Router says whether the client asked for a tree of components; the Pages Router knows no such thing.
    request.setRoute?.(route, isRsc === undefined);
    return setRoute.call(trace, route, isRsc);
  };
  try {
    trace.setRoute = observedSetRoute;
  } catch {
    // It is frozen. To check first would call into the engine for each request.
  }
}
