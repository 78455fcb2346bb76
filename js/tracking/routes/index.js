import { expressMount, expressRoute } from "./express.js";
import { watchFastify } from "./fastify.js";
import { HONO, observeHono, observeProgramsHono, watchHono } from "./hono.js";
import { KOA, observeKoa, watchKoa } from "./koa.js";
import { showLoaded } from "./loaded-modules.js";
import { nextMatch, nextRoute } from "./next.js";
import { watchVinext } from "./vinext.js";

// Where the routes of requests come from. Some frameworks report them, and their sources label the request then; others leave them
// on the request, where they are read when the label is wanted.

/** @returns {() => void} ends it */
export function watchRoutes() {
  const stops = [watchVinext(), watchFastify(), watchKoa(), watchHono()];
  watchLoaded();
  return () => {
    for (const stop of stops) stop();
  };
}

/** A server responds to its first request: what serves it is loaded by now. */
export function watchLoaded() {
  showLoaded([
    [KOA, observeKoa],
    [HONO, observeHono],
  ]);
  observeProgramsHono();
}

/**
 * @typedef {object} ReadFrom what a route was read from last
 * @property {unknown} source
 * @property {unknown} mount
 */

/**
 * @param {{ req?: any }} response Node's
 * @param {boolean} over whether the response is over
 * @param {ReadFrom} last
 * @returns {string | undefined} the route that a framework has left on a request; `undefined` too if it is the one that was read last
 */
export function readRoute(response, over, last) {
  try {
    const request = response.req;
    const source = request.route ?? nextMatch(request);
    if (source === undefined) return over ? expressMount(request) : undefined;
    const mount = request.baseUrl;
    if (!over && source === last.source && mount === last.mount) return undefined;
    const route = expressRoute(request) ?? nextRoute(request);
    if (route === undefined) return over ? expressMount(request) : undefined;
    last.source = source;
    last.mount = mount;
    return route;
  } catch {
    // The properties are the program's.
    return undefined;
  }
}
