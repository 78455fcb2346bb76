import { expressMount, expressRoute } from "./express.js";
import { watchFastify } from "./fastify.js";
import { unwatchHono, watchHono } from "./hono.js";
import { unwatchKoa, watchKoa } from "./koa.js";
import { nextRoute } from "./next.js";
import { watchVinext } from "./vinext.js";

// Where the routes of requests come from. Some frameworks report them, and their sources label the request then; others leave them
// on the request, where they are read when the label is wanted.

/** @returns {() => void} ends it */
export function watchRoutes() {
  const stops = [watchVinext(), watchFastify(), unwatchKoa, unwatchHono];
  watchKoa();
  watchHono();
  return () => {
    for (const stop of stops) stop();
  };
}

/** A server responds to its first request: what serves it is loaded by now. */
export function watchLoaded() {
  watchKoa();
  watchHono();
}

/**
 * @param {any} request Node's
 * @param {boolean} over whether the response is over
 * @returns {string | undefined} the route that a framework has left on a request
 */
export function readRoute(request, over) {
  try {
    return expressRoute(request) ?? nextRoute(request) ?? (over ? expressMount(request) : undefined);
  } catch {
    // The properties are the program's.
    return undefined;
  }
}
