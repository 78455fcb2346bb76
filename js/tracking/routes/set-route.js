import { currentTracked } from "../../store/tracked.js";

/**
 * Labels the current HTTP request with a route, in place of its path or of the route before.
 *
 * @param {unknown} route pattern
 */
export function setRoute(route) {
  currentTracked()?.replaceRoute?.(route);
}
