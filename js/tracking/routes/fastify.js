import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setRoute } from "./set-route.js";

// Fastify publishes each new instance, which then takes a hook that runs first for every request, and the requests whose
// handlers start: those of instances that were there before.

const CREATED = "fastify.initialization";
const HANDLED = "tracing:fastify.request.handler:start";

let on = false;

/** Adds the hook to instances from now on: they are made before there is a server. Until requests are tracked, it does nothing. */
export function prepareFastify() {
  // Both onescope/auto and trackRequests() call this: one hook is enough.
  unsubscribe(CREATED, onCreated);
  subscribe(CREATED, onCreated);
}

/** @returns {() => void} ends it */
export function watchFastify() {
  prepareFastify();
  subscribe(HANDLED, onHandled);
  on = true;
  return () => {
    on = false;
    unsubscribe(CREATED, onCreated);
    unsubscribe(HANDLED, onHandled);
  };
}

/** @param {any} message */
function onCreated(message) {
  try {
    message.fastify.addHook("onRequest", onRequest);
  } catch {
    // Node would end the process. Handlers that start are published all the same.
  }
}

/**
 * @param {any} request
 * @param {unknown} _reply
 * @param {() => void} done
 */
function onRequest(request, _reply, done) {
  // Fastify 3 has no `routeOptions`.
  if (on) setRoute(request.routeOptions?.url);
  done();
}

/** @param {any} message */
function onHandled(message) {
  setRoute(message?.route?.url);
}
