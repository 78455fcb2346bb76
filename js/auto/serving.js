import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { entry } from "../async-context/entry.js";
import { attempt } from "./attempt.js";

// A launcher (npm, the parent of `next dev`, PM2's daemon, a cluster's primary) has the same `NODE_OPTIONS` as the server that it
// starts. It serves no request, so it never gets here. A cluster's primary listens for its workers, but with a `net.Server`.

/**
 * @param {unknown} server of node:net, http, https or http2
 * @returns {boolean} whether it serves HTTP. Each has a documented property that servers of other protocols lack, so no module
 *   needs to be loaded for this
 */
function servesHttp(server) {
  if (typeof server !== "object" || server === null) return false;
  return "keepAliveTimeout" in server || "updateSettings" in server;
}

/**
 * @param {() => void} start called once, when the first HTTP server of this thread listens, or gets a request: a server can be
 *   given connections without listening itself. At once if a server listens already: frameworks load `instrumentation.ts` then
 */
export function whenServing(start) {
  if (process.getActiveResourcesInfo?.().includes("TCPServerWrap")) return entry.runOutside(start);
  let started = false;
  const begin = () => {
    if (started) return;
    started = true;
    // Later: other subscribers must not be skipped by a change of the list that is being called.
    queueMicrotask(() => {
      for (const [name, listener] of channels) unsubscribe(name, listener);
    });
    // What starts here must not hold a request.
    attempt("onescope/auto", () => entry.runOutside(start));
  };
  /** @param {any} message */
  const onListen = (message) => {
    if (attempt("onescope/auto", () => servesHttp(message?.server))) begin();
  };
  const channels = /** @type {Array<[string, (message: unknown) => void]>} */ ([
    // The end: the ports of the program come first.
    ["tracing:net.server.listen:asyncEnd", onListen],
    ["http.server.request.start", begin],
    ["http2.server.stream.start", begin],
  ]);
  for (const [name, listener] of channels) subscribe(name, listener);
}
